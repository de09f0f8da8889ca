"""Delta, its interval and test, and the transfer of vulnerable samples."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import an_outcome
from weaklink.measures import chain, rates
from weaklink.store import Status


def pairs_of(*successes):
    """Return a pair for each (upstream, downstream) success; one sample each."""
    return [
        (an_outcome(i, success=bool(up)), an_outcome(i, victim="down", success=bool(down)))
        for i, (up, down) in enumerate(successes)
    ]


def table(*, both=0, upstream=0, downstream=0, neither=0):
    return pairs_of(
        *[(1, 1)] * both, *[(1, 0)] * upstream, *[(0, 1)] * downstream, *[(0, 0)] * neither
    )


def swapped(pairs):
    return [(below, above) for above, below in pairs]


successes = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12)


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
    for above, below in product((upstream, upstream[::-1]), (downstream, downstream[::-1])):
        places = [
            (up.key.sample_id, up.key.repetition, down.key.sample_id, down.key.repetition)
            for up, down in chain.pair_attempts(above, below)
        ]
        assert places == [("train:0", 0, "train:0", 0), ("train:4", 0, "train:4", 0)]


def test_pairs_come_in_the_order_of_their_samples():
    pairs = pairs_of(*[(1, 0)] * 20)
    upstream, downstream = zip(*pairs, strict=True)
    ids = [above.key.sample_id for above, _ in chain.pair_attempts(upstream, downstream[::-1])]
    assert ids == sorted(ids)


@settings(max_examples=25)
@given(successes)
def test_delta_is_the_difference_of_the_rates_and_changes_sign_with_the_direction(outcomes):
    pairs = pairs_of(*outcomes)
    delta, back = chain.delta(pairs), chain.delta(swapped(pairs))
    upstream, downstream = (rates.asr_all([pair[side] for pair in pairs]) for side in (0, 1))

    assert delta.value == pytest.approx(downstream.value - upstream.value)
    assert delta.n == len(pairs)
    assert -1 <= delta.low <= delta.value <= delta.high <= 1
    assert (back.value, back.low, back.high) == pytest.approx(
        (-delta.value, -delta.high, -delta.low)
    )
    assert chain.paired_test(pairs)[1] == pytest.approx(chain.paired_test(swapped(pairs))[1])


def test_the_interval_of_a_delta_is_the_same_for_the_same_seed():
    pairs = table(both=5, upstream=3, downstream=6, neither=6)
    assert chain.delta(pairs, seed=1) == chain.delta(pairs, seed=1)
    assert chain.delta(pairs, seed=1) != chain.delta(pairs, seed=2)


def test_samples_that_all_agree_do_not_make_a_delta_certain():
    few, many = chain.delta(table(both=5)), chain.delta(table(both=60, neither=40))
    assert (few.value, many.value) == (0, 0)
    assert few.high == -few.low == pytest.approx(0.4345, abs=5e-5)
    assert many.high == -many.low == pytest.approx(0.0370, abs=5e-5)
    lost = chain.delta(table(downstream=5))
    assert (lost.value, lost.high, lost.low) == (1, 1, pytest.approx(1 - 2 * 0.4345, abs=2e-4))
    assert chain.delta(table(downstream=1)).n == 1


def test_mcnemar_is_that_of_fay_2010():
    pairs = table(both=21, upstream=2, downstream=9, neither=12)
    assert chain.paired_test(pairs) == ("exact McNemar", pytest.approx(0.06543, abs=5e-6))
    assert chain.paired_test(table(both=3, neither=2)) == ("exact McNemar", 1)


def repeated(shares):
    """Return three pairs per sample, with so many successes upstream and downstream."""
    return [
        (
            an_outcome(sample, repetition=i, success=i < up),
            an_outcome(sample, repetition=i, success=i < down, victim="down"),
        )
        for sample, (up, down) in enumerate(shares)
        for i in range(3)
    ]


def test_repeated_attempts_are_permuted_within_samples():
    shares = [(0, 3), (1, 3), (0, 2), (2, 1), (1, 1), (0, 1)]
    differences = np.array([down - up for up, down in shares])
    flips = [abs(np.dot(signs, differences)) for signs in product((-1, 1), repeat=len(shares))]
    expected = np.mean(np.array(flips) >= differences.sum())

    assert chain.paired_test(repeated(shares)) == ("paired permutation", pytest.approx(expected))
    assert chain.delta(repeated(shares)).value == pytest.approx(differences.sum() / 3 / len(shares))


@given(successes)
def test_a_victim_transfers_everything_to_itself(outcomes):
    pairs = pairs_of(*((up, up) for up, _ in outcomes))
    vulnerable = sum(up for up, _ in outcomes)
    transfer, elsewhere = chain.transfer_rate(pairs), chain.asr_elsewhere(pairs)

    assert (transfer.value, transfer.n) == (1, vulnerable) if vulnerable else transfer is None
    rest = len(pairs) - vulnerable
    assert (elsewhere.value, elsewhere.n) == (0, rest) if rest else elsewhere is None
    assert chain.delta(pairs).value == 0
    assert chain.paired_test(pairs)[1] == 1


@given(successes)
def test_transfer_and_elsewhere_part_the_downstream_rate(outcomes):
    pairs = pairs_of(*outcomes)
    parts = [part for part in (chain.transfer_rate(pairs), chain.asr_elsewhere(pairs)) if part]
    assert sum(part.n for part in parts) == len(pairs)
    downstream = rates.asr_all([below for _, below in pairs])
    assert sum(part.value * part.n for part in parts) == pytest.approx(
        downstream.value * len(pairs)
    )


def test_transfer_of_repeated_attempts_pairs_each_repetition_with_its_own():
    pairs = repeated([(2, 1), (1, 3), (0, 2), (0, 0)])
    assert chain.transfer_rate(pairs).value == pytest.approx((1 / 2 + 1) / 2)
    assert chain.transfer_rate(pairs).n == 2
    assert chain.asr_elsewhere(pairs).value == pytest.approx((2 / 3 + 0) / 2)
    alike = [(above, replace(above, victim="down")) for above, _ in pairs]
    assert chain.transfer_rate(alike).value == 1


def test_no_pairs_have_no_figures():
    assert chain.delta([]) is None
    assert chain.transfer_rate([]) is None
    assert chain.asr_elsewhere([]) is None
    assert chain.paired_test([]) == ("exact McNemar", None)
