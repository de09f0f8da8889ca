"""Intervals that hold at every look: by hand, beside Robbins' formula, and simulated."""

import numpy as np
import pytest
from benchmarks.statistics import always_valid
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaln
from statsmodels.stats.proportion import proportion_confint

from weaklink.measures.statistics import anytime
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.shares import wilson

SHARES = st.lists(st.sampled_from([0.0, 1 / 3, 0.5, 1.0]), min_size=1, max_size=60)


def row(successes, n):
    return np.array([[1.0] * successes + [0.0] * (n - successes)])


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (3, 10), (20, 40), (97, 100), (500, 1000)])
def test_for_attempts_made_once_it_is_the_beta_binomial_interval(successes, n):
    """Robbins (1970): the uniform mixture of likelihood ratios, in closed form."""
    means = np.arange(1, 1000) / 1000
    failures = n - successes
    wealth = betaln(successes + 1, failures + 1) - (
        successes * np.log(means) + failures * np.log1p(-means)
    )
    held = means[wealth < np.log(20)]
    found = anytime.of_rates(row(successes, n))[0]
    assert found.n == n
    assert found.low == pytest.approx(held[0], abs=0.0025)
    assert found.high == pytest.approx(held[-1], abs=0.0025)


@given(SHARES)
def test_it_holds_the_mean_and_does_not_depend_on_the_order(shares):
    (one,), (other,) = (anytime.of_rates(np.array([part])) for part in (shares, shares[::-1]))
    assert (one.low, one.high) == pytest.approx((other.low, other.high))
    assert 0 <= one.low <= one.value <= one.high <= 1
    (mirrored,) = anytime.of_rates(1 - np.array([shares]))
    assert mirrored.low == pytest.approx(1 - one.high, abs=0.0011)


@given(SHARES)
def test_samples_that_fall_in_part_tell_no_less_than_those_that_fall_whole(shares):
    """Their wealth is no less, by the means of arithmetic and geometry."""
    total = sum(shares)
    if total != int(total):
        return
    (part,), (whole,) = (
        anytime.of_rates(np.array([shares])), anytime.of_rates(row(int(total), len(shares)))
    )  # fmt: skip
    assert whole.low <= part.low + 0.0011
    assert part.high <= whole.high + 0.0011


def test_it_is_wider_than_wilsons_and_shrinks():
    widths = []
    for n in (20, 80, 320):
        (found,), (fixed,) = anytime.of_rates(row(n // 2, n)), wilson(row(n // 2, n))
        assert found.low < fixed.low < fixed.high < found.high
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)


def test_differences_are_rates_on_another_scale():
    values = np.array([[1.0, 0.0, 0.0, -1.0, 1.0, np.nan]])
    (found,), (rate,) = anytime.of_differences(values), anytime.of_rates((values + 1) / 2)
    assert (found.value, found.n) == (pytest.approx(0.2), 5)
    assert (found.low, found.high) == (2 * rate.low - 1, 2 * rate.high - 1)


def test_nothing_known_is_none():
    assert anytime.of_rates(np.array([[np.nan, np.nan]])) == [None]


@pytest.mark.parametrize("kind", ["once", "three times", "difference"])
def test_it_holds_the_truth_at_every_look(kind):
    values, truth = always_valid.drawn(np.random.default_rng(5), kind, 0.3, 200)
    assert always_valid.held(values, truth) >= 0.95


def test_wilsons_interval_does_not():
    values, truth = always_valid.drawn(np.random.default_rng(5), "once", 0.3, 200)
    assert always_valid.held_by_wilson(values, truth) < 0.85


def test_gates_that_are_decided_early_are_right():
    decided, samples, right = always_valid.gates(0.4, 0.25, 40)
    assert decided > 0.3
    assert samples < 100
    assert right >= 0.95


@given(SHARES)
def test_of_a_mean_alone_the_interval_is_that_of_samples_that_fall_whole_or_wider(shares):
    values = np.array(shares)
    low, high = anytime.interval_of_mean(float(values.mean()), len(values))
    (rate,) = anytime.of_rates(values[None])
    assert low <= rate.low + 1e-9
    assert rate.high <= high + 1e-9
    if set(shares) <= {0.0, 1.0}:
        assert (low, high) == pytest.approx((rate.low, rate.high))
    wider = anytime.interval_of_mean(float(values.mean()), len(values), 0.025)
    assert wider[0] <= low <= high <= wider[1]


def told(value, n):
    return Estimate(value=value, low=value, high=value, n=n)


@pytest.mark.parametrize("looked_at", [(True, False), (False, True), (True, True)])
def test_a_difference_of_two_rates_has_both_intervals_at_once(looked_at):
    old, new = told(0.2, 100), told(0.5, 40)
    found = anytime.of_two_rates(old, new, looked_at)
    sides = [
        anytime.interval_of_mean(one.value, one.n, 0.025)
        if looked
        else proportion_confint(one.value * one.n, one.n, alpha=0.025, method="wilson")
        for one, looked in zip((old, new), looked_at, strict=True)
    ]
    assert (found.value, found.n) == (pytest.approx(0.3), 40)
    assert found.low == pytest.approx(sides[1][0] - sides[0][1])
    assert found.high == pytest.approx(sides[1][1] - sides[0][0])


def test_rates_that_nobody_looked_at_have_no_such_difference():
    with pytest.raises(ValueError, match="settled"):
        anytime.of_two_rates(told(0.2, 100), told(0.5, 40), (False, False))


@pytest.mark.parametrize("kind", ["settled", "looked at"])
def test_the_difference_from_a_baseline_holds_at_every_look(kind):
    assert always_valid.held_beside(kind, 0.1, 30, 0.4, 100) >= 0.95
    decided, _, right = always_valid.margins(0.2, 300, 0.5, 0.1, 10)
    assert decided > 0.5
    assert right == 1


def test_an_average_over_rows_that_count_the_same_samples_is_that_of_their_means():
    rows = np.array([[1.0, 0, 0, 1, np.nan], [1.0, 1, 0, 0, np.nan]])
    found = anytime.of_average(told(0.5, 4), rows)
    (rate,) = anytime.of_rates(rows.mean(axis=0)[None])
    assert (found.low, found.high) == (rate.low, rate.high)
    assert anytime.of_average(None, rows) is None
    apart = anytime.of_average(told(0.5, 4), rows, apart=True)
    assert apart.low < found.low < found.high < apart.high


@pytest.mark.parametrize(("pooled", "weights"), [(False, (1 / 2, 1 / 2)), (True, (1 / 4, 3 / 4))])
def test_an_average_over_rows_that_count_other_samples_holds_all_of_them_at_once(pooled, weights):
    rows = np.array([[1.0, 0, *[np.nan] * 4], [0.0, 1, 1, 0, 1, 1], [np.nan] * 6])
    ends = [anytime.interval(row[~np.isnan(row)], 0.025) for row in rows[:2]]
    found = anytime.of_average(told(0.5, 6), rows, pooled=pooled)
    assert (found.low, found.high) == pytest.approx(tuple(weights @ np.array(ends)))
    changed = anytime.of_average(told(0.0, 6), 2 * rows - 1, pooled=pooled, differences=True)
    assert (changed.low, changed.high) == pytest.approx((2 * found.low - 1, 2 * found.high - 1))
