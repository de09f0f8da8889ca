"""How often 95 % intervals hold the truth, simulated as in the table of docs/concepts/coverage.md.

A sample falls where a normal variable is under a threshold: 35 % of its variance are the sample's,
25 % the sample's under one attack, and 40 % the model's own.
"""

from functools import cache
from itertools import product

import numpy as np
import pytest
from benchmarks.statistics import coverage
from scipy.stats import multivariate_normal, norm
from statsmodels.stats.proportion import proportion_confint

from weaklink.measures.statistics.resampling import Resampling

SINGLE = [[rate] for rate in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)]
CHAIN = [
    [0.35, 0.45, 0.5, 0.6, 0.7, 0.9],
    [0.8, 0.85, 0.9, 0.93, 0.95, 0.97],
    [0.5, 0.5, 0.55, 0.9, 0.99, 0.6],
    [0.15, 0.2, 0.25, 0.3, 0.4, 0.5],
]  # fmt: skip
SHARED = 0.35 + 0.25
STUDIES = 400
FIGURES = ("rate", "delta", "transfer", "advantage")


@pytest.mark.parametrize("attacks", ["one", "six"])
@pytest.mark.parametrize("figure", FIGURES)
def test_intervals_hold_the_truth_as_often_as_they_say(attacks, figure):
    assert 0.94 <= covered(attacks, 100)[figure] <= 0.96


@pytest.mark.parametrize("attacks", ["one", "six"])
@pytest.mark.parametrize("figure", FIGURES)
def test_with_few_samples_they_hold_it_nearly_as_often(attacks, figure):
    assert 0.94 <= covered(attacks, 30)[figure] <= 0.975


def test_attacks_counted_as_independent_hold_it_too_seldom():
    fell = fallen(np.random.default_rng(1), CHAIN[0], CHAIN[0], 100)[0].reshape(STUDIES, -1)
    low, high = proportion_confint(fell.sum(axis=1), fell.shape[1], method="wilson")
    truth = np.mean(CHAIN[0])
    assert np.mean((low <= truth) & (truth <= high)) < 0.9


def test_wilsons_interval_holds_the_truth_as_often_as_it_says():
    rates = np.linspace(0.05, 0.95, 181)
    draw = np.random.default_rng(4)
    successes = draw.binomial(100, rates, size=(500, len(rates)))
    low, high = proportion_confint(successes, 100, method="wilson")
    assert 0.94 <= np.mean((low <= rates) & (rates <= high)) <= 0.96


@cache
def covered(attacks, samples):
    """Return how often each figure's interval holds it, over all rates and two deltas."""
    settings = SINGLE if attacks == "one" else CHAIN
    draw = np.random.default_rng(samples)
    found = [_held(draw, rates, delta, samples) for rates, delta in product(settings, (0.0, 0.12))]
    return {name: np.mean([each[name] for each in found]) for name in FIGURES}


def _held(draw, rates, delta, samples):
    above, below = np.array(rates), np.minimum(np.array(rates) + delta, 0.98)
    upstream, downstream = fallen(draw, above, below, samples)
    resampling = Resampling([samples], seed=samples, resamples=199)
    groups = np.arange(STUDIES * len(above)).reshape(STUDIES, -1).tolist()
    up, down, transfer = (
        resampling.totals([cells.reshape(-1, samples)]).macro(groups)
        for cells in (upstream, downstream, np.where(upstream == 1, downstream, np.nan))
    )
    both = [
        multivariate_normal(cov=[[1, SHARED], [SHARED, 1]]).cdf(norm.ppf([u, d]))
        for u, d in zip(above, below, strict=True)
    ]
    inherited = np.mean(both / above)
    return {
        "rate": _holds(up, above.mean()),
        "delta": _holds(down - up, (below - above).mean()),
        "transfer": _holds(transfer, inherited),
        "advantage": _holds(transfer - down, inherited - below.mean()),
    }


def fallen(draw, above, below, samples):
    """Return, of shape (2, studies, attacks, samples), which samples fell up- and downstream."""
    shape = (STUDIES, len(above), samples)
    shared = 0.35**0.5 * draw.normal(size=(STUDIES, 1, samples))
    shared = shared + 0.25**0.5 * draw.normal(size=shape)
    own = 0.4**0.5 * draw.normal(size=(2, *shape))
    limits = norm.ppf([above, below])[:, None, :, None]
    return (shared + own < limits).astype(float)


def _holds(figures, truth):
    found = [each for each in figures.estimates() if each is not None]
    return np.mean([each.low - 1e-9 <= truth <= each.high + 1e-9 for each in found])


@pytest.mark.parametrize("rate", [0.05, 0.5, 0.95])
def test_averages_over_data_sets_hold_the_truth_where_few_samples_are_counted(rate):
    held = coverage.covered(np.full(6, rate), 30, 400, seed=1)
    assert all(0.915 <= np.mean(found) <= 0.985 for found in held.values())
