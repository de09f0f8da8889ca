"""Bootstrap intervals: against scipy, and how often they hold the truth."""

import numpy as np
import pytest
from scipy.stats import bootstrap, norm
from statsmodels.stats.proportion import proportion_confint

from weaklink.measures.resampling import Resampling

SIGNED = (-1.0, 1.0)


def test_the_interval_is_scipys_but_for_the_tails():
    draw = np.random.default_rng(0)
    differences = draw.normal(0.1, 1, size=400)
    found = Resampling([400], seed=0).totals([differences[None]], (-9, 9)).each().estimates()[0]
    theirs = bootstrap(
        (differences,), np.mean, method="BCa", rng=np.random.default_rng(1)
    ).confidence_interval
    assert found.value == pytest.approx(differences.mean())
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.006)


@pytest.mark.parametrize("samples", [60, 100])
def test_an_interval_of_delta_holds_the_truth_as_often_as_it_says(samples):
    draw = np.random.default_rng(samples)
    studies = 4000
    upstream = draw.random((studies, samples)) < 0.5
    changed = draw.random((studies, samples)) < 0.4
    downstream = np.where(changed, draw.random((studies, samples)) < 0.73, upstream)
    resampling = Resampling([samples], seed=samples, resamples=1999)
    delta = resampling.totals([downstream * 1.0 - upstream], SIGNED).each()
    assert 0.94 <= covered(delta, 0.4 * (0.73 - 0.5)) <= 0.96


def test_an_average_over_attacks_is_clustered_by_sample():
    draw = np.random.default_rng(3)
    studies, attacks, samples = 1000, 6, 100
    hard = draw.normal(size=(studies, 1, samples))
    fell = (hard + draw.normal(size=(studies, attacks, samples)) > 0.5).astype(float)
    truth = float(norm.sf(0.5 / np.sqrt(2)))
    groups = [range(attacks * i, attacks * (i + 1)) for i in range(studies)]
    resampling = Resampling([samples], seed=3, resamples=999)
    clustered = resampling.totals([fell.reshape(-1, samples)])
    assert 0.94 <= covered(clustered.macro(groups), truth) <= 0.965
    pooled = fell.reshape(studies, -1)
    low, high = proportion_confint(pooled.sum(axis=1), pooled.shape[1], method="wilson")
    assert np.mean((low <= truth) & (truth <= high)) < 0.85


def test_wilsons_interval_holds_the_truth_as_often_as_it_says():
    rates = np.linspace(0.05, 0.95, 181)
    draw = np.random.default_rng(4)
    successes = draw.binomial(100, rates, size=(500, len(rates)))
    low, high = proportion_confint(successes, 100, method="wilson")
    assert 0.94 <= np.mean((low <= rates) & (rates <= high)) <= 0.96


def test_a_difference_is_paired_on_every_resample():
    draw = np.random.default_rng(5)
    fell = (draw.random((1, 50)) < 0.5).astype(float)
    totals = Resampling([50], seed=0, resamples=99).totals([fell])
    nothing = (totals.each() - totals.each()).estimates()[0]
    assert (nothing.value, nothing.n) == (0, 50)
    assert nothing.low < 0 < nothing.high


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


def test_an_interval_depends_on_the_seed_alone():
    fell = (np.random.default_rng(6).random((2, 30)) < 0.4).astype(float)
    first, again, other = (
        Resampling([30], seed=seed, resamples=199).totals([fell]).each().estimates()
        for seed in (1, 1, 2)
    )
    assert first == again != other


def covered(drawn, truth):
    found = drawn.estimates()
    return np.mean([each.low - 1e-9 <= truth <= each.high + 1e-9 for each in found])
