"""From the chains that were measured to chains in general: each independent lineage counts once."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from weaklink.measures.results import General
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.power import reach
from weaklink.measures.statistics.resampling import Cells
from weaklink.measures.verdicts import ENOUGH, verdict

_DIGITS = 12
"""A smaller spread is 0 but for rounding."""


def generals(
    groups: Sequence[Cells], values: Floats, lineages: NDArray[np.int64]
) -> list[General | None]:
    """Return what each group's lineages say in general; None for fewer than two.

    Args:
        groups: The cells of each group.
        values: Of the cells; NaN where there is none.
        lineages: The lineage of each cell.
    """
    return [_general(np.asarray(group, dtype=np.int64), values, lineages) for group in groups]


def means_of(cells: NDArray[np.int64], values: Floats, lineages: NDArray[np.int64]) -> Floats:
    """Return the mean of each lineage's cells, in the order of the lineages' numbers."""
    known = cells[~np.isnan(values[cells])]
    _, place = np.unique(lineages[known], return_inverse=True)
    return np.bincount(place, values[known]) / np.bincount(place)


def _general(
    cells: NDArray[np.int64], values: Floats, lineages: NDArray[np.int64]
) -> General | None:
    return in_general(means_of(cells, values, lineages))


def in_general(means: Floats) -> General | None:
    """Return the mean over lineages with its t interval, and the prediction for the next one.

    The prediction interval is ``mean ± t s sqrt(1 + 1/k)`` for ``k`` lineages with standard
    deviation ``s``: what the next lineage's figure lies in with 95 %, if it is drawn as these were.

    Args:
        means: The figure of each lineage.
    """
    from scipy.special import stdtr, stdtrit

    k = len(means)
    if k < 2:  # noqa: PLR2004
        return None
    mean, spread = float(means.mean()), float(means.std(ddof=1).round(_DIGITS))
    tail, error = float(stdtrit(k - 1, 0.975)), spread / sqrt(k)
    ahead = tail * spread * sqrt(1 + 1 / k)
    estimate = Estimate(
        value=mean, low=max(-1.0, mean - tail * error), high=min(1.0, mean + tail * error), n=k
    )
    p_value = float(2 * stdtr(k - 1, -abs(mean) / error)) if error > 0 else None
    return General(
        mean=estimate,
        spread=spread,
        next_low=max(-1.0, mean - ahead),
        next_high=min(1.0, mean + ahead),
        p_value=p_value,
        detectable=reach(k - 1) * error,
        verdict=verdict(estimate, p_value) if k >= ENOUGH else "undecided",
    )
