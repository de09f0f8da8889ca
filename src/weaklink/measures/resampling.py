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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaklink.measures import intervals
from weaklink.measures.grid import Floats, mean_known
from weaklink.measures.summary import Estimate

RESAMPLES = 1999
_TIE = 1e-12
"""A standard error that is no greater is 0 but for rounding."""
_DIGITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Rates as observed and on every resample.

    Attributes:
        values: Shape (1 + resamples, figures).
        n: Number of samples that each figure rests on, of shape (figures,).
    """

    values: Floats
    n: NDArray[np.int64]

    def __sub__(self, other: Drawn) -> Difference:
        """Return the differences, paired on every resample."""
        return Difference(self, other)

    def errors(self) -> Floats:
        """Return the standard error of each figure."""
        return _errors(self.values)

    def ends(self) -> tuple[Floats, Floats]:
        """Return the ends of the intervals."""
        return intervals.of_rates(self.values[0], self.errors() ** 2, self.n)

    def estimates(self) -> list[Estimate | None]:
        """Return each figure with its interval; None where there is none."""
        return _estimates(self.values[0], *self.ends(), self.n)


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """What ``first`` is more than ``second``; ``n`` is that of ``first``."""

    first: Drawn
    second: Drawn

    def errors(self) -> Floats:
        """Return the standard error of each difference."""
        return _errors(self.first.values - self.second.values)

    def estimates(self) -> list[Estimate | None]:
        """Return each difference with its interval; None where there is none."""
        first, second, n = self.first, self.second, self.first.n
        one, other, apart = first.errors(), second.errors(), self.errors()
        product = 2 * one * other
        together = np.divide(
            one**2 + other**2 - apart**2, product, out=np.zeros(len(n)), where=product > 0
        )
        rates = (first.values[0], *first.ends()), (second.values[0], *second.ends())
        varied = intervals.of_differences(*rates, np.clip(together, -1, 1))
        differences = first.values[0] - second.values[0]
        equal = intervals.of_equal_differences(differences, n)
        low, high = (np.where(apart > 0, *ends) for ends in zip(varied, equal, strict=True))
        return _estimates(differences, low, high, n)


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """The sums over samples that cells are made of, as observed and on every resample.

    Attributes:
        sums: Numerators, of shape (1 + resamples, cells).
        counts: Denominators, of the same shape.
        known: For each data set, of shape (its cells, samples): whether a sample is counted.
    """

    sums: Floats
    counts: Floats
    known: tuple[NDArray[np.bool_], ...]

    def each(self) -> Drawn:
        """Return every cell as a figure of its own."""
        return self._drawn(_divide(self.sums, self.counts), np.eye(self.sums.shape[1]))

    def macro(self, groups: Sequence[Sequence[int]]) -> Drawn:
        """Return for each group the mean of its cells' ratios: every cell weighs the same."""
        members = self._members(groups)
        ratios = np.nan_to_num(_divide(self.sums, self.counts), copy=False)
        there = np.broadcast_to(members.sum(axis=0), (len(ratios), len(groups)))
        if not self.counts.all():
            there = (self.counts > 0).astype(float) @ members
        return self._drawn(_divide(ratios @ members, there), members)

    def micro(self, groups: Sequence[Sequence[int]]) -> Drawn:
        """Return for each group the ratio of its cells' sums: every sample weighs the same."""
        members = self._members(groups)
        return self._drawn(_divide(self.sums @ members, self.counts @ members), members)

    def _members(self, groups: Sequence[Sequence[int]]) -> Floats:
        """Return, of shape (cells, groups), 1 where a cell belongs to a group."""
        members = np.zeros((self.sums.shape[1], len(groups)))
        for column, group in enumerate(groups):
            members[list(group), column] = 1
        return members

    def _drawn(self, figures: Floats, members: Floats) -> Drawn:
        n = np.zeros(members.shape[1], dtype=np.int64)
        start = 0
        for known in self.known:
            n += (known.T @ members[start : start + len(known)] > 0).sum(axis=0)
            start += len(known)
        return Drawn(figures, n)


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
            self._weights.append(np.vstack([np.ones((1, size)), drawn]))
        self._rows = 1 + resamples

    def totals(self, shares: Sequence[Floats]) -> Totals:
        """Return the sums of cells.

        Args:
            shares: For each data set, of shape (cells, samples): what a sample adds to the
                numerator of a cell, NaN where it is not in its denominator. The cells of all data
                sets are numbered through, in this order.
        """
        known = tuple(~np.isnan(part) for part in shares)
        cells = sum(len(part) for part in shares)
        sums, counts = np.empty((self._rows, cells)), np.empty((self._rows, cells))
        start = 0
        for weights, part, here in zip(self._weights, shares, known, strict=True):
            place = slice(start, start + len(part))
            sums[:, place] = weights @ np.where(here, part, 0.0).T
            counts[:, place] = weights @ here.T.astype(float)
            start += len(part)
        return Totals(sums, counts, known)


def _divide(sums: Floats, counts: Floats) -> Floats:
    ratios: Floats = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return ratios


def _errors(values: Floats) -> Floats:
    """Return the standard deviation over resamples; 0 where none has such a figure."""
    replicates = values[1:]
    squares = (replicates - mean_known(replicates, axis=0)) ** 2
    errors = np.sqrt(np.nan_to_num(mean_known(squares, axis=0)))
    return np.where(errors > _TIE, errors, 0.0)


def _estimates(
    values: Floats, low: Floats, high: Floats, n: NDArray[np.int64]
) -> list[Estimate | None]:
    columns = (part.round(_DIGITS).tolist() for part in (values, low, high))
    return [
        None
        if np.isnan(value)
        else Estimate(value=value, low=min(below, value), high=max(above, value), n=count)
        for value, below, above, count in zip(*columns, n.tolist(), strict=True)
    ]
