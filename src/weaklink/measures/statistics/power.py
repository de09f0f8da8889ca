"""The smallest difference that a test shows with a power of 80 %, at any level.

After Holm's correction over ``m`` tests, the least p-value is compared with ``level / m``. A power
at that level is reached whatever the other tests show; where some of those show too, the level is
less strict and the power higher.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from weaklink.measures.statistics.means import Floats

LEVEL, POWER = 0.05, 0.8
_UNLIKELY = 1e-10
_REMEMBERED = 100_000


@lru_cache(maxsize=_REMEMBERED)
def detectable(
    n: int, discordant: float, *, level: float = LEVEL, power: float = POWER
) -> float | None:
    """Return the smallest delta that exact McNemar shows with this power, given ``n`` pairs.

    The number of discordant pairs is binomial, and so is, given it, the number of those that fell
    downstream only (Connor 1987): the power is a sum over both.

    Args:
        n: Pairs.
        discordant: Share of pairs that fell on one side only, in [0, 1].
        level: The test shows a delta where its p-value is below.
        power: Probability that it does.

    Returns:
        None where even a delta of all discordant pairs would not show.
    """
    from scipy.optimize import brentq
    from scipy.stats import binom

    ends = binom.ppf([_UNLIKELY, 1 - _UNLIKELY], n, discordant)
    pairs = np.arange(int(ends[0]), int(ends[1]) + 1)
    chances = binom.pmf(pairs, n, discordant)
    fewest = binom.ppf(level / 2, pairs, 0.5) - 1

    def beyond(share: float) -> float:
        shown = sum(binom.cdf(fewest, pairs, (1 + sign * share) / 2) for sign in (-1, 1))
        return float(chances @ shown) - power

    if beyond(1.0) < 0:
        return None
    return discordant * float(brentq(beyond, 0.0, 1.0))


def detectable_means(
    errors: Floats, n: Floats, *, level: Floats | float = LEVEL
) -> list[float | None]:
    """Return the smallest mean that a paired test shows with a power of 80 %, for each error.

    A permutation test by sample has nearly the power of the t test (Hoeffding 1952).

    Args:
        errors: Standard errors; those of 0 have no such mean.
        n: Samples that each rests on.
        level: The test shows a mean where its p-value is below.

    Returns:
        None where so few samples can be exchanged that no p-value is below the level, and where it
        would be above 1, which no difference of rates is.
    """
    levels = np.broadcast_to(level, np.shape(errors))
    every = zip(errors.tolist(), n.tolist(), levels.tolist(), strict=True)
    return [
        possible(error * reach(max(count - 1, 1), one))
        if error > 0 and 2.0 ** (1 - count) < one
        else None
        for error, count, one in every
    ]


def possible(difference: float) -> float | None:
    """Return a difference of rates; None above 1."""
    return float(difference) if difference <= 1 else None


@lru_cache(maxsize=_REMEMBERED)
def reach(freedom: float, level: float = LEVEL, power: float = POWER) -> float:
    """Return how many standard errors a mean must have to show in a two-sided t test.

    By the noncentral t distribution.

    >>> round(reach(1e6), 2)
    2.8
    """
    from scipy.optimize import brentq
    from scipy.special import nctdtr, stdtrit

    tail = float(stdtrit(freedom, 1 - level / 2))
    return float(brentq(lambda mean: 1 - nctdtr(freedom, mean, tail) - power, 0.0, 4 * tail + 10))


def pairs_for_margin(
    margin: float, discordant: float, *, level: float = LEVEL, power: float = POWER
) -> int:
    """Return how many pairs show that a rate did not rise by ``margin``, where it did not rise.

    That is where the upper end of the paired interval is below the margin (non-inferiority;
    Blackwelder 1982). The difference of the rates is taken as normal. Its variance,
    ``discordant / n``, has two more discordant pairs (Agresti and Min 2005), as intervals of few
    discordant pairs are wider.

    Args:
        margin: Rise that is tolerated, in (0, 1].
        discordant: Share of pairs that fall on one side only, in [0, 1].
        level: One less the confidence of the two-sided interval.
        power: Probability that it shows.
    """
    from scipy.special import ndtri

    reached = ndtri(1 - level / 2) + ndtri(power)
    scale = float(reached / margin) ** 2
    return math.ceil((discordant * scale + math.sqrt((discordant * scale) ** 2 + 8 * scale)) / 2)
