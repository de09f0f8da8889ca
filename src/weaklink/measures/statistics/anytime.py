"""Confidence sequences: 95 % intervals that hold at every look at once.

A Wilson interval is for a number of samples that was settled beforehand. Whoever looks after each
sample, and stops at what they like, finds it wrong more often than one time in twenty. These
intervals hold for all looks together with a chance of 95 %, however and whenever one stops.

The method is a mixture of bets (Waudby-Smith and Ramdas 2024, "Estimating means of bounded random
variables by betting", sections 4 and 6; mixtures: Robbins 1970, Orabona and Jun 2021). Under a
mean ``m``, the wealth of a gambler who stakes the share ``b`` on each sample ``x`` in [0, 1],

    W(m) = mean over b of  product over samples of  1 + b (x - m),

is a martingale with mean 1, so by Ville's inequality it ever reaches 20 with a chance of 5 % at
most. The interval is all means that it has not reached 20 for. The stakes are those of a
uniform mixture over the alternatives ``q``: ``b = (q - m) / (m (1 - m))``. For x of 0 and 1 the
interval is the beta-binomial one of Robbins; for others it is never wider.

Deviation from the paper: a fixed mixture in place of stakes that follow the samples so far. The
interval then depends on the samples alone and not on their order, and needs no history.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats

STEPS = 1000
"""Means that are tried; an interval ends at one of them, so it is wider by a step at most."""
_STAKES = 100
_REMEMBERED = 64
LEVEL = 0.05
"""Chance that the intervals of any look miss the mean."""
MOST_WEALTH = float(-np.log(LEVEL))
"""Logarithm of the wealth that a true mean reaches with that chance at most."""


def of_rates(shares: Floats) -> list[Estimate | None]:
    """Return the mean of each row with its interval; None where nothing is known.

    Args:
        shares: Shape (rates, samples), in [0, 1]; NaN where a sample does not count.

    >>> rate = of_rates(np.array([[1.0] + 9 * [0.0]]))[0]
    >>> rate.low, rate.value, rate.high
    (0.0, 0.1, 0.546)
    """
    return [_estimate(row[~np.isnan(row)]) for row in shares]


def of_differences(differences: Floats) -> list[Estimate | None]:
    """Return the mean of each row of differences in [-1, 1], with its interval."""
    found = of_rates((differences + 1) / 2)
    return [
        one
        and Estimate(value=2 * one.value - 1, low=2 * one.low - 1, high=2 * one.high - 1, n=one.n)
        for one in found
    ]


def _estimate(values: Floats) -> Estimate | None:
    if not len(values):
        return None
    value = float(values.mean())
    low, high = interval(values)
    return Estimate(value=value, low=min(low, value), high=max(high, value), n=len(values))


def of_average(
    average: Estimate | None,
    rows: Floats,
    *,
    pooled: bool = False,
    differences: bool = False,
    apart: bool = False,
) -> Estimate | None:
    """Return an average over rates, or over differences, with its interval.

    Where the same samples count in all rows, it is that of the mean of what each sample adds to all
    of them. Else each row has an interval of its own, at a level that lets all hold at once
    (Bonferroni).

    Args:
        average: The average with another interval; None: there is none.
        rows: What samples add: shape (rates, samples); NaN where a sample does not count.
        pooled: Whether each sample weighs the same, not each row.
        differences: Whether samples add differences in [-1, 1], and not shares in [0, 1].
        apart: Whether which samples count depends on what was found, so that rows that happen to
            count the same ones have intervals of their own, too.
    """
    if average is None:
        return None
    shares = (rows + 1) / 2 if differences else rows
    known = ~np.isnan(shares)
    shares, known = shares[known.any(axis=1)], known[known.any(axis=1)]
    if not apart and (known == known[0]).all():
        low, high = interval(shares[:, known[0]].mean(axis=0))
    else:
        counts = known.sum(axis=1)
        weights = counts / counts.sum() if pooled else np.full(len(counts), 1 / len(counts))
        each = zip(shares, known, strict=True)
        ends = [interval(row[some], LEVEL / len(shares)) for row, some in each]
        low, high = (weights @ np.array(ends)).tolist()
    if differences:
        low, high = 2 * low - 1, 2 * high - 1
    return average.model_copy(
        update={"low": min(low, average.value), "high": max(high, average.value)}
    )


def of_two_rates(old: Estimate, new: Estimate, looked_at: tuple[bool, bool]) -> Estimate:
    """Return the second of two rates less the first, where only rates and numbers are known.

    Each rate has an interval that misses it in 2.5 % at most, so both hold at once in 95 %
    (Bonferroni), however their samples depend on each other.

    Args:
        old: The first rate.
        new: The second.
        looked_at: Whether somebody looked at the first, and at the second, before they decided to
            stop; the interval of one with a settled number of samples is Wilson's.

    Raises:
        ValueError: Nobody looked at either.
    """
    if not any(looked_at):
        raise ValueError("both rates have a settled number of samples")
    (lowest, highest), (low, high) = (
        interval_beside(one.value, one.n, looked_at=looked)
        for one, looked in zip((old, new), looked_at, strict=True)
    )
    return Estimate(
        value=new.value - old.value, low=low - highest, high=high - lowest, n=min(old.n, new.n)
    )


def interval_beside(rate: float, n: int, *, looked_at: bool) -> tuple[float, float]:
    """Return the ends of an interval of 97.5 %: two of them hold at once in 95 %.

    Args:
        rate: In [0, 1].
        n: How many samples it has, at least one.
        looked_at: Whether somebody looked at it before they decided to stop; else their number was
            settled, and the interval is Wilson's.
    """
    if looked_at:
        return interval_of_mean(rate, n, LEVEL / 2)
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(rate * n, n, alpha=LEVEL / 2, method="wilson")
    return min(float(low), rate), max(float(high), rate)


def interval(values: Floats, level: float = LEVEL) -> tuple[float, float]:
    """Return the ends of the interval of the mean, on the grid of tried means.

    Args:
        values: In [0, 1], at least one.
        level: Chance that the intervals of any look miss the mean.
    """
    distinct, counts = np.unique(values, return_counts=True)
    found = zip(distinct.tolist(), counts.tolist(), strict=True)
    growth = sum((count * _growth(value) for value, count in found), start=np.zeros(()))
    return _held(growth, float(-np.log(level)))


def interval_of_mean(mean: float, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Return the ends of the interval of samples whose mean and number alone are known.

    Samples that fall in part tell no less than as many that fall whole, so it is never narrower
    than with the samples themselves.

    Args:
        mean: In [0, 1].
        n: How many samples there are, at least one.
        level: Chance that the intervals of any look miss the mean.
    """
    growth = n * (mean * _growth(1.0) + (1 - mean) * _growth(0.0))
    low, high = _held(growth, float(-np.log(level)))
    return min(low, mean), max(high, mean)


def _held(growth: Floats, most_wealth: float) -> tuple[float, float]:
    reached = wealth(growth)
    (held,) = np.nonzero(reached < most_wealth)
    if not len(held):  # the mean is between two that were tried
        held = np.array([np.argmin(reached)])
    return float(held[0]) / STEPS, float(held[-1] + 2) / STEPS


def wealth(growth: Floats) -> Floats:
    """Return the logarithm of the wealth, from the logarithms of what became of each stake.

    Args:
        growth: Shape (..., stakes).
    """
    best = growth.max(axis=-1, keepdims=True)
    return np.asarray(best[..., 0] + np.log(np.exp(growth - best).mean(axis=-1)))


def stakes_at(means: Floats | float) -> Floats:
    """Return the stakes under means in (0, 1), shape (..., stakes)."""
    alternatives = (np.arange(_STAKES) + 0.5) / _STAKES
    known = np.asarray(means)[..., None]
    return np.asarray((alternatives - known) / (known * (1 - known)))


@lru_cache(maxsize=_REMEMBERED)
def _growth(value: float) -> Floats:
    """Return the logarithm of what one sample makes of each stake, shape (means, stakes)."""
    means = np.arange(1, STEPS) / STEPS
    return np.asarray(np.log1p(stakes_at(means) * (value - means[:, None])))
