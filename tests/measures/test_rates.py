"""The three success rates, their denominators and intervals."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from tests.examples import an_outcome, the_scenario
from weaklink.measures import Bounds
from weaklink.measures.statistics.shares import wilson
from weaklink.store import Status

BOUNDS = Bounds(min_similarity=0.9)


def mean_share(shares):
    return wilson(np.array([shares], dtype=float))[0]


@st.composite
def campaigns_of_one_victim(draw, most_repetitions=3):
    """Outcomes on up to eight samples, with every status and with known and unknown gold labels."""
    count = draw(st.integers(1, most_repetitions))
    outcomes = []
    for sample in range(draw(st.integers(0, 8))):
        gold = draw(st.sampled_from([None, 0, 1]))
        for repetition in range(count):
            status = draw(st.sampled_from(Status))
            similarity = draw(st.sampled_from([0.2, 0.8, 0.9, 1.0]))
            outcomes.append(
                an_outcome(
                    sample,
                    repetition=repetition,
                    status=status,
                    gold_index=gold,
                    similarity=similarity,
                )
            )
    return outcomes


def brute_force(outcomes, counts, succeeds):
    """The mean over samples of the share of counted attempts that succeed, exactly."""
    shares = []
    for sample in {outcome.key.sample_id for outcome in outcomes}:
        own = [o for o in outcomes if o.key.sample_id == sample and counts(o)]
        if own:
            shares.append(Fraction(sum(map(succeeds, own)), len(own)))
    return (sum(shares) / len(shares), len(shares)) if shares else None


def was_attacked(outcome):
    return outcome.status not in (Status.ERROR, Status.SKIPPED)


@settings(max_examples=16, deadline=None)
@given(campaigns_of_one_victim())
def test_every_rate_is_what_its_name_says(outcomes):
    won = [o for o in outcomes if o.status is Status.SUCCEEDED]
    found = the_scenario(outcomes, BOUNDS)
    expected = {
        "asr_all": brute_force(outcomes, was_attacked, won.__contains__),
        "asr_valid": brute_force(
            outcomes, was_attacked, lambda o: o in won and o.similarity >= BOUNDS.min_similarity
        ),
        "asr_correct": brute_force(
            outcomes, lambda o: was_attacked(o) and o.gold_index == 1, won.__contains__
        ),
        "robust_accuracy": brute_force(
            outcomes,
            lambda o: was_attacked(o) and o.gold_index is not None,
            lambda o: o.gold_index == 1 and o not in won,
        ),
    }
    for name, value in expected.items():
        estimate = getattr(found, name)
        assert (estimate is None) == (value is None)
        if estimate is not None:
            assert estimate.value == pytest.approx(float(value[0]))
            assert estimate.n == value[1]
            assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@settings(max_examples=16, deadline=None)
@given(campaigns_of_one_victim(most_repetitions=1))
def test_rates_times_their_denominators_count_successes(outcomes):
    won = [o for o in outcomes if o.status is Status.SUCCEEDED]
    found = the_scenario(outcomes)
    for rate, expected in (
        (found.asr_all, len(won)),
        (found.asr_correct, sum(o.gold_index == 1 for o in won)),
    ):
        assert (rate.value * rate.n if rate else 0) == pytest.approx(expected)


def test_a_sample_counts_with_the_share_of_its_repetitions_that_succeeded():
    wins = [(0, True), (0, False), (0, False), (1, True), (1, True), (1, True)]
    outcomes = [
        an_outcome(sample, repetition=i, success=success)
        for i, (sample, success) in enumerate(wins)
    ]
    rate = the_scenario(outcomes, repetitions=6).asr_all
    assert (rate.value, rate.n) == (pytest.approx(2 / 3), 2)

    outcomes[1] = an_outcome(0, repetition=1, status=Status.ERROR)
    assert the_scenario(outcomes, repetitions=6).asr_all.value == pytest.approx(3 / 4)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_newcombe_1998_table_1(successes, n, low, high):
    estimate = mean_share([1.0] * successes + [0.0] * (n - successes))
    assert (estimate.low, estimate.high) == (
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )


def test_intervals_hold_the_true_rate_as_often_as_they_say():
    n = 50
    intervals = [mean_share([1.0] * k + [0.0] * (n - k)) for k in range(n + 1)]
    truths = np.linspace(0.02, 0.98, 97)
    coverage = [
        sum(binom.pmf(k, n, p) for k, i in enumerate(intervals) if i.low <= p <= i.high)
        for p in truths
    ]
    assert np.mean(coverage) == pytest.approx(0.95, abs=0.01)
    assert min(coverage) > 0.88


def test_intervals_of_repeated_attempts_are_not_too_narrow():
    generator = np.random.default_rng(0)
    held = []
    for _ in range(300):
        chances = generator.beta(0.5, 0.5, size=40)
        estimate = mean_share(list(generator.binomial(3, chances) / 3))
        held.append(estimate.low <= 0.5 <= estimate.high)
    assert np.mean(held) >= 0.95
