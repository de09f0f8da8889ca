"""Rates of one attack against one victim, each with its own denominator.

A sample that was attacked several times counts with the share of its repetitions: rates are means
of these shares, and ``n`` is the number of samples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from math import fsum

from weaklink.measures.quality import Bounds, valid
from weaklink.measures.summary import Estimate
from weaklink.store import Outcome, Status

_ATTACKED = frozenset({Status.SUCCEEDED, Status.FAILED, Status.EXHAUSTED})


def attacked(outcome: Outcome) -> bool:
    """Return whether the attempt counts: an error says nothing, and a skipped one never began."""
    return outcome.status in _ATTACKED


def succeeded(outcome: Outcome) -> bool:
    """Return whether an adversarial text was found and verified."""
    return outcome.status is Status.SUCCEEDED


def asr_all(outcomes: Iterable[Outcome]) -> Estimate | None:
    """Return the successes over all attacked samples; None where there is no such sample."""
    return mean_share(shares(filter(attacked, outcomes), succeeded).values())


def asr_correct(outcomes: Iterable[Outcome]) -> Estimate | None:
    """Return the successes over the attacked samples that the victim classified correctly."""
    correct = (outcome for outcome in outcomes if attacked(outcome) and outcome.correct)
    return mean_share(shares(correct, succeeded).values())


def asr_valid(outcomes: Iterable[Outcome], bounds: Bounds) -> Estimate | None:
    """Return the successes whose texts stay within the bounds, over all attacked samples.

    The denominator is that of ``asr_all``: the difference of the two is the share of samples on
    which the attack won by a text out of bounds.
    """
    return mean_share(shares(filter(attacked, outcomes), lambda o: bool(valid(o, bounds))).values())


def robust_accuracy(outcomes: Iterable[Outcome]) -> Estimate | None:
    """Return the share of attacked samples classified correctly before and after the attack.

    Samples whose gold label is none of the victim's labels have no part in it.
    """
    known = (outcome for outcome in outcomes if attacked(outcome) and outcome.correct is not None)
    return mean_share(shares(known, _robust).values())


def accuracy(outcomes: Iterable[Outcome]) -> Estimate | None:
    """Return the share of samples that the victim classified correctly before any attack."""
    known = (outcome for outcome in outcomes if outcome.correct is not None)
    return mean_share(shares(known, lambda outcome: bool(outcome.correct)).values())


def shares(outcomes: Iterable[Outcome], holds: Callable[[Outcome], bool]) -> dict[str, float]:
    """Return for each sample's id the share of its outcomes for which ``holds`` is true."""
    by_sample: defaultdict[str, list[bool]] = defaultdict(list)
    for outcome in outcomes:
        by_sample[outcome.key.sample_id].append(holds(outcome))
    return {sample: sum(truths) / len(truths) for sample, truths in by_sample.items()}


def mean_share(by_sample: Collection[float]) -> Estimate | None:
    """Return the mean of one share per sample with its Wilson interval; None for no sample.

    Wilson (1927) is for successes among independent trials. Each sample is taken as one trial
    and its share as so much of a success. As a share in [0, 1] varies no more than a coin of the
    same mean, the interval for repeated attempts is wider than it need be, never too narrow.

    >>> rate = mean_share([1.0] + 9 * [0.0])
    >>> round(rate.low, 3), rate.value, round(rate.high, 3)
    (0.018, 0.1, 0.404)
    """
    from statsmodels.stats.proportion import proportion_confint

    if not by_sample:
        return None
    n, total = len(by_sample), fsum(by_sample)
    value = total / n
    low, high = proportion_confint(total, n, alpha=0.05, method="wilson")
    return Estimate(
        value=value, low=max(0.0, min(low, value)), high=min(1.0, max(high, value)), n=n
    )


def _robust(outcome: Outcome) -> bool:
    return bool(outcome.correct) and not succeeded(outcome)
