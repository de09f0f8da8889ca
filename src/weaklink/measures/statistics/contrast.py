"""Two groups of few units: a permutation of their labels, and what it can show."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.power import LEVEL, POWER

ASSIGNMENTS = 9999
_TIE = 1e-12
_STUDIES = 1000
_STEPS = 20


class Permuted(NamedTuple):
    """A difference of two means, tested by permuting labels (Fisher 1935).

    Attributes:
        difference: Mean of the first group less that of the second.
        p_value: Two-sided.
        p_greater: One-sided, that the first is greater.
        p_least: The least one-sided p-value that groups of these sizes can have.
        detectable: The difference that shows at the 5 % level with a power of 80 %, if units are
            normal with the spread that these have within their groups; None where none would.
    """

    difference: float
    p_value: float
    p_greater: float
    p_least: float
    detectable: float | None


def permuted(first: Floats, second: Floats, *, seed: int) -> Permuted:
    """Test the difference of two means.

    Every assignment of the labels is tried where there are no more than 9,999; else so many are
    drawn, and the one observed is counted among them.

    Args:
        first: A figure of each unit of the first group, at least one.
        second: Those of the second group.
        seed: Chooses the assignments that are drawn.
    """
    sizes = len(first), len(second)
    found = _assignments(*sizes, seed) @ np.concatenate([first, second])
    spread = _spread(first, second)
    reach = _reach(*sizes, seed) if spread > 0 else None
    return Permuted(
        difference=float(found[0]),
        p_value=float(np.mean(np.abs(found) >= abs(found[0]) - _TIE)),
        p_greater=float(np.mean(found >= found[0] - _TIE)),
        p_least=1 / len(found),
        detectable=None if reach is None else reach * spread,
    )


def _spread(first: Floats, second: Floats) -> float:
    """Return the pooled standard deviation within both groups; 0 where none has two units."""
    freedom = len(first) + len(second) - 2
    squares = sum(float(((group - group.mean()) ** 2).sum()) for group in (first, second))
    return (squares / freedom) ** 0.5 if freedom > 0 else 0.0


@lru_cache(maxsize=100)
def _assignments(first: int, second: int, seed: int) -> Floats:
    """Return weights of shape (assignments, units) that give differences; the observed first."""
    units = first + second
    if comb(units, first) <= ASSIGNMENTS:
        chosen = np.array([*combinations(range(units), first)])
    else:
        draw = np.random.default_rng(seed)
        drawn = draw.permuted(np.tile(np.arange(units), (ASSIGNMENTS, 1)), axis=1)
        chosen = np.vstack([np.arange(first), drawn[:, :first]])
    weights: Floats = np.full((len(chosen), units), -1 / second)
    np.put_along_axis(weights, chosen, 1 / first, axis=1)
    return weights


@lru_cache(maxsize=100)
def _reach(first: int, second: int, seed: int) -> float | None:
    """Return the detectable difference in standard deviations, by simulation and bisection."""
    weights = _assignments(first, second, seed)
    least = (2 if first == second else 1) / len(weights)
    if least >= LEVEL:
        return None
    units = np.random.default_rng(seed).normal(size=(first + second, _STUDIES))
    noise, shift = weights @ units, weights[:, :first].sum(axis=1, keepdims=True)

    def power(difference: float) -> float:
        found = np.abs(noise + difference * shift)
        return float(np.mean(np.mean(found >= found[0] - _TIE, axis=0) < LEVEL))

    low, high = 0.0, 1.0
    while power(high) < POWER:
        low, high = high, 2 * high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if power(middle) < POWER else (low, middle)
    return high
