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

_CHUNK = 1024
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
        macro, micro = (_Sums.empty(len(groups), self._rows) for _ in range(2))
        for block in self.blocks():
            cells = members[:, block.first : block.first + len(block.sums)]
            touched = np.unique(cells.nonzero()[0])
            cells = cells[touched]
            counted = (block.counts[:, :1] > 0).astype(float)
            macro.add(touched, cells @ block.known_ratios(), cells @ counted)
            micro.add(touched, cells @ block.sums, cells @ block.counts)
        n, pooled = self._samples(members), micro.ratios()
        small = self._small(members, pooled[:, 0])
        return Drawn(macro.ratios().T, n, small), Drawn(pooled.T, n)

    def _small(self, members: sparse.csr_array, rates: Floats) -> Floats:
        """Return the variance that resamples of cells with few samples do not show.

        A resample of ``k`` samples has ``(k - 1) / k`` of the variance of a rate, none for one
        sample. The rest, ``p (1 - p) / k^2``, is added for each cell that counts some of its data
        set's samples only, with the rate of its group, where a group has several cells.
        """
        counts = self.observed_counts
        sizes = np.concatenate([np.empty(0), *(np.full(len(p), p.shape[1]) for p in self.shares)])
        few = (counts > 0) & (counts < sizes)
        rest = np.divide(1.0, counts**2, out=np.zeros(len(counts)), where=few)
        cells = np.maximum(members @ (counts > 0).astype(float), 1)
        groups = members.sum(axis=1)
        smoothed = (np.nan_to_num(rates) * groups + 0.5) / (groups + 1)
        small = smoothed * (1 - smoothed) * (members @ rest) / cells**2
        return np.where(cells > 1, small, 0.0)

    @property
    def _rows(self) -> int:
        return self.weights[0].shape[1] if self.weights else 1

    def _samples(self, members: sparse.csr_array) -> NDArray[np.int64]:
        """Return how many samples each group rests on."""
        n = np.zeros(members.shape[0], dtype=np.int64)
        start = 0
        for part in self.shares:
            known = (~np.isnan(part)).astype(float)
            n += (members[:, start : start + len(part)] @ known > 0).sum(axis=1)
            start += len(part)
        return n

    def blocks(self) -> Iterator[Block]:
        """Yield the sums of some cells at a time."""
        start = 0
        for weights, part in zip(self.weights, self.shares, strict=True):
            for first in range(0, len(part), _CHUNK):
                some = part[first : first + _CHUNK]
                known = ~np.isnan(some)
                sums = np.where(known, some, 0.0) @ weights
                yield Block(start + first, sums, _counts(known, weights))
            start += len(part)


class Block(NamedTuple):
    """Numerators and denominators of consecutive cells, of shape (cells, 1 + resamples)."""

    first: int
    sums: Floats
    counts: Floats

    def known_ratios(self) -> Floats:
        """Return each cell's ratio; that observed where a resample has no sample of it, else 0."""
        observed = np.nan_to_num(_divide(self.sums[:, :1], self.counts[:, :1]))
        ratios = np.repeat(observed, self.sums.shape[1], axis=1)
        return np.divide(self.sums, self.counts, out=ratios, where=self.counts > 0)

    @property
    def drawn(self) -> Drawn:
        """Each cell as a figure of its own."""
        return Drawn(_divide(self.sums, self.counts).T, self.counts[:, 0].astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Numerators and denominators of groups, of shape (groups, 1 + resamples)."""

    numerators: Floats
    denominators: Floats

    @classmethod
    def empty(cls, groups: int, rows: int) -> _Sums:
        return cls(np.zeros((groups, rows)), np.zeros((groups, rows)))

    def add(self, groups: NDArray[np.intp], numerators: Floats, denominators: Floats) -> None:
        self.numerators[groups] += numerators
        self.denominators[groups] += denominators

    def ratios(self) -> Floats:
        return _divide(self.numerators, self.denominators)


def _counts(known: Truths, weights: Floats) -> Floats:
    """Return how many samples each cell counts; cells that count the same share the sums."""
    kinds, inverse = np.unique(np.packbits(known, axis=1), axis=0, return_inverse=True)
    samples = np.unpackbits(kinds, axis=1, count=known.shape[1]).astype(float)
    counts: Floats = (samples @ weights)[inverse.ravel()]
    return counts


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
