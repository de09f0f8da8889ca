"""Makes each row of logits independent of the batch that it was computed in.

Padding and batch size change the order of floating-point sums, and so the last bits of the logits.
Measured on a fine-tuned MiniLM in float32 over batches of 2 to 128, sorted and shuffled, with up
to 120 tokens of padding: at most 1.5e-6 for centred logits of up to 1.7 in absolute value.

Logits are centred (the mean over the labels is subtracted, which leaves the probabilities as they
are) and rounded to a grid. A row too close to the middle between two grid points is computed again
alone, without padding and by torch (on a GPU in float64, which no batch changes), and that value
is rounded instead. As long as the noise stays below the tolerance, every row becomes the rounded
value of torch's computation of it alone, whatever the batch and whatever the runtime.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from weaklink.models.rounding import ambiguous
from weaklink.victims.protocol import Floats

GRID = 1e-3
"""Distance of the grid points. At most 2.5e-4 in a probability of two labels."""

TOLERANCE = 5e-6
"""Noise provided for, relative to a row's largest centred logit or 1, whichever is greater."""

LEAST_NOISE = 3e-6
"""Noise provided for in a runtime other than torch, however little was measured."""

MOST_NOISE = 1.5e-5
"""The greatest measured noise of a runtime that is used: about 1 row in 11 is computed again."""


def centred(logits: Floats) -> Floats:
    """Return logits of shape (..., labels) less their mean over the labels."""
    return np.asarray(logits - logits.mean(axis=-1, keepdims=True), dtype=np.float64)


def settle(
    logits: Floats,
    alone: Callable[[NDArray[np.intp]], Floats],
    tolerance: float = TOLERANCE,
) -> Floats:
    """Return centred logits on the grid, each row independent of the others.

    Args:
        logits: Of shape (batch, labels), as computed in one batch.
        alone: Computes the logits of the given rows, each as if by itself, shape (rows, labels).
        tolerance: Noise provided for, in the unit of ``TOLERANCE``.
    """
    values = centred(logits)
    near = ambiguous(values, GRID, tolerance * scale(values)[:, None]).any(axis=1)
    if near.any():
        values[near] = centred(alone(np.flatnonzero(near)))
    return _rounded(values)


def noise(exact: Floats, logits: Floats) -> float:
    """Return how far logits of shape (batch, labels) are from the exact, as ``TOLERANCE`` is."""
    values = centred(exact)
    distance = np.abs(centred(logits) - values).max(axis=1)
    return float((distance / scale(values)).max())


def scale(values: Floats) -> Floats:
    """Return what the noise of each row of centred logits is relative to, shape (batch,)."""
    return np.asarray(np.maximum(1.0, np.abs(values).max(axis=1)))


def _rounded(values: Floats) -> Floats:
    return np.asarray(np.round(values / GRID) * GRID)
