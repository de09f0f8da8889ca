"""The bootstrap over samples: what it estimates; how often intervals hold is in test_coverage."""

import numpy as np
import pytest
from scipy.stats import bootstrap, norm, t
from statsmodels.stats.proportion import proportion_confint

from weaklink.measures.statistics.resampling import Resampling


def test_the_standard_error_is_scipys():
    fell = (np.random.default_rng(0).random((1, 200)) < 0.3).astype(float)
    found = Resampling([200], seed=0).totals([fell]).each().errors()[0]
    theirs = bootstrap((fell[0],), np.mean, rng=np.random.default_rng(1)).standard_error
    assert found == pytest.approx(theirs, rel=0.05)


def test_one_scenario_is_wilsons_but_for_the_tails():
    fell = np.repeat([[1.0, 0.0]], [30, 70], axis=1)
    found = Resampling([100], seed=0).totals([fell]).each().estimates()[0]
    wilson = proportion_confint(30, 100, alpha=2 * norm.sf(t.isf(0.025, 99)), method="wilson")
    assert (found.low, found.high) == pytest.approx(wilson, abs=0.003)


def test_attacks_that_fall_together_are_worth_no_more_than_one():
    fell = np.repeat([[1.0, 0.0]], [30, 70], axis=1)
    resampling = Resampling([100], seed=0)
    one = resampling.totals([fell]).each().estimates()
    assert resampling.totals([np.repeat(fell, 6, axis=0)]).macro([range(6)]).estimates() == one


def test_a_difference_is_paired_on_every_resample():
    draw = np.random.default_rng(5)
    fell = (draw.random((1, 50)) < 0.5).astype(float)
    totals = Resampling([50], seed=0, resamples=99).totals([fell])
    nothing = (totals.each() - totals.each()).estimates()[0]
    unseen = proportion_confint(0, 50, method="wilson")[1]
    assert (nothing.value, nothing.n) == (0, 50)
    assert (nothing.low, nothing.high) == pytest.approx((-unseen, unseen))


def test_a_difference_is_narrower_where_samples_fall_together():
    first = np.repeat([[1.0, 0.0]], [50, 50], axis=1)
    together, apart = np.roll(first, 5), np.roll(first, 25)
    resampling = Resampling([100], seed=0)
    drawn = [resampling.totals([one]).each() for one in (first, together, apart)]
    same, near, far = ((drawn[0] - other).estimates()[0].high for other in drawn)
    assert same < near < far


def test_macro_and_micro_weigh_differently():
    few = np.array([[1.0, 0, np.nan, np.nan]])
    many = np.array([[1.0, 1, 1, 1]])
    totals = Resampling([4, 4], seed=0, resamples=99).totals([few, many])
    assert totals.macro([[0, 1]]).estimates()[0].value == pytest.approx(0.75)
    assert totals.micro([[0, 1]]).estimates()[0].value == pytest.approx(5 / 6)
    assert totals.macro([[0, 1]]).estimates()[0].n == 6


def test_samples_that_all_agree_do_not_make_a_figure_certain():
    totals = Resampling([5], seed=0, resamples=99).totals([np.ones((1, 5))])
    assert totals.each().estimates()[0].low == pytest.approx(1 - 0.4345, abs=5e-5)


def test_a_figure_without_samples_is_none():
    totals = Resampling([3], seed=0, resamples=99).totals([np.full((1, 3), np.nan)])
    assert totals.each().estimates() == [None]
    assert totals.macro([[]]).estimates() == [None]
    assert (totals.each() - totals.each()).estimates() == [None]


def test_an_interval_depends_on_the_seed_alone():
    fell = (np.random.default_rng(6).random((2, 30)) < 0.4).astype(float)
    first, again, other = (
        Resampling([30], seed=seed, resamples=199).totals([fell]).each().estimates()
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_a_scenario_of_few_samples_adds_the_variance_of_its_own_rate():
    """Not that of the others in its average, of which all but few fall."""
    few, many = np.full(20, np.nan), np.ones(20)
    few[:2], many[0] = (1.0, 0.0), 0.0
    totals = Resampling([20], seed=0).totals([np.array([few, many])])
    own = (1 + 0.5) / (2 + 1)
    assert totals.macro([[0, 1]]).small == pytest.approx([own * (1 - own) / 2**2 / 2**2])
    assert totals.macro([[0], [1]]).small == pytest.approx([0, 0])
