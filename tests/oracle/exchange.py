"""p-values of paired samples: McNemar's exact test, and the exchange of both ends."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb, lcm, sqrt

import numpy as np

from .figures import Between

DRAWN = 9999
"""Exchanges that are tried: all where there are no more, else so many by chance."""
_FINE = 200_000
"""Steps that weights are rounded to where they are not whole numbers of fewer."""


def mcnemar_p(only_upstream: int, only_downstream: int) -> float:
    """Return twice the smaller tail of Binomial(n, 1/2), at most 1."""
    n, fewer = only_upstream + only_downstream, min(only_upstream, only_downstream)
    return min(1.0, 2 * sum(comb(n, k) for k in range(fewer + 1)) / float(2**n))


def exchange_p(weights: Sequence[Fraction], rows: int) -> float | Between:
    """Return how often the sum of the weights, each with a sign by chance, is as far from zero.

    Args:
        weights: What each sample adds to the difference.
        rows: Number of samples that signs are given to; those without a weight change nothing.

    Returns:
        The share of all exchanges where all are tried. Else bounds: the exact share, give or take
        five standard errors of ``DRAWN`` draws.
    """
    moving = [weight for weight in weights if weight]
    scale = lcm(*(weight.denominator for weight in moving))
    whole = [int(weight * scale) for weight in moving]
    observed = abs(sum(whole))
    if 2**rows <= DRAWN:
        return _tail(_enumerated(whole), observed)
    total = sum(map(abs, whole))
    slack = 0
    if total > _FINE:
        observed = round(observed * _FINE / total)
        whole = [round(weight * _FINE / total) for weight in whole]
        slack = len(whole)
    spread = _spread(whole)
    low, high = (_beyond(spread, observed + part) for part in (slack, -slack))
    return Between(low - _error(low), high + _error(high))


def _enumerated(weights: Sequence[int]) -> dict[int, int]:
    """Return how many choices of signs give each sum."""
    sums = {0: 1}
    for weight in weights:
        more: dict[int, int] = {}
        for value, ways in sums.items():
            for end in (value + weight, value - weight):
                more[end] = more.get(end, 0) + ways
        sums = more
    return sums


def _tail(sums: dict[int, int], observed: int) -> float:
    reached = sum(ways for value, ways in sums.items() if abs(value) >= observed)
    return reached / sum(sums.values())


def _spread(weights: Sequence[int]) -> np.ndarray:
    """Return the probability of each sum, from the lowest possible one to the highest."""
    spread = np.ones(1)
    for weight in map(abs, weights):
        wider = np.zeros(len(spread) + 2 * weight)
        wider[: len(spread)] += spread / 2
        wider[2 * weight :] += spread / 2
        spread = wider
    return spread


def _beyond(spread: np.ndarray, distance: int) -> float:
    reach = len(spread) // 2
    sums = np.abs(np.arange(-reach, reach + 1))
    return float(spread[sums >= distance].sum())


def _error(p_value: float) -> float:
    return 5 * sqrt(max(0.0, p_value * (1 - p_value)) / DRAWN) + 2 / DRAWN
