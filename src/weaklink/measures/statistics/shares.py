"""Rates whose samples each add a share: the mean, with Wilson's interval.

A sample that was attacked several times counts with the share of its repetitions. Rates are means
of these shares, and ``n`` is the number of samples.
"""

from __future__ import annotations

import numpy as np

from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats


def wilson(shares: Floats) -> list[Estimate | None]:
    """Return the mean of each row with its Wilson interval; None where nothing is known.

    Wilson (1927) is for successes among independent trials. Each sample is taken as one trial
    and its share as so much of a success. As a share in [0, 1] varies no more than a coin of the
    same mean, the interval for repeated attempts is wider than it need be, never too narrow.

    Args:
        shares: Shape (rates, samples); NaN where a sample is not in the denominator.

    >>> rate = wilson(np.array([[1.0] + 9 * [0.0]]))[0]
    >>> round(rate.low, 3), rate.value, round(rate.high, 3)
    (0.018, 0.1, 0.404)
    """
    from statsmodels.stats.proportion import proportion_confint

    known = ~np.isnan(shares)
    counts = known.sum(axis=1)
    totals = np.where(known, shares, 0.0).sum(axis=1)
    some = np.maximum(counts, 1)
    low, high = proportion_confint(totals, some, alpha=0.05, method="wilson")
    values = totals / some
    low, high = np.clip(np.minimum(low, values), 0, 1), np.clip(np.maximum(high, values), 0, 1)
    columns = (part.tolist() for part in (values, low, high, counts))
    return [
        Estimate.model_construct(value=value, low=below, high=above, n=n) if n else None
        for value, below, above, n in zip(*columns, strict=True)
    ]
