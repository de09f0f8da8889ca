"""Delta, its interval and test, and the transfer of vulnerable samples, along one link."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import a_campaign, an_outcome, figures
from weaklink.store import Status

successes = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12)


def link_of(outcomes, *, samples=100, repetitions=1, seed=0):
    """Return the one scenario of a link, over all samples."""
    campaign = a_campaign(samples=samples, repetitions=repetitions)
    found = figures(campaign, outcomes, seed=seed).link_scenarios
    return next((one for one in found if one.subset == "all"), None)


def pairs_of(*successes):
    """Return the outcomes of a pair for each (upstream, downstream) success; one sample each."""
    return [
        an_outcome(i, victim=victim, success=bool(fell))
        for i, pair in enumerate(successes)
        for victim, fell in zip(("up", "down"), pair, strict=True)
    ]


def table(*, both=0, upstream=0, downstream=0, neither=0, seed=0):
    pairs = [(1, 1)] * both + [(1, 0)] * upstream + [(0, 1)] * downstream + [(0, 0)] * neither
    return link_of(pairs_of(*pairs), samples=len(pairs), seed=seed)


def test_pairs_are_attempts_on_the_same_sample_and_repetition_that_were_made_on_both():
    upstream = [
        an_outcome(3),
        an_outcome(0),
        an_outcome(0, repetition=1),
        an_outcome(1, status=Status.ERROR),
        an_outcome(2, status=Status.SKIPPED),
        an_outcome(4, status=Status.EXHAUSTED),
    ]
    downstream = [
        *(an_outcome(i, victim="down") for i in (0, 1, 2, 4)),
        an_outcome(3, victim="down", status=Status.ERROR),
        an_outcome(5, victim="down"),
    ]
    link = link_of([*upstream, *downstream], repetitions=2)
    assert (link.n, link.upstream_asr, link.downstream_asr) == (2, 0.5, 1)


@settings(max_examples=12, deadline=None)
@given(successes)
def test_delta_is_the_difference_of_the_rates_and_changes_sign_with_the_direction(outcomes):
    n = len(outcomes)
    link = link_of(pairs_of(*outcomes), samples=n)
    back = link_of(pairs_of(*((down, up) for up, down in outcomes)), samples=n)
    delta = link.delta
    assert delta.value == pytest.approx(link.downstream_asr - link.upstream_asr)
    assert delta.n == n
    assert -1 <= delta.low <= delta.value <= delta.high <= 1
    assert (back.delta.value, back.delta.low, back.delta.high) == pytest.approx(
        (-delta.value, -delta.high, -delta.low)
    )
    assert link.p_value == pytest.approx(back.p_value)


def test_the_interval_of_a_delta_is_the_same_for_the_same_seed():
    counts = {"both": 5, "upstream": 3, "downstream": 6, "neither": 6}
    assert table(**counts, seed=1).delta == table(**counts, seed=1).delta
    assert table(**counts, seed=1).delta != table(**counts, seed=2).delta


def test_samples_that_all_agree_do_not_make_a_delta_certain():
    few, many = table(both=5).delta, table(both=60, neither=40).delta
    assert (few.value, many.value) == (0, 0)
    assert few.high == -few.low == pytest.approx(0.4345, abs=5e-5)
    assert many.high == -many.low == pytest.approx(0.0370, abs=5e-5)
    lost = table(downstream=5).delta
    assert (lost.value, lost.high, lost.low) == (1, 1, pytest.approx(1 - 2 * 0.4345, abs=2e-4))
    assert table(downstream=1).delta.n == 1


def test_mcnemar_is_that_of_fay_2010():
    link = table(both=21, upstream=2, downstream=9, neither=12)
    assert (link.test, link.p_value) == ("exact McNemar", pytest.approx(0.06543, abs=5e-6))
    assert table(both=3, neither=2).p_value == 1


def repeated(shares):
    """Return three pairs per sample, with so many successes upstream and downstream."""
    return [
        an_outcome(sample, repetition=i, success=i < fell, victim=victim)
        for sample, pair in enumerate(shares)
        for victim, fell in zip(("up", "down"), pair, strict=True)
        for i in range(3)
    ]


def test_repeated_attempts_are_permuted_within_samples():
    shares = [(0, 3), (1, 3), (0, 2), (2, 1), (1, 1), (0, 1)]
    differences = np.array([down - up for up, down in shares])
    flips = [abs(np.dot(signs, differences)) for signs in product((-1, 1), repeat=len(shares))]
    expected = np.mean(np.array(flips) >= differences.sum())
    link = link_of(repeated(shares), samples=6, repetitions=3)
    assert (link.test, link.p_value) == ("paired permutation", pytest.approx(expected))
    assert link.delta.value == pytest.approx(differences.sum() / 3 / len(shares))


@settings(max_examples=12, deadline=None)
@given(successes)
def test_transfer_and_elsewhere_part_the_downstream_rate(outcomes):
    link = link_of(pairs_of(*outcomes), samples=len(outcomes))
    parts = [part for part in (link.sample_transfer, link.elsewhere) if part]
    assert sum(part.n for part in parts) == len(outcomes)
    assert sum(part.value * part.n for part in parts) == pytest.approx(
        link.downstream_asr * len(outcomes)
    )


def test_transfer_of_repeated_attempts_pairs_each_repetition_with_its_own():
    link = link_of(repeated([(2, 1), (1, 3), (0, 2), (0, 0)]), samples=4, repetitions=3)
    assert link.sample_transfer.value == pytest.approx((1 / 2 + 1) / 2)
    assert link.sample_transfer.n == 2
    assert link.elsewhere.value == pytest.approx((2 / 3 + 0) / 2)


def test_no_pairs_have_no_figures():
    assert link_of([an_outcome(0)]) is None
