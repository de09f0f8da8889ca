"""The bootstrap over samples, for many figures at once.

A figure is made of cells: each is a sum over samples divided by another, such as successes by
attempts of one attack against one model. On each resample all cells see the same samples, so that
attacks, models and links stay paired, and whatever happened to a sample is drawn together:
clustered by sample. Samples are drawn within their data set.

The resamples tell how much figures vary, and how much they vary together (Efron 1979); the shape
of the intervals is that of ``intervals``. Percentiles of resamples hold the truth too seldom where
samples are few or rates are near 0 or 1, even when corrected (BCa).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from weaklink.measures.options import RESAMPLES
from weaklink.measures.statistics.drawn import Drawn
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats, Truths

Cells: TypeAlias = Sequence[int] | NDArray[np.int64]
"""The numbers of the cells of a group."""

_CHUNK = 256
"""Cells that are summed at a time."""


@dataclass(frozen=True, eq=False)
class Totals:
    """The cells of a rate, summed over the samples of every resample when a figure needs them.

    Attributes:
        weights: For each data set, of shape (samples, 1 + resamples): how often a sample counts.
        shares: For each data set, of shape (cells, samples): what a sample adds to the numerator
            of a cell, NaN where it is not in its denominator.
    """

    weights: tuple[Floats, ...]
    shares: tuple[Floats, ...]

    @cached_property
    def observed_counts(self) -> Floats:
        """The denominator of each cell, as observed."""
        parts = [(~np.isnan(part)).sum(axis=1).astype(float) for part in self.shares]
        return np.concatenate([np.empty(0), *parts])

    def each(self) -> Drawn:
        """Return every cell as a figure of its own."""
        figures = [np.empty((self._rows, 0)), *(block.drawn.values for block in self.blocks())]
        return Drawn(np.hstack(figures), self.observed_counts.astype(np.int64))

    def differences(self, other: Totals) -> list[Estimate | None]:
        """Return each cell less that of ``other``, paired on every resample."""
        pairs = zip(self.blocks(), other.blocks(), strict=True)
        return [one for mine, theirs in pairs for one in (mine.drawn - theirs.drawn).estimates()]

    def macro(self, groups: Sequence[Cells]) -> Drawn:
        """Return for each group the mean of its cells' ratios: every cell weighs the same."""
        return self.averages(groups)[0]

    def micro(self, groups: Sequence[Cells]) -> Drawn:
        """Return for each group the ratio of its cells' sums: every sample weighs the same."""
        return self.averages(groups)[1]

    def averages(self, groups: Sequence[Cells]) -> tuple[Drawn, Drawn]:
        """Return the macro and the micro average of each group."""
        members = members_of(groups, len(self.observed_counts))
        macro = np.zeros((len(groups), self._rows))
        shares, counts = ([np.empty((len(groups), 0))] for _ in range(2))
        sums = [np.empty(0)]
        first = 0
        for weights, part in zip(self.weights, self.shares, strict=True):
            known = ~np.isnan(part)
            filled = np.where(known, part, 0.0)
            theirs = members[:, first : first + len(part)]
            first += len(part)
            _add_ratios(macro, theirs, filled, known, weights)
            sums.append(filled.sum(axis=1))
            shares.append(theirs @ filled)
            counts.append(theirs @ known.astype(float))
        weights = np.vstack([np.empty((0, self._rows)), *self.weights])
        counted = np.hstack(counts)
        pooled = _divide(np.hstack(shares) @ weights, counted @ weights)
        cells = members @ (self.observed_counts > 0).astype(float)
        n, small = (counted > 0).sum(axis=1), self._small(members, np.concatenate(sums))
        return Drawn(_divide(macro, cells[:, None]).T, n, small), Drawn(pooled.T, n)

    def _small(self, members: sparse.csr_array, sums: Floats) -> Floats:
        """Return the variance that resamples of cells with few samples do not show.

        A resample of ``k`` samples has ``(k - 1) / k`` of the variance of a rate, none for one
        sample. The rest, ``p (1 - p) / k^2``, is added for each cell that counts some of its data
        set's samples only, with the cell's rate of half a success in one more sample, where a group
        has several cells.
        """
        counts = self.observed_counts
        sizes = np.concatenate([np.empty(0), *(np.full(len(p), p.shape[1]) for p in self.shares)])
        few = (counts > 0) & (counts < sizes)
        rest = np.divide(1.0, counts**2, out=np.zeros(len(counts)), where=few)
        cells = np.maximum(members @ (counts > 0).astype(float), 1)
        rates = (sums + 0.5) / (counts + 1)
        small: Floats = members @ (rates * (1 - rates) * rest) / cells**2
        return np.where(cells > 1, small, 0.0)

    @property
    def _rows(self) -> int:
        return self.weights[0].shape[1] if self.weights else 1

    def blocks(self) -> Iterator[ResampledBlock]:
        """Yield the sums of some cells at a time."""
        for weights, part in zip(self.weights, self.shares, strict=True):
            for first in range(0, len(part), _CHUNK):
                some = part[first : first + _CHUNK]
                known = ~np.isnan(some)
                kinds, of_cells = _kinds(known, weights)
                yield ResampledBlock(np.where(known, some, 0.0) @ weights, kinds[of_cells])


class ResampledBlock(NamedTuple):
    """Numerators and denominators of consecutive cells, of shape (cells, 1 + resamples)."""

    sums: Floats
    counts: Floats

    @property
    def drawn(self) -> Drawn:
        """Each cell as a figure of its own."""
        return Drawn(_divide(self.sums, self.counts).T, self.counts[:, 0].astype(np.int64))


def _add_ratios(
    total: Floats, members: sparse.csr_array, filled: Floats, known: Truths, weights: Floats
) -> None:
    """Add to each group, on every resample, the sum of its cells' ratios.

    Cells that count the same samples are summed first, since they share their denominators. A
    resample without a sample of a cell has the ratio that was observed.

    Args:
        total: Of shape (groups, 1 + resamples).
        members: Of shape (groups, cells).
        filled: Of shape (cells, samples): numerators, 0 where a sample is not counted.
        known: Where a sample is counted.
        weights: Of shape (samples, 1 + resamples).
    """
    counts, of_cells = _kinds(known, weights)
    belongs = members.tocoo()
    keys, rows = np.unique(belongs.row * len(counts) + of_cells[belongs.col], return_inverse=True)
    shape = (len(keys), len(filled))
    summed = sparse.csr_array((belongs.data, (rows.ravel(), belongs.col)), shape=shape) @ filled
    groups, kinds = np.divmod(keys, max(1, len(counts)))
    for start in range(0, len(keys), _CHUNK):
        some = slice(start, start + _CHUNK)
        ratios, denominators = summed[some] @ weights, counts[kinds[some]]
        counted = denominators > 0
        np.divide(ratios, denominators, out=ratios, where=counted)
        rows, columns = np.nonzero(~counted)
        ratios[rows, columns] = ratios[rows, 0]
        touched, firsts = np.unique(groups[some], return_index=True)
        total[touched] += np.add.reduceat(ratios, firsts, axis=0)


def _kinds(known: Truths, weights: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return how many samples each kind of cell counts on every resample, and the cells' kinds.

    Cells of one kind count the same samples.
    """
    kinds, inverse = np.unique(np.packbits(known, axis=1), axis=0, return_inverse=True)
    samples = np.unpackbits(kinds, axis=1, count=known.shape[1]).astype(float)
    counts: Floats = samples @ weights
    return counts, inverse.ravel()


def members_of(groups: Sequence[Cells], cells: int) -> sparse.csr_array:
    """Return, of shape (groups, cells), 1 where a cell belongs to a group."""
    lengths = [len(group) for group in groups]
    columns = np.concatenate([np.empty(0, dtype=np.int64), *map(np.asarray, groups)])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    content = (np.ones(len(columns)), columns.astype(np.int64), starts)
    return sparse.csr_array(content, shape=(len(groups), cells))


class Resampling:
    """The resamples of one study: which samples are drawn how often.

    Args:
        sizes: Number of samples of each data set.
        seed: Chooses the resamples.
        resamples: How many.
    """

    def __init__(self, sizes: Sequence[int], *, seed: int, resamples: int = RESAMPLES) -> None:
        generator = np.random.default_rng(seed)
        self._weights = []
        for size in sizes:
            drawn = generator.multinomial(size, np.full(size, 1 / size), size=resamples)
            self._weights.append(np.vstack([np.ones((1, size)), drawn]).T)

    def totals(self, shares: Sequence[Floats]) -> Totals:
        """Return the cells of a rate.

        Args:
            shares: For each data set, of shape (cells, samples): what a sample adds to the
                numerator of a cell, NaN where it is not in its denominator. The cells of all data
                sets are numbered through, in this order.
        """
        return Totals(tuple(self._weights), tuple(shares))


def _divide(sums: Floats, counts: Floats) -> Floats:
    ratios: Floats = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return ratios
