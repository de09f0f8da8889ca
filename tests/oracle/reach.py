"""The smallest delta that would show at the 5 % level with a power of 80 %."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

from .figures import Between, Cell

_LEVEL, _POWER = (NormalDist().inv_cdf(share) for share in (0.975, 0.8))
_DRAWN = 0.2
"""What the spread of resamples may be off by: they are few, and sizes of cells vary with them."""


def scenario_reach(n: int, differing: float) -> float | None:
    """Solve Rosner's sample size of McNemar's test for the delta, by bisection.

    With ``d`` the share of samples that differ and ``t d`` the delta:
    ``n d t^2 = (level + power sqrt(1 - t^2))^2``.
    """

    def lacks(t: float) -> bool:
        return n * differing * t * t < (_LEVEL + _POWER * sqrt(1 - t * t)) ** 2

    low, high = 0.0, 1.0
    if n * differing < _LEVEL**2:
        return None
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if lacks(middle) else (low, middle)
    return differing * high


def average_reach(cells: Sequence[Cell]) -> Between | None:
    """Return bounds of ``level + power`` standard errors of the mean of the cells' deltas.

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
    reach = (_LEVEL + _POWER) * sqrt(squares)
    return Between(reach * (1 - _DRAWN), reach * (1 + _DRAWN))
