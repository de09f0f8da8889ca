"""The row of an operating point is about the decision, and about nothing else."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.work import ATTACKS, TEXTS, blank, job, toy_models
from weaklink.engine import Scheduler, remember_scores
from weaklink.engine.attempt import Verify
from weaklink.engine.services import Verifications
from weaklink.errors import WeaklinkError
from weaklink.store import Status
from weaklink.testing import ToyVictim
from weaklink.victims import Differentiable, Exact
from weaklink.victims.operating_point import (
    OperatingPoint,
    VictimAtPoint,
    at_point,
    decided,
    parse_point,
)

THRESHOLDS = st.floats(1e-9, 1 - 1e-9)
SHARES = st.one_of(st.just(0.0), st.floats(1e-12, 1.0))


@st.composite
def rows(draw):
    """Rows of probabilities, certain ones among them."""
    labels = draw(st.integers(2, 5))
    count = draw(st.integers(1, 6))
    raw = np.array([[draw(SHARES) for _ in range(labels)] for _ in range(count)])
    raw[raw.sum(axis=1) == 0, 0] = 1
    return raw / raw.sum(axis=1, keepdims=True), draw(st.integers(0, labels - 1))


def decision(row, label, threshold):
    """The rule as a person would say it."""
    if row[label] >= threshold:
        return {label}
    others = {i: p for i, p in enumerate(row) if i != label}
    return {i for i, p in others.items() if p == max(others.values())}


@settings(max_examples=50)
@given(rows(), THRESHOLDS)
def test_the_highest_value_is_the_decision(drawn, threshold):
    given_rows, label = drawn
    found = decided(given_rows, label, threshold)
    assert np.isfinite(found).all()
    assert found.sum(axis=1) == pytest.approx(np.ones(len(found)))
    for before, after in zip(given_rows, found, strict=True):
        highest = set(np.flatnonzero(after == after.max()).tolist())
        assert highest <= decision(before, label, threshold)


@settings(max_examples=40)
@given(rows(), st.floats(0.01, 0.99))
def test_other_labels_keep_their_proportions(drawn, threshold):
    given_rows, label = drawn
    found = decided(given_rows, label, threshold)
    before, after = np.delete(given_rows, label, axis=1), np.delete(found, label, axis=1)
    left = before.sum(axis=1) * after.sum(axis=1) > 1e-9
    shares = [part[left] / part[left].sum(axis=1, keepdims=True) for part in (before, after)]
    assert shares[0] == pytest.approx(shares[1], abs=1e-6)


@given(THRESHOLDS, st.lists(st.floats(0, 1), min_size=2, unique=True))
def test_it_rises_with_the_probability_and_is_a_half_at_the_threshold(threshold, ps):
    ps = np.sort([*ps, threshold])
    found = decided(np.column_stack([1 - ps, ps]), 1, threshold)[:, 1]
    assert all(one <= other + 1e-9 for one, other in pairwise(found))
    at = found[ps == threshold]
    assert at == pytest.approx(np.full(len(at), 0.5), abs=1e-6)


def test_the_threshold_itself_counts_as_the_label():
    row = np.array([[0.1, 0.9], [0.1 + 1e-9, 0.9 - 1e-9]])
    assert decided(row, 1, 0.9).argmax(axis=1).tolist() == [1, 0]
    assert decided(row[:, ::-1], 0, 0.9).argmax(axis=1).tolist() == [0, 1]


@pytest.mark.parametrize("attack", [*ATTACKS, "unicode"])
@pytest.mark.parametrize("threshold", [0.2, 0.8])
def test_attacks_succeed_where_the_bare_probability_crosses_the_threshold(attack, threshold):
    bare = ToyVictim()
    victim = at_point(bare, OperatingPoint(label="positive", threshold=threshold))
    one = job(attack, victim, source=1)
    work = [(b := blank(text, attack, i), one.attempt(b, 1)) for i, text in enumerate(TEXTS)]
    services = toy_models().services(remember_scores(victim), victim)
    for outcome in Scheduler(services).run(work):
        assert outcome.status is not Status.ERROR, outcome.error
        before = bare.forward([outcome.original_text])[0, 1]
        assert outcome.original_index == int(before >= threshold)
        if outcome.status is Status.SUCCEEDED:
            assert before >= threshold > bare.forward([outcome.adversarial_text])[0, 1]
        if before < threshold:
            assert outcome.status is Status.SKIPPED


def test_rows_begun_early_and_exact_rows_are_those_of_forward():
    class Begun(ToyVictim):
        def start(self, batch):
            return iter(self.forward(batch))

        def exact(self, batch):
            return self.forward(batch)

    point = OperatingPoint(label="positive", threshold=0.7)
    for victim in (at_point(ToyVictim(), point), at_point(Begun(), point)):
        rows = victim.forward(TEXTS)
        assert np.array_equal(np.stack(list(victim.start(TEXTS))), rows)
        assert np.array_equal(victim.exact(TEXTS), rows)
        assert np.array_equal(remember_scores(victim).rows(TEXTS), rows)
        verified = Verifications(victim)([Verify(text) for text in TEXTS])
        assert np.array_equal(np.stack(verified), rows)


def test_what_the_victim_can_do_it_can_do_at_a_point():
    point = OperatingPoint(label="positive", threshold=0.7)
    for can in (Differentiable, Exact):
        assert isinstance(at_point(ToyVictim(), point), can)
    assert type(at_point(Callable(), point)) is VictimAtPoint
    assert at_point(Callable(), point).reads_pairs
    assert not at_point(ToyVictim(), point).reads_pairs
    assert "positive from a probability of 0.7 up" in at_point(ToyVictim(), point).details.values()


class Callable:
    name = fingerprint = "callable"
    labels = ("negative", "positive")
    details = {"device": "cpu"}  # noqa: RUF012
    labels_only = False
    reads_pairs = True


def test_every_point_has_a_fingerprint_of_its_own():
    points = [("positive", 0.7), ("positive", 0.71), ("negative", 0.7)]
    found = {at_point(ToyVictim(), OperatingPoint(label=a, threshold=t)).fingerprint
             for a, t in points}  # fmt: skip
    assert len(found | {ToyVictim.fingerprint}) == 4


def test_a_point_that_the_victim_cannot_have_is_refused():
    with pytest.raises(WeaklinkError, match="'INJECTION' is not a label of toy"):
        at_point(ToyVictim(), OperatingPoint(label="INJECTION", threshold=0.9))
    labels_only = Callable()
    labels_only.labels_only = True
    with pytest.raises(WeaklinkError, match="answers a label alone"):
        at_point(labels_only, OperatingPoint(label="positive", threshold=0.9))


@pytest.mark.parametrize("text", ["", "A", "=0.5", "A=", "A=1", "A=0", "A=nan", "A=-1", "A=x"])
def test_what_is_no_point_is_refused(text):
    with pytest.raises(ValueError, match="does not say LABEL=PROBABILITY"):
        parse_point(text)
