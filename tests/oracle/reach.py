"""The smallest delta that would show at the 5 % level with a power of 80 %."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb, sqrt

from scipy.optimize import brentq
from scipy.stats import nct, t

from .figures import Between, Cell

_DRAWN = 0.2
"""What the spread of resamples may be off by: they are few, and sizes of cells vary with them."""


def scenario_reach(n: int, differing: float, level: float = 0.05) -> float | None:
    """Search the delta that exact McNemar shows in 80 % of studies, outcome by outcome."""
    shows = [
        {k for k in range(m + 1) if _p_value(k, m) < level} if level < 1 else set()
        for m in range(n + 1)
    ]

    def lacks(t: float) -> bool:
        return (
            sum(
                _chance(m, n, differing) * sum(_chance(k, m, (1 + t) / 2) for k in shows[m])
                for m in range(n + 1)
            )
            < 0.8
        )

    if lacks(1.0):
        return None
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if lacks(middle) else (low, middle)
    return differing * high


def _p_value(k: int, m: int) -> float:
    return min(1.0, 2 * sum(_chance(i, m, 0.5) for i in range(min(k, m - k) + 1)))


def _chance(k: int, n: int, p: float) -> float:
    return comb(n, k) * p**k * (1 - p) ** (n - k)


def mean_reach(freedom: int, level: float = 0.05) -> float:
    """Return the standard errors that show in 80 % of t tests, by the noncentral t."""
    tail = t(freedom).ppf(1 - level / 2)
    return float(brentq(lambda mean: nct(freedom, mean).sf(tail) - 0.8, 0.1, 50))


def average_reach(cells: Sequence[Cell]) -> Between | None:
    """Return bounds of what the standard error of the mean of the cells' deltas would show.

    The variance of the bootstrap over samples is, for each data set, that of the samples' parts of
    the mean about their cells' means; None where no part differs.
    """
    parts: dict[str, dict[str, Fraction]] = {}
    for one in cells:
        of = parts.setdefault(one.dataset, {})
        for sample, value in one.shares.items():
            away = (value - one.mean) / len(one.shares) / len(cells)
            of[sample] = of.get(sample, Fraction(0)) + away
    squares = sum(value**2 for of in parts.values() for value in of.values())
    if not squares:
        return None
    n = sum(map(len, parts.values()))
    reach = mean_reach(n - 1) * sqrt(squares) if 2.0 ** (1 - n) < 0.05 else None
    if reach is None:
        return None
    return Between(reach * (1 - _DRAWN), reach * (1 + _DRAWN))
