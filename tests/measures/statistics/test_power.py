"""Stated power is found: by the tests that are in use, alone and after Holm's correction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, nct, t

from weaklink.campaigns.plan.power import planned_power
from weaklink.campaigns.plan.simulated import SimulatedDesign
from weaklink.measures.statistics.paired import holm, mcnemar, permutation
from weaklink.measures.statistics.power import (
    detectable,
    detectable_means,
    pairs_for_margin,
    reach,
)
from weaklink.measures.statistics.resampling import Resampling

STUDIES = 3000


def power_of(n, discordant, delta, level):
    """Simulate pairs and test each study by exact McNemar."""
    odds = [(discordant - delta) / 2, (discordant + delta) / 2, 1 - discordant]
    drawn = np.random.default_rng(0).multinomial(n, odds, size=STUDIES)
    return np.mean([mcnemar(int(up), int(down)) < level for up, down, _ in drawn])


@pytest.mark.parametrize("level", [0.05, 0.05 / 24])
@pytest.mark.parametrize(("n", "discordant"), [(30, 0.5), (100, 0.15), (100, 0.3), (400, 0.3)])
def test_a_stated_delta_shows_in_exact_mcnemar_in_80_percent(n, discordant, level):
    delta = detectable(n, discordant, level=level)
    assert power_of(n, discordant, delta, level) == pytest.approx(0.8, abs=0.03)


def test_after_holm_a_stated_delta_shows_in_80_percent_beside_tests_that_do_not():
    n, discordant, tests = 100, 0.3, 12
    delta = detectable(n, discordant, level=0.05 / tests)
    draw, shown = np.random.default_rng(1), 0
    for _ in range(600):
        moved = np.array([delta] + [0.0] * (tests - 1))
        odds = np.stack([(discordant - moved) / 2, (discordant + moved) / 2], axis=1)
        rows = [draw.multinomial(n, [*pair, 1 - discordant]) for pair in odds]
        adjusted = holm([mcnemar(int(up), int(down)) for up, down, _ in rows])
        shown += adjusted[0] < 0.05
    assert shown / 600 == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("n", [12, 30, 100])
def test_a_stated_mean_shows_in_permutations_in_80_percent(n):
    (mean,) = detectable_means(np.array([n**-0.5]), np.array([n]))
    values = np.random.default_rng(2).normal(mean, 1, size=(n, STUDIES // 3))
    shown = permutation(values, seed=0) < 0.05
    assert np.mean(shown) == pytest.approx(0.8, abs=0.04)


@given(st.integers(5, 40), st.floats(0.05, 1), st.sampled_from([0.05, 0.01]))
def test_no_smaller_delta_has_the_power(n, discordant, level):
    """The power is summed over every outcome of the pairs."""
    delta = detectable(n, discordant, level=level)

    def power(share):
        found = 0.0
        for m in range(n + 1):
            shown = [k for k in range(m + 1) if mcnemar(k, m - k) < level]
            found += binom.pmf(m, n, discordant) * binom.pmf(shown, m, (1 + share) / 2).sum()
        return found

    if delta is None:
        assert power(1.0) < 0.8
    else:
        assert power(delta / discordant) == pytest.approx(0.8, abs=1e-6)


def test_too_few_pairs_show_nothing():
    assert detectable(10, 0.3) is None
    assert detectable(1000, 0.3) < detectable(100, 0.3)
    assert detectable_means(np.array([0.1, 0.0]), np.array([5, 50])) == [None, None]


def test_no_difference_of_rates_above_one_is_said_to_show():
    errors, n = np.array([0.3, 0.4]), np.array([50, 50])
    below, above = detectable_means(errors, n)
    assert 0.8 < below < 1
    assert above is None
    few = planned_power(SimulatedDesign(2, 2, (0.3, 0.9), datasets=1, attacks=1), 10, null=False)
    assert few.link_holm is None


@pytest.mark.parametrize("freedom", [1, 4, 29])
def test_the_reach_is_that_of_the_t_test(freedom):
    tail = t(freedom).ppf(0.975)
    assert nct(freedom, reach(freedom)).sf(tail) == pytest.approx(0.8)


def test_a_gate_with_a_margin_passes_as_often_as_planned():
    n = pairs_for_margin(0.1, 0.2)
    assert n == 167
    draw, passed = np.random.default_rng(2), 0
    for seed in range(200):
        up, down, _ = draw.multinomial(n, [0.1, 0.1, 0.8])
        rises = np.concatenate([np.ones(up), np.zeros(n - up)])
        falls = np.concatenate([np.zeros(n - down), np.ones(down)])
        resampling = Resampling([n], seed=seed)
        after, before = (resampling.totals([one[None]]) for one in (rises, falls))
        (difference,) = after.differences(before)
        passed += difference.high <= 0.1
    assert passed / 200 == pytest.approx(0.8, abs=0.08)
