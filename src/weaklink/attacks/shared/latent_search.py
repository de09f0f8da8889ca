"""The two searches of Zhao, Dua and Singh 2018 for the nearest point that wins.

Points are drawn in a shell around a centre: a direction, uniform on the sphere, and a distance,
uniform in the shell's range, as in the authors' code
(https://github.com/zhengliz/natural-adversary). What is at a point is found by a probe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import numpy as np

from weaklink.attacks.attack import Steps
from weaklink.victims import Floats

T = TypeVar("T")

_CENTRE = 1e-4
"""Distances below it are not searched, as in the authors' code."""

Probe: TypeAlias = Callable[[Floats], Steps[Sequence[T | None]]]
"""Returns what wins at each of some points, shape (points, dimensions); None where nothing does."""


@dataclass(frozen=True, slots=True)
class Winner(Generic[T]):
    """What wins at a point, and how far that is from the centre."""

    what: T
    distance: float


@dataclass(frozen=True, slots=True)
class Limits:
    """How far and how densely a search looks.

    Attributes:
        radius: The farthest distance (r).
        step: The width of a shell (Δr).
        samples: Points drawn in a round (N).
        rounds: Rounds without a winner that end the search of the last shell (B).
    """

    radius: float
    step: float
    samples: int
    rounds: int


def iterative_stochastic(
    centre: Floats, probe: Probe[T], limits: Limits, rng: np.random.Generator
) -> Steps[Winner[T] | None]:
    """Algorithm 1: draw in shells ever farther out; the first with a winner ends the search.

    The paper has no farthest distance; here it is ``limits.radius``.
    """
    for inner in np.arange(0, limits.radius, limits.step):
        outer = min(inner + limits.step, limits.radius)
        found = yield from _nearest(centre, (inner, outer), probe, limits, rng)
        if found is not None:
            return found
    return None


def hybrid_shrinking(
    centre: Floats, probe: Probe[T], limits: Limits, rng: np.random.Generator
) -> Steps[Winner[T] | None]:
    """Algorithm 2: draw in the whole ball, then ever nearer and more densely.

    A round with a winner goes on with the outer half of the ball that the nearest winner bounds, a
    round without one with the outer half of its own range. When that is narrower than a step, the
    last step before the best winner is drawn from. A winner there becomes the best, and the step
    below it is drawn from next; ``limits.rounds`` rounds in a row without one end the search, and
    so does the centre.
    """
    best: Winner[T] | None = None
    inner, outer = 0.0, limits.radius
    while outer - inner >= limits.step:
        found = yield from _nearest(centre, (inner, outer), probe, limits, rng)
        if found is None:
            inner = (inner + outer) / 2
        else:
            best, inner, outer = found, found.distance / 2, found.distance
    failures = 0
    while failures < limits.rounds and outer > _CENTRE:
        inner = max(0.0, outer - limits.step)
        found = yield from _nearest(centre, (inner, outer), probe, limits, rng)
        if found is None:
            failures += 1
        else:
            best, outer, failures = found, inner, 0
    return best


def _nearest(
    centre: Floats,
    shell: tuple[float, float],
    probe: Probe[T],
    limits: Limits,
    rng: np.random.Generator,
) -> Steps[Winner[T] | None]:
    """Draw once in a shell and return the nearest winner, if there is one."""
    directions = rng.standard_normal((limits.samples, len(centre)))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    distances = rng.uniform(*shell, limits.samples)
    found = yield from probe(centre + directions * distances[:, None])
    winners = [
        Winner(what, distance)
        for what, distance in zip(found, distances.tolist(), strict=True)
        if what is not None
    ]
    return min(winners, key=lambda winner: winner.distance, default=None)
