"""The bootstrap over samples, for many figures at once.

A figure is made of cells: each is a sum over samples divided by another, such as successes by
attempts of one attack against one model. On each resample all cells see the same samples, so that
attacks, models and links stay paired, and whatever happened to a sample is drawn together:
clustered by sample. Samples are drawn within their data set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaklink.measures.grid import Floats, mean_known
from weaklink.measures.summary import Estimate

RESAMPLES = 9999
_TAIL = 0.025
_TIE = 1e-12
"""Figures that are no further apart than this are the same but for rounding."""
_DIGITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Figures as observed, on every resample, and with each sample left out.

    Attributes:
        values: Shape (1 + resamples + samples, figures).
        n: Number of samples that each figure rests on, of shape (figures,).
        resamples: How many there are.
        limits: The lowest and the highest value that the figures can have.
    """

    values: Floats
    n: NDArray[np.int64]
    resamples: int
    limits: tuple[float, float]

    def __sub__(self, other: Drawn) -> Drawn:
        """Return the differences, paired on every resample; ``n`` stays that of the first."""
        limits = (self.limits[0] - other.limits[1], self.limits[1] - other.limits[0])
        return Drawn(self.values - other.values, self.n, self.resamples, limits)

    def estimates(self) -> list[Estimate | None]:
        """Return each figure with its BCa interval (Efron 1987); None where there is none.

        Where every resample gives the same value ``v`` there is nothing to go by, and the interval
        would be a point however few the samples are. Instead, Wilson bounds the share ``u`` of
        samples that may differ though none of ``n`` did, and they may lie anywhere within the
        limits: the interval is ``v - u (v - lowest)`` to ``v + u (highest - v)``.
        """
        observed, replicates = self.values[0], self.values[1 : 1 + self.resamples]
        low, high = bca(observed, replicates, self.values[1 + self.resamples :], self.n)
        spread = np.nanmax(replicates, axis=0, initial=-np.inf) - np.nanmin(
            replicates, axis=0, initial=np.inf
        )
        flat = spread <= _TIE
        low = np.where(flat, observed - self._unseen() * (observed - self.limits[0]), low)
        high = np.where(flat, observed + self._unseen() * (self.limits[1] - observed), high)
        return [
            None
            if np.isnan(value)
            else Estimate(value=value, low=min(below, value), high=max(above, value), n=n)
            for value, below, above, n in zip(
                *(part.round(_DIGITS).tolist() for part in (observed, low, high)),
                self.n.tolist(),
                strict=True,
            )
        ]

    def _unseen(self) -> Floats:
        from statsmodels.stats.proportion import proportion_confint

        bound: Floats = proportion_confint(0, np.maximum(self.n, 1), method="wilson")[1]
        return bound


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """The sums over samples that cells are made of, as observed and on every resample.

    Attributes:
        sums: Numerators, of shape (1 + resamples + samples, cells).
        counts: Denominators, of the same shape.
        known: For each data set, of shape (its cells, samples): whether a sample is counted.
        resamples: How many there are.
        limits: The lowest and the highest value of a sample.
    """

    sums: Floats
    counts: Floats
    known: tuple[NDArray[np.bool_], ...]
    resamples: int
    limits: tuple[float, float]

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
        return Drawn(figures, n, self.resamples, self.limits)


class Resampling:
    """The resamples of one study: which samples are drawn how often.

    Args:
        sizes: Number of samples of each data set.
        seed: Chooses the resamples.
        resamples: How many.
    """

    def __init__(self, sizes: Sequence[int], *, seed: int, resamples: int = RESAMPLES) -> None:
        self._resamples = resamples
        generator = np.random.default_rng(seed)
        starts = np.cumsum([0, *sizes])
        self._weights = []
        for start, size in zip(starts[:-1], sizes, strict=True):
            left_out = np.ones((starts[-1], size))
            left_out[start + np.arange(size), np.arange(size)] = 0
            drawn = generator.multinomial(size, np.full(size, 1 / size), size=resamples)
            self._weights.append(np.vstack([np.ones((1, size)), drawn, left_out]))

    def totals(self, shares: Sequence[Floats], limits: tuple[float, float] = (0.0, 1.0)) -> Totals:
        """Return the sums of cells.

        Args:
            shares: For each data set, of shape (cells, samples): what a sample adds to the
                numerator of a cell, NaN where it is not in its denominator. The cells of all data
                sets are numbered through, in this order.
            limits: The lowest and the highest value of a sample.
        """
        known = tuple(~np.isnan(part) for part in shares)
        cells = sum(len(part) for part in shares)
        rows = 1 + self._resamples + sum(part.shape[1] for part in shares)
        sums, counts = np.empty((rows, cells)), np.empty((rows, cells))
        start = 0
        for weights, part, here in zip(self._weights, shares, known, strict=True):
            place = slice(start, start + len(part))
            sums[:, place] = weights @ np.where(here, part, 0.0).T
            counts[:, place] = weights @ here.T.astype(float)
            start += len(part)
        return Totals(sums, counts, known, self._resamples, limits)


def _divide(sums: Floats, counts: Floats) -> Floats:
    ratios: Floats = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return ratios


def bca(
    observed: Floats, replicates: Floats, jackknife: Floats, n: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % BCa intervals of many figures (Efron 1987).

    The tails are those of Student's t, times ``sqrt(n / (n - 1))`` (Hesterberg 2015): quantiles of
    resamples alone are as narrow as an interval that divides by ``n`` and takes the normal's tails.

    Args:
        observed: Shape (figures,).
        replicates: Shape (resamples, figures); NaN where a resample has no such figure.
        jackknife: Shape (samples, figures): each with one sample left out.
        n: Number of samples that each figure rests on, of shape (figures,).
    """
    from scipy.special import ndtr, ndtri, stdtrit

    known = (~np.isnan(replicates)).sum(axis=0)
    below = (replicates < observed - _TIE).sum(axis=0)
    below = (below + (replicates <= observed + _TIE).sum(axis=0)) / 2
    away = mean_known(jackknife, axis=0) - jackknife
    away = np.where(np.isnan(away), 0.0, away)
    cubes, squares = (away**3).sum(axis=0), (away**2).sum(axis=0)
    freedom = np.maximum(n - 1, 1)
    tail = stdtrit(freedom, _TAIL) * np.sqrt(n / freedom)
    ordered = np.sort(replicates, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        bias = ndtri(below / known)
        skew = np.where(squares > 0, cubes / (6 * squares**1.5), 0.0)
        ends = [ndtr(bias + (bias + end) / (1 - skew * (bias + end))) for end in (tail, -tail)]
    low, high = (_quantile(ordered, known, np.where(np.isnan(level), 0.5, level)) for level in ends)
    return low, high


def _quantile(ordered: Floats, known: NDArray[np.int64], level: Floats) -> Floats:
    """Return the quantile of each column, sorted with NaN last, at the column's own level."""
    place = level * np.maximum(known - 1, 0)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, np.maximum(known - 1, 0))
    lower, upper = (np.take_along_axis(ordered, i[None], axis=0)[0] for i in (low, high))
    between: Floats = lower + (place - low) * (upper - lower)
    return between
