"""Figures as observed and on every resample: errors, intervals, differences, the highest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaklink.measures.statistics import intervals
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats, mean_known

_TIE = 1e-12
"""A standard error that is no greater is 0 but for rounding."""
_DIGITS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Rates as observed and on every resample.

    Attributes:
        values: Shape (1 + resamples, figures).
        n: Number of samples that each figure rests on, of shape (figures,).
        small: Variance that resamples cannot show, as cells have few samples; of shape (figures,).
    """

    values: Floats
    n: NDArray[np.int64]
    small: Floats | float = 0.0

    def __sub__(self, other: Drawn) -> Difference:
        """Return the differences, paired on every resample."""
        return Difference(self, other)

    def errors(self) -> Floats:
        """Return the standard error of each figure over the resamples."""
        return _errors(self.values)

    def ends(self) -> tuple[Floats, Floats]:
        """Return the ends of the intervals."""
        rates = self.values[0]
        inside = (rates > _TIE) & (rates < 1 - _TIE)
        variances = np.where(inside, self.errors() ** 2 + self.small, 0.0)
        return intervals.of_rates(rates, variances, self.n)

    def estimates(self) -> list[Estimate | None]:
        """Return each figure with its interval; None where there is none."""
        return estimates_of(self.values[0], *self.ends(), self.n)

    def first_of(self, figures: Sequence[int]) -> tuple[int, list[int]] | None:
        """Return the highest of some figures, and those that it cannot be told apart from.

        A figure is told apart where its difference, paired on every resample, is above zero at the
        5 % level with Bonferroni's correction for all others: the highest of many is higher than
        it should be, and which one is highest is chance too.
        """
        from scipy.special import stdtrit

        known = [figure for figure in figures if not np.isnan(self.values[0, figure])]
        if not known:
            return None
        best = max(known, key=lambda figure: float(self.values[0, figure]))
        others = [figure for figure in known if figure != best]
        away = self.values[:, [best]] - self.values[:, others]
        level = 1 - 0.025 / max(len(others), 1)
        tail = stdtrit(np.maximum(self.n[others] - 1, 1), level)
        told = (away[0] > tail * _errors(away)) & (_errors(away) > 0)
        return best, [other for other, apart in zip(others, told, strict=True) if not apart]


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
        return estimates_of(differences, low, high, n)


def _errors(values: Floats) -> Floats:
    """Return the standard deviation over resamples; 0 where none has such a figure."""
    replicates = values[1:]
    errors = replicates.std(axis=0) if len(replicates) else np.zeros(values.shape[1])
    partly = np.isnan(errors)
    if partly.any():
        some = replicates[:, partly]
        squares = (some - mean_known(some, axis=0)) ** 2
        errors[partly] = np.sqrt(np.nan_to_num(mean_known(squares, axis=0)))
    return np.where(errors > _TIE, errors, 0.0)


def estimates_of(
    values: Floats, low: Floats, high: Floats, n: NDArray[np.int64]
) -> list[Estimate | None]:
    """Return figures with the ends of their intervals; None where there is none."""
    columns = (part.round(_DIGITS).tolist() for part in (values, low, high))
    return [
        None
        if np.isnan(value)
        else Estimate.model_construct(
            value=value, low=min(below, value), high=max(above, value), n=count
        )
        for value, below, above, count in zip(*columns, n.tolist(), strict=True)
    ]
