"""Rounding that does not depend on noise in the last bits, which varies with the batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def ambiguous(
    values: NDArray[np.float64], grid: float, noise: NDArray[np.float64] | float
) -> NDArray[np.bool_]:
    """Return where ``noise`` could change the grid point that a value is rounded to."""
    scaled = values / grid
    return np.asarray(np.abs(scaled - np.floor(scaled) - 0.5) * grid < noise)
