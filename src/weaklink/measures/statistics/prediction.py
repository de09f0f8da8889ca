"""What the next of several links will measure, on a scale on which all rates are equally noisy."""

from __future__ import annotations

from math import pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaklink.measures.statistics.means import Floats

FEWEST = 5
"""Independent clusters below which nothing is predicted."""


class Predicted(NamedTuple):
    """A prediction for one new value.

    Attributes:
        value: What is expected.
        half: Half the width of the 95 % prediction interval.
    """

    value: float
    half: float


def angle(rate: Floats | float, n: NDArray[np.int64] | float) -> Floats:
    """Return ``2 asin √p`` of a rate of ``n`` samples, which has a variance of about ``1 / n``.

    The rate is shrunk as Anscombe (1948) proposes, so that 0 and 1 are like other rates. A
    difference of two angles is Cohen's h.

    >>> angle(np.array([0.0, 0.5, 1.0]), 30).round(2)
    array([0.22, 1.57, 2.92])
    """
    shrunk: Floats = 2 * np.arcsin(np.sqrt((np.asarray(rate) * n + 0.375) / (np.asarray(n) + 0.75)))
    return shrunk


def rate_at(angle: float, n: int) -> float:
    """Return the rate of ``n`` samples that has an angle; the inverse of ``angle``.

    >>> round(rate_at(float(angle(0.2, 30)), 30), 9)
    0.2
    """
    share = float(np.sin(min(max(angle, 0.0), pi) / 2) ** 2)
    return min(max((share * (n + 0.75) - 0.375) / n, 0.0), 1.0)


def predict_next(
    values: Floats, clusters: NDArray[np.int64], *, least: float = 0.0, more: float = 0.0
) -> Predicted:
    """Return the prediction for a single value of another cluster.

    The mean is that of ``k`` cluster means with variance ``s²``. A single new value varies more
    than the mean of a cluster: by the variance within clusters ``w²``, pooled, as far as means hide
    it. The interval is ``mean ± t √(s² (1 + 1/k) + w² (1 - average of 1/size))``, with the tails of
    Student's t with Satterthwaite's (1946) degrees of freedom. With one value a cluster this is
    the exact interval for the next of ``k + 1`` normal values, as in ``general``.

    Args:
        values: At least one of each of two or more clusters.
        clusters: The cluster of each.
        least: The variance that a single new value has at least.
        more: What its variance has besides that the values do not have.
    """
    from scipy.special import stdtrit

    _, place, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    k = len(sizes)
    means = np.bincount(place, values) / sizes
    left = len(values) - k
    within = float(((values - means[place]) ** 2).sum()) / left if left else 0.0
    between, hidden = float(means.var(ddof=1)) * (1 + 1 / k), within * float((1 - 1 / sizes).mean())
    spread = between**2 / (k - 1) + (hidden**2 / left if left else 0.0)
    freedom = (between + hidden) ** 2 / spread if spread > 0 else k - 1
    half = float(stdtrit(freedom, 0.975)) * sqrt(max(between + hidden, least) + more)
    return Predicted(float(means.mean()), half)
