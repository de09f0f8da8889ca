"""What to expect of a model that was asked nothing: from its ancestor and measured links."""

from math import asin, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from tests.examples import links_study
from weaklink.measures import Options
from weaklink.measures.figures import results
from weaklink.measures.runs.forecast import MeasuredRun, PlannedAudit, forecast_audit
from weaklink.measures.statistics.prediction import angle, predict_next, rate_at

SAMPLES = 40
FELL = [(20, 24), (10, 12), (30, 29), (8, 15), (25, 31)]


def a_run(links, samples=SAMPLES, **changes):
    """Return the run of links, on whose ends so many of 40 samples fell."""
    study, _ = links_study(links, samples=samples, **changes)
    return MeasuredRun(study, results(study, Options(resamples=19)))


@pytest.fixture(scope="module")
def five():
    """Five links of five lineages."""
    return [a_run({(f"up{i}", f"down{i}"): pair for i, pair in enumerate(FELL)})]


@pytest.fixture(scope="module")
def four():
    return [a_run({(f"up{i}", f"down{i}"): pair for i, pair in enumerate(FELL[:4])})]


def asked(upstream="up0", model="mine", **rest):
    return PlannedAudit(model, upstream, **{"attacks": ["pwws"], "dataset": "reviews", **rest})


def row(runs, **rest):
    (found,) = forecast_audit(runs, asked(**rest)).rows
    return found


def test_the_forecast_of_five_links_by_hand(five):
    def scale(count):
        return 2 * asin(sqrt((count + 0.375) / (SAMPLES + 0.75)))

    shifts = [scale(b) - scale(a) for a, b in FELL]
    middle = scale(20) + np.mean(shifts)
    half = t.ppf(0.975, 4) * np.std(shifts, ddof=1) * sqrt(1 + 1 / 5)
    ends = [
        (np.sin(one / 2) ** 2 * (SAMPLES + 0.75) - 0.375) / SAMPLES
        for one in (middle, middle - half, middle + half)
    ]
    found = row(five)
    assert (found.expected, found.low, found.high) == pytest.approx(tuple(ends))
    assert (found.upstream_asr.value, found.links, found.lineages) == (0.5, 5, 5)
    left = [np.delete(shifts, i) for i in range(5)]
    held = [
        abs(shift - rest.mean()) <= t.ppf(0.975, 3) * np.std(rest, ddof=1) * sqrt(1 + 1 / 4)
        for shift, rest in zip(shifts, left, strict=True)
    ]
    assert (found.held, found.silent) == (sum(held), None)


def test_below_five_lineages_it_is_silent_and_says_why(four):
    found = row(four)
    assert (found.expected, found.low, found.high) == (None, None, None)
    assert found.silent == "4 measured lineages of 5 that are needed"
    assert found.upstream_asr.value == 0.5


def test_links_that_share_an_upstream_are_one_lineage_wherever_they_are_stored(four):
    found = row([*four, a_run({("up3", "another"): (8, 9)})])
    assert (found.links, found.lineages) == (5, 4)
    assert found.silent is not None


def test_the_model_itself_is_never_learnt_from(five):
    assert row(five, model="down4").lineages == 4
    assert row(five, model="down4").silent is not None


def test_an_attack_with_other_parameters_teaches_nothing(four):
    weaker = a_run({("up4", "down4"): (25, 31)}, fingerprint="#weaker")
    assert row([*four, weaker]).lineages == 4


@pytest.mark.parametrize(
    "other",
    [{"upstream": "up9"}, {"dataset": "news"}, {"target": "neg"}, {"source": "pos"},
     {"max_queries": 9}, {"attacks": ["gan"]}],
)  # fmt: skip
def test_an_ancestor_that_was_not_attacked_like_that_is_said(five, other):
    found = row(five, **other)
    assert found.upstream_asr is None
    assert "was not attacked by it on" in found.silent


def test_how_the_ancestor_was_attacked_in_its_place_is_said(five):
    stored = "; stored: --data reviews"
    assert row(five, max_queries=9).silent.endswith(stored)
    assert stored not in row(five, attacks=["gan"]).silent


def test_an_ancestor_with_fewer_samples_than_the_links_makes_the_interval_wider(five):
    few = a_run({("base", "its"): (5, 5)}, samples=10)
    wider, usual = row([*five, few], upstream="base"), row(five)
    assert wider.expected == pytest.approx(usual.expected, abs=0.05)
    assert wider.high - wider.low > usual.high - usual.low + 0.1


def test_equal_links_leave_the_noise_of_the_samples():
    found = predict_next(np.zeros(6), np.arange(6), least=1 / SAMPLES)
    assert found == pytest.approx((0, t.ppf(0.975, 5) / sqrt(SAMPLES)))


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_angle_leads_back_to_its_rate(drawn):
    count, n = drawn
    assert rate_at(float(angle(count / n, n)), n) == pytest.approx(count / n, abs=1e-9)


@settings(max_examples=25)
@given(st.lists(st.integers(-9, 9), min_size=3, max_size=12), st.integers(2, 4))
def test_links_repeated_within_their_lineage_say_no_more(values, times):
    once = predict_next(np.array(values), np.arange(len(values)))
    again = predict_next(np.repeat(values, times), np.repeat(np.arange(len(values)), times))
    assert again == pytest.approx(once)


def test_a_new_link_varies_more_than_the_mean_of_a_lineage():
    draw = np.random.default_rng(0)
    clusters = np.repeat(np.arange(6), 4)
    held = []
    for _ in range(1500):
        own = draw.normal(0, 0.1, 7)
        seen = own[clusters] + draw.normal(0, 0.3, len(clusters))
        found = predict_next(seen, clusters)
        held.append(abs(own[6] + draw.normal(0, 0.3) - found.value) <= found.half)
    assert 0.93 <= np.mean(held) <= 0.97
