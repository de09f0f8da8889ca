"""How downloads spread over the models of a snapshot (RQ1.1, section 4.2.1 of the paper).

Downloads are those of the last 30 days, as the Hub counts them. A model whose downloads the
snapshot does not know counts as not downloaded; how many those are is stated. A whole snapshot is a
census: its shares have no sampling error, and intervals are given only where the models are a
sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, computed_field

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    Downloads = NDArray[np.int64]

_LORENZ_POINTS = 200
_OFTEN = 30
_TOP = 20


class Figures(BaseModel):
    """Figures that are computed once and then only shown."""

    model_config = ConfigDict(frozen=True)


class Share(Figures):
    """A count and what it is a part of."""

    count: int
    of: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def value(self) -> float | None:
        """The count over the whole; None of nothing."""
        return self.count / self.of if self.of else None


class Bin(Figures):
    """Number of models with ``low`` to ``high`` downloads, both included."""

    low: int
    high: int
    models: int


class Interval(Figures):
    """A 95 % bootstrap interval (percentiles)."""

    low: float
    high: float


class Popularity(Figures):
    """The figures of section 4.2.1, and two of inequality beyond it."""

    models: int
    downloads: int
    unknown: int
    """Models whose downloads the snapshot does not know."""
    downloaded: Share
    """Models downloaded at least once."""
    often: Share
    """Models downloaded more than 30 times."""
    top_20: float | None
    """Share of all downloads that the 20 most downloaded models have."""
    top_permille: float | None
    """Share of all downloads that the most downloaded 0.1 % of models have."""
    top_permille_models: int
    """How many models are 0.1 %, rounded up."""
    gini: float | None
    """Gini coefficient of downloads over models: 0 all alike, 1 all on one."""
    lorenz: tuple[tuple[float, float], ...]
    """Points (share of models, least downloaded first; share of downloads)."""
    distribution: tuple[Bin, ...]
    """Models by decade of downloads (Figure 4)."""
    intervals: dict[str, Interval]
    """Intervals by figure; empty for a census."""
    resamples: int

    @property
    def top_20_downloads(self) -> int:
        """Downloads of the 20 most downloaded models."""
        return round((self.top_20 or 0) * self.downloads)


def popularity(downloads: pl.Series, *, resamples: int = 0, seed: int = 0) -> Popularity:
    """Compute the figures.

    Args:
        downloads: Of each model, of 30 days; null where unknown.
        resamples: Bootstrap resamples of the models; 0 for a census.
        seed: Of the resampling.
    """
    values = np.sort(downloads.fill_null(0).to_numpy().astype(np.int64))
    count = len(values)
    return Popularity(
        models=count,
        downloads=int(values.sum()),
        unknown=downloads.null_count(),
        downloaded=Share(count=int((values > 0).sum()), of=count),
        often=Share(count=int((values > _OFTEN).sum()), of=count),
        top_20=top_share(values, _TOP),
        top_permille=top_share(values, _permille(count)),
        top_permille_models=_permille(count),
        gini=gini(values),
        lorenz=_lorenz(values),
        distribution=_distribution(values),
        intervals=_intervals(values, resamples, seed) if resamples and count else {},
        resamples=resamples,
    )


def top_share(values: Downloads, models: int) -> float | None:
    """Return the share of the total that the largest values have; None of a total of zero.

    Args:
        values: In ascending order.
        models: How many of the largest.
    """
    total = values.sum()
    return float(values[max(0, len(values) - models) :].sum() / total) if total else None


def gini(values: Downloads) -> float | None:
    """Return the Gini coefficient of values in ascending order; None of a total of zero."""
    count, total = len(values), float(values.sum())
    if not total:
        return None
    ranks = np.arange(1, count + 1)
    return float(2 * (ranks @ values) / (count * total) - (count + 1) / count)


def _permille(count: int) -> int:
    return math.ceil(count / 1000)


def _lorenz(values: Downloads) -> tuple[tuple[float, float], ...]:
    count, total = len(values), values.sum()
    if not total:
        return ()
    sums = np.concatenate([[0], np.cumsum(values)])
    ranks = np.unique(np.linspace(0, count, min(count, _LORENZ_POINTS) + 1).astype(int))
    return tuple((rank / count, float(sums[rank] / total)) for rank in ranks.tolist())


def _distribution(values: Downloads) -> tuple[Bin, ...]:
    """Return the bins 0, 1 to 9, 10 to 99 and so on, up to the largest value."""
    largest = int(values[-1]) if len(values) else 0
    edges = [0, *(10**power for power in range(len(str(largest)) + 1))]
    if largest == 0:
        edges = [0, 1]
    counts = np.diff(np.searchsorted(values, edges))
    return tuple(
        Bin(low=low, high=high - 1, models=models)
        for low, high, models in zip(edges, edges[1:], counts.tolist(), strict=False)
    )


def _intervals(values: Downloads, resamples: int, seed: int) -> dict[str, Interval]:
    figures: dict[str, Callable[[Downloads], float | None]] = {
        "downloaded": lambda drawn: float((drawn > 0).mean()),
        "often": lambda drawn: float((drawn > _OFTEN).mean()),
        "top_20": lambda drawn: top_share(drawn, _TOP),
        "top_permille": lambda drawn: top_share(drawn, _permille(len(drawn))),
        "gini": gini,
    }
    generator = np.random.default_rng(seed)
    found: dict[str, list[float]] = {name: [] for name in figures}
    for _ in range(resamples):
        drawn = np.sort(generator.choice(values, len(values)))
        for name, figure in figures.items():
            if (value := figure(drawn)) is not None:
                found[name].append(value)
    return {
        name: Interval(low=float(low), high=float(high))
        for name, drawn_values in found.items()
        if drawn_values
        for low, high in [np.quantile(drawn_values, [0.025, 0.975])]
    }
