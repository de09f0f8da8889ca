"""Counter-fitting: word vectors in which near means synonymous.

Mrkšić et al. 2016, Counter-fitting Word Vectors to Linguistic Constraints,
https://aclanthology.org/N16-1018. With the cosine distance ``d = 1 - cos`` and
``hinge(x) = max(0, x)``, the vectors V' minimise the sum of three terms (Section 2):

    antonym repel         k1 * sum of hinge(delta - d(u', w')) over antonyms (u, w)
    synonym attract       k2 * sum of hinge(d(u', w') - gamma) over synonyms (u, w)
    preserve the space    k3 * sum of hinge(d(u', w') - d(u, w)) over (u, w) with d(u, w) < rho

by gradient descent. As in the authors' code, antonyms are not among the pairs to preserve, and a
step moves every vector by the mean, over the pairs that it is in and whose hinge is open, of the
negative gradient, and brings it back to length 1. All are moved from where they stood before the
step. Nothing is random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from weaklink.progress import Progress

_BLOCK = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """The paper's values (Section 2.2)."""

    delta: float = 1.0
    gamma: float = 0.0
    rho: float = 0.2
    k1: float = 0.1
    k2: float = 0.1
    k3: float = 0.1
    epochs: int = 20


def counter_fit(
    vectors: NDArray[np.float32],
    synonyms: NDArray[np.int64],
    antonyms: NDArray[np.int64],
    parameters: Hyperparameters,
    progress: Progress,
) -> NDArray[np.float32]:
    """Return counter-fitted vectors of length 1.

    Args:
        vectors: Shape (words, dimensions).
        synonyms: Rows of synonyms, shape (pairs, 2).
        antonyms: Rows of antonyms, shape (pairs, 2).
        parameters: Margins, weights and the number of steps.
        progress: Is told of each step.
    """
    start = torch.nn.functional.normalize(torch.from_numpy(vectors), dim=1)
    attract, repel = torch.from_numpy(synonyms), torch.from_numpy(antonyms)
    moving = torch.cat([attract, repel]).flatten()
    near = without(near_pairs(start, parameters.rho, moving, progress), repel, len(start))
    near_before = distances(start, near)
    fitted = start
    progress.begin("Counter-fitting", parameters.epochs)
    for _ in range(parameters.epochs):
        step = _Step(fitted)
        step.move(repel, distances(fitted, repel) < parameters.delta, -parameters.k1)
        step.move(attract, distances(fitted, attract) > parameters.gamma, parameters.k2)
        step.move(near, distances(fitted, near) > near_before, parameters.k3)
        fitted = step.taken()
        progress.advance()
    return fitted.numpy()


def distances(vectors: Tensor, pairs: Tensor) -> Tensor:
    """Return the cosine distance of each pair of rows of unit vectors."""
    return 1 - (vectors[pairs[:, 0]] * vectors[pairs[:, 1]]).sum(dim=1)


def near_pairs(vectors: Tensor, rho: float, moving: Tensor, progress: Progress) -> Tensor:
    """Return every two rows nearer than ``rho`` of which one is in ``moving``.

    Pairs in which nothing moves never change, so that they are left out.
    """
    moves = torch.zeros(len(vectors), dtype=torch.bool)
    moves[moving] = True
    rows = moves.nonzero().flatten()
    progress.begin("Finding the neighbours to preserve", len(rows))
    found = []
    for block in torch.split(rows, _BLOCK):
        here, second = (vectors[block] @ vectors.T > 1 - rho).nonzero().T
        first = block[here]
        once = (first < second) | ~moves[second]
        found.append(torch.stack([first[once], second[once]], dim=1))
        progress.advance(len(block))
    return torch.cat(found) if found else torch.empty(0, 2, dtype=torch.long)


def without(pairs: Tensor, others: Tensor, rows: int) -> Tensor:
    """Return the pairs of so many rows that are not among the others, in whichever order."""
    key, other = (p.amin(dim=1) * rows + p.amax(dim=1) for p in (pairs, others))
    return pairs[~torch.isin(key, other)]


class _Step:
    """One step of gradient descent: the sum, and the number, of the moves of each vector."""

    def __init__(self, vectors: Tensor) -> None:
        self._vectors = vectors
        self._moves = torch.zeros_like(vectors)
        self._counts = torch.zeros(len(vectors))

    def move(self, pairs: Tensor, is_open: Tensor, weight: float) -> None:
        """Move both of each open pair towards each other, or apart if the weight is negative.

        The gradient of ``cos(u, w)`` with regard to a unit vector ``u`` is ``w - cos(u, w) u``.
        """
        first, second = pairs[is_open].T
        for here, there in ((first, second), (second, first)):
            u, w = self._vectors[here], self._vectors[there]
            cosine = (u * w).sum(dim=1, keepdim=True)
            self._moves.index_add_(0, here, weight * (w - cosine * u))
            self._counts.index_add_(0, here, torch.ones(len(here)))

    def taken(self) -> Tensor:
        """Return the vectors after the step."""
        mean = self._moves / self._counts.clamp(min=1)[:, None]
        return torch.nn.functional.normalize(self._vectors + mean, dim=1)
