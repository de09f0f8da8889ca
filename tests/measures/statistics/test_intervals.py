"""Intervals from variances: against known values and statsmodels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from weaklink.measures.statistics.intervals import of_differences, of_equal_differences, of_rates

PAIRED = {"Bentur 2009": (1, 1, 7, 12), "Cavo 2012": (59, 6, 16, 80)}
"""Both; the first only; the second only; neither."""


def column(*values):
    return np.array(values, dtype=float)


def wilson(successes, n):
    return column(successes / n), *(
        column(end) for end in proportion_confint(successes, n, method="wilson")
    )


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_nothing_varied_so_the_interval_is_wilsons(counts):
    successes, n = counts
    found = of_rates(column(successes / n), column(0), np.array([n]))
    assert np.ravel(found) == pytest.approx(np.ravel(wilson(successes, n)[1:]), abs=1e-12)


def test_with_many_samples_the_interval_is_wilsons_for_as_many_independent_ones():
    """A tenth of 40,000 samples that fall together in fours are as good as 10,000."""
    found = of_rates(column(0.1), column(0.1 * 0.9 / 10_000), np.array([40_000]))
    assert np.ravel(found) == pytest.approx(np.ravel(wilson(1000, 10_000)[1:]), abs=1e-6)


@pytest.mark.parametrize("n", [2, 10, 30, 100])
def test_the_fewer_samples_tell_of_the_variance_the_wider_the_interval(n):
    low, high = of_rates(column(0.3, 0.3), column(0.01, 0.01), np.array([n, n + 1]))
    assert low[0] < low[1] < 0.3 < high[1] < high[0]


@pytest.mark.parametrize(("name", "correlation", "low", "high"), [
    ("Bentur 2009", 0.0, -0.5069, -0.0256),
    ("Cavo 2012", (59 * 80 - 6 * 16 - 161 / 2) / np.sqrt(65 * 96 * 75 * 86), -0.1186, -0.0046),
])  # fmt: skip
def test_differences_of_paired_rates_are_newcombes(name, correlation, low, high):
    """Fagerland, Lydersen and Laake 2017, chapter 8; they correct the correlation (method 10)."""
    both, first, second, neither = PAIRED[name]
    n = both + first + second + neither
    found = of_differences(wilson(both + first, n), wilson(both + second, n), column(correlation))
    assert np.ravel(found) == pytest.approx((low, high), abs=6e-5)


def test_differences_of_independent_rates_are_statsmodels():
    theirs = confint_proportions_2indep(56, 70, 48, 80, method="newcomb")
    found = of_differences(wilson(56, 70), wilson(48, 80), column(0))
    assert np.ravel(found) == pytest.approx(theirs, abs=1e-12)


def test_a_difference_that_all_samples_show_is_not_certain():
    _, unseen = proportion_confint(0, 5, method="wilson")
    low, high = of_equal_differences(column(0, 1, -1), np.array([5, 5, 5]))
    assert low == pytest.approx([-unseen, 1 - 2 * unseen, -1])
    assert high == pytest.approx([unseen, 1, 2 * unseen - 1])
