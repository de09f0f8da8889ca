"""95 % intervals of rates, and of differences of rates, of any variance.

The variance of a rate over a simple random sample is ``p (1 - p) / n``. That of an average over
attacks that share their samples, or of a rate whose denominator is random, is estimated and handed
in. Where it is 0, because nothing varied, there is nothing to go by, and the interval is that of
``n`` samples with one attempt each.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats


def of_rates(rates: Floats, variances: Floats, n: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the ends of Wilson's (1927) intervals.

    They are for the number of independent samples that would have this variance, and have the tails
    of Student's t, as the variance is estimated (Korn and Graubard 1998).

    Args:
        rates: In [0, 1], or NaN.
        variances: Of the rates.
        n: Number of samples that each rate rests on.
    """
    from scipy.special import ndtr, stdtrit
    from statsmodels.stats.proportion import proportion_confint

    varied = variances > 0
    effective = np.maximum(n, 1).astype(float)
    np.divide(rates * (1 - rates), variances, out=effective, where=varied)
    sizes, of_size = np.unique(np.maximum(n - 1, 1), return_inverse=True)
    tails = np.where(varied, 2 * ndtr(stdtrit(sizes, 0.025))[of_size], 0.05)
    low, high = proportion_confint(rates * effective, effective, alpha=tails, method="wilson")
    return np.minimum(low, rates), np.maximum(high, rates)


def of_differences(
    first: tuple[Floats, Floats, Floats],
    second: tuple[Floats, Floats, Floats],
    correlations: Floats,
) -> tuple[Floats, Floats]:
    """Return the ends of Newcombe's (1998, method 8) intervals of ``first - second``.

    They combine the intervals of both rates, however these were found (Zou and Donner 2008).

    Args:
        first: The rates, and the ends of their intervals.
        second: The same of the rates that are taken away.
        correlations: Of the estimates of both, in [-1, 1].
    """
    (rate, low, high), (other, lowest, highest) = first, second
    difference = rate - other
    return (
        difference - _apart(rate - low, highest - other, correlations),
        difference + _apart(high - rate, other - lowest, correlations),
    )


def of_equal_differences(differences: Floats, n: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the ends of the intervals where every one of ``n`` samples shows this difference.

    Wilson bounds the share ``u`` of samples that may differ though none of those seen did, and they
    may lie anywhere: the interval is ``d - u (1 + d)`` to ``d + u (1 - d)``.
    """
    nothing = np.zeros(len(n))
    _, unseen = of_rates(nothing, nothing, n)
    return differences - unseen * (1 + differences), differences + unseen * (1 - differences)


def p_value_of(difference: Estimate) -> float:
    """Return the two-sided p-value that a 95 % interval implies (Altman and Bland 2011).

    The standard error is that of the interval's side that zero is on, so that the p-value is below
    0.05 where the interval excludes zero.

    >>> round(p_value_of(Estimate(value=0.2, low=0.1, high=0.4, n=100)), 6)
    8.9e-05

    Args:
        difference: A difference with its interval.
    """
    if not difference.value:
        return 1.0
    end = difference.low if difference.value > 0 else difference.high
    half = abs(difference.value - end)
    normal = NormalDist()
    return 2 * normal.cdf(normal.inv_cdf(0.025) * abs(difference.value) / half) if half else 0.0


def _apart(one: Floats, other: Floats, correlations: Floats) -> Floats:
    squares = one**2 + other**2 - 2 * correlations * one * other
    return np.sqrt(np.maximum(squares, 0.0))
