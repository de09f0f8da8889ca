"""Means over cells that share their samples and belong to clusters, such as lineages of models.

The variance of a mean has two sources: which samples were drawn, which all cells share, and which
clusters were. The first is the sum over samples of the squared influence of each on the mean. The
second is the variance between clusters, less what the first explains of it; it is never negative.
Their sum is that of two-way clustering (Cameron, Gelbach and Miller 2011), and the tails are those
of Student's t with Satterthwaite's (1946) degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from weaklink.measures.statistics import intervals
from weaklink.measures.statistics.drawn import estimates_of
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.power import possible, reach
from weaklink.measures.statistics.resampling import Cells, members_of

_DIGITS = 2
"""Of degrees of freedom, so that equal ones are looked up."""


@dataclass(frozen=True, slots=True, eq=False)
class Clustered:
    """Means of groups of cells, each with its standard error; NaN for a group without a cell.

    Attributes:
        values: The means.
        errors: Their standard errors.
        freedom: Degrees of freedom of the errors.
    """

    values: Floats
    errors: Floats
    freedom: Floats

    def estimates(
        self, n: NDArray[np.int64], *, lowest: float, highest: float
    ) -> list[Estimate | None]:
        """Return each mean with its interval, within the range that it can have.

        Args:
            n: Number of samples that each rests on.
            lowest: The least value that the figure can have.
            highest: The greatest.
        """
        from scipy.special import stdtrit

        half = stdtrit(self.freedom, 0.975) * self.errors
        equal = intervals.of_equal_differences(self.values, n)
        ends = (
            np.where(self.errors > 0, self.values + sign * half, end)
            for sign, end in zip((-1, 1), equal, strict=True)
        )
        low, high = (np.clip(end, lowest, highest) for end in ends)
        return estimates_of(np.clip(self.values, lowest, highest), low, high, n)

    def detectable(self) -> list[float | None]:
        """Return the value that would show at the 5 % level with a power of 80 %, 1 at most."""
        return [
            possible(error * reach(round(freedom, _DIGITS))) if error > 0 else None
            for error, freedom in zip(self.errors.tolist(), self.freedom.tolist(), strict=True)
        ]


def clustered(
    groups: Sequence[Cells],
    values: Floats,
    influences: Sequence[Floats],
    unseen: Floats,
    clusters: NDArray[np.int64],
) -> Clustered:
    """Return the mean of each group's cells, clustered by sample and by cluster.

    A figure of one cluster is about that cluster: only its samples make it uncertain.

    Args:
        groups: The cells of each group.
        values: Of the cells, numbered data set by data set; NaN where there is none.
        influences: For each data set, of shape (cells, samples).
        unseen: Further variance of each cell.
        clusters: The cluster of each cell.
    """
    known = np.flatnonzero(~np.isnan(values))
    members = members_of(groups, len(values))
    kept = sparse.csr_array(members @ sparse.diags_array(np.isin(range(len(values)), known) * 1.0))
    kept.eliminate_zeros()
    counts = np.asarray(kept.sum(axis=1), dtype=float)
    weights = sparse.csr_array(kept.multiply(1 / np.maximum(counts, 1)[:, None]))
    means = np.where(counts > 0, weights @ np.nan_to_num(values), np.nan)
    parts = _subgroups(weights, clusters)
    of_samples = _squares(weights, influences) + weights.power(2) @ unseen
    between, within, number = _between(parts, values, influences, unseen, means)
    extra = np.maximum(between - within, 0.0)
    variance = of_samples + extra
    samples = max(sum(part.shape[1] for part in influences), 2)
    spread = of_samples**2 / (samples - 1) + np.where(
        extra > 0, between**2 / np.maximum(number - 1, 1), 0.0
    )
    freedom = np.divide(variance**2, spread, out=np.full(len(means), 1.0), where=spread > 0)
    return Clustered(means, np.sqrt(variance), np.maximum(freedom, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Subgroups:
    """The cells of one cluster in one group each.

    Attributes:
        weights: Shape (subgroups, cells): what a cell adds to the mean of its group.
        groups: The group of each.
    """

    weights: sparse.csr_array
    groups: NDArray[np.int64]


def _subgroups(weights: sparse.csr_array, clusters: NDArray[np.int64]) -> _Subgroups:
    entries = weights.tocoo()
    groups, cells = (np.asarray(part, dtype=np.int64) for part in entries.coords)
    keys = np.stack([groups, clusters[cells]])
    found, place = np.unique(keys, axis=1, return_inverse=True)
    shape = (found.shape[1], weights.shape[1])
    made = sparse.csr_array((entries.data, (place.ravel(), cells)), shape=shape)
    return _Subgroups(made, found[0])


def _between(
    parts: _Subgroups,
    values: Floats,
    influences: Sequence[Floats],
    unseen: Floats,
    means: Floats,
) -> tuple[Floats, Floats, Floats]:
    """Return the variance between clusters, what samples explain of it, and how many there are."""
    count = len(means)
    shares = np.asarray(parts.weights.sum(axis=1), dtype=float)
    away = parts.weights @ np.nan_to_num(values) - shares * np.nan_to_num(means)[parts.groups]
    number: Floats = np.bincount(parts.groups, minlength=count).astype(float)
    scale = np.where(number > 1, number / np.maximum(number - 1, 1), 0.0)
    between: Floats = scale * np.bincount(parts.groups, away**2, minlength=count)
    explained = _squares(parts.weights, influences) + parts.weights.power(2) @ unseen
    within: Floats = np.bincount(parts.groups, explained, minlength=count).astype(float)
    return between, within, number


def _squares(weights: sparse.csr_array, influences: Sequence[Floats]) -> Floats:
    """Return the sum over samples of the squared influence on each weighted sum of cells."""
    total, start = np.zeros(weights.shape[0]), 0
    for part in influences:
        moved = weights[:, start : start + len(part)] @ part
        total += (moved**2).sum(axis=1)
        start += len(part)
    return total
