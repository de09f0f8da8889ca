"""Means that skip NaN, which marks places where no attempt counts."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Truths: TypeAlias = NDArray[np.bool_]


def mean_known(values: Floats, axis: int = -1) -> Floats:
    """Return the mean along an axis of all that is not NaN; NaN where there is nothing.

    >>> mean_known(np.array([[1.0, np.nan, 0.0], [np.nan, np.nan, np.nan]]))
    array([0.5, nan])
    """
    return mean_where(values, ~np.isnan(values), axis)


def mean_where(
    numerator: Floats | Truths, denominator: Truths, axis: int | tuple[int, ...] = -1
) -> Floats:
    """Return the mean along an axis of a numerator over the places that a denominator counts.

    >>> mean_where(np.array([True, True, False]), np.array([True, False, True]))
    array(0.5)
    """
    counts = denominator.sum(axis=axis)
    sums = np.where(denominator, numerator, 0.0).sum(axis=axis)
    mean: Floats = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return mean
