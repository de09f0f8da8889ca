"""Differential evolution (Storn and Price 1997), asked for vectors and told their values.

Strategy best/1/bin with a mutation factor drawn anew for each generation, the defaults of scipy's
``differential_evolution``, which the authors of *Bad Characters* use. Unlike there, the population
is a number of vectors, and not a multiple of their length.
"""

from __future__ import annotations

import numpy as np

from weaklink.victims import Floats

_MUTATION = (0.5, 1.0)
_CROSSOVER = 0.7
_DIFFERENT = 2
"""A new vector is made of the best one, and of two whose difference is added to it."""


class Evolution:
    """Looks for a vector in the unit cube whose value is low.

    Args:
        dimensions: Length of the vectors.
        population: Number of vectors, at least four.
        rng: Draws them.
    """

    def __init__(self, dimensions: int, population: int, rng: np.random.Generator) -> None:
        self._rng = rng
        strata = np.arange(population)[:, None] + rng.random((population, dimensions))
        self._vectors: Floats = rng.permuted(strata / population, axis=0)
        self._values: Floats | None = None

    def ask(self) -> Floats:
        """Return the vectors to be judged next, shape (population, dimensions)."""
        if self._values is None:
            return self._vectors
        size, dimensions = self._vectors.shape
        factor = self._rng.uniform(*_MUTATION)
        best = self._vectors[int(self._values.argmin())]
        first, second = self._pairs(size)
        mutants = best + factor * (self._vectors[first] - self._vectors[second])
        outside = (mutants < 0) | (mutants >= 1)
        mutants = np.where(outside, self._rng.random(mutants.shape), mutants)
        crossed = self._rng.random(mutants.shape) < _CROSSOVER
        crossed[np.arange(size), self._rng.integers(dimensions, size=size)] = True
        return np.where(crossed, mutants, self._vectors)

    def tell(self, vectors: Floats, values: Floats) -> None:
        """Take the values of the vectors asked; one that is no worse replaces that before it."""
        if self._values is None:
            self._values = values
            return
        better = values <= self._values
        self._vectors = np.where(better[:, None], vectors, self._vectors)
        self._values = np.where(better, values, self._values)

    def _pairs(self, size: int) -> tuple[list[int], list[int]]:
        """Return for each vector two others."""
        drawn = [self._rng.choice(size - 1, size=_DIFFERENT, replace=False) for _ in range(size)]
        pairs = [[int(one) + (one >= own) for one in two] for own, two in enumerate(drawn)]
        return [one for one, _ in pairs], [other for _, other in pairs]
