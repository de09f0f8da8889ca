"""Known answers: a guard that sees everything, one that sees nothing, and the row between."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from weaklink.attacks import Goal
from weaklink.attacks.registry import configure, select
from weaklink.defences.calibration import Calibration
from weaklink.defences.guard import DifferentiableGuard, GuardedVictim, guarded
from weaklink.engine import (
    Assignment,
    ConfiguredAttack,
    LoadedVictim,
    Models,
    Scheduler,
    remember_scores,
)
from weaklink.store import OutcomeKey, Status
from weaklink.testing import ToyLexicon, ToyVictim
from weaklink.testing.toy import ToyEncoder, ToyLatentSpace, ToyParaphraser, ToyTagger

TEXTS = ("a good film", "the plot is dull and slow", "fine actors", "no good idea at all")
SUBSTITUTES = {
    "good": ("great", "decent", "awful"), "film": ("movie", "picture"), "dull": ("boring", "grand"),
    "plot": ("story",), "fine": ("okay", "poor"), "actors": ("players",), "idea": ("thought",),
}  # fmt: skip
FLAT = Calibration(typical=0.0, threshold=0.5, false_positives=0.05, texts=4)


class Toys(Models):
    tagger = ToyTagger()
    paraphraser = ToyParaphraser()
    space = ToyLatentSpace()


@pytest.fixture(scope="module")
def models():
    return Toys(ToyEncoder())


def attacked(victim, models):
    """Return the outcome of every attack on every text."""
    lexicon = ToyLexicon(SUBSTITUTES)
    loaded = LoadedVictim(victim, remember_scores(victim), gold=(0, 1))
    services = models.services(loaded.scores, victim)
    started = []
    for attack in select(["all"]):
        one = ConfiguredAttack(attack, configure(attack, {}))
        for number, text in enumerate(TEXTS):
            key = OutcomeKey(victim.fingerprint, attack.name, "data", str(number), 0, 0)
            started.append(Assignment(loaded, one, lexicon, None, 300).start(key, text))
    return {(o.attack, o.key.sample_id): o for o in Scheduler(services).run(started)}


def behind(score, calibration=FLAT):
    return guarded(ToyVictim(), "toy+guard", score, calibration, "digest", {"guard": "planted"})


def perfect(texts):
    return np.array([float(text not in TEXTS) for text in texts])


def blind(texts):
    return np.zeros(len(texts))


def test_nothing_passes_a_perfect_detector(models):
    bare = attacked(ToyVictim(), models)
    assert sum(one.status == Status.SUCCEEDED for one in bare.values()) > 6
    outcomes = attacked(behind(perfect), models).values()
    assert {one.status for one in outcomes} <= {Status.FAILED, Status.EXHAUSTED}
    assert all(one.notes["rejected"] == 0 for one in outcomes)


def test_behind_a_blind_detector_every_outcome_is_that_of_the_bare_victim(models):
    bare, seen = attacked(ToyVictim(), models), attacked(behind(blind), models)
    for place, one in seen.items():
        other = bare[place]
        assert one.key.victim_fingerprint != other.key.victim_fingerprint
        same = (
            "status", "adversarial_text", "queries", "original_probability",
            "adversarial_probability", "original_label", "adversarial_label",
        )  # fmt: skip
        assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]


def test_an_attacker_who_knows_finds_texts_that_pass(models):
    """A detector of one word: the texts without it still pass, and attacks find them."""
    bare = attacked(ToyVictim(), models)
    succeeded = [one for one in bare.values() if one.status == Status.SUCCEEDED]
    word = "awful"

    def hates(texts):
        return np.array([float(word in text.lower()) for text in texts])

    guard = attacked(behind(hates), models)
    passed = [one for one in guard.values() if one.status == Status.SUCCEEDED]
    oblivious = [one for one in succeeded if word not in one.adversarial_text.lower()]
    assert all(word not in one.adversarial_text.lower() for one in passed)
    assert len(passed) >= len(oblivious) > 0


ROWS = arrays(float, 3, elements=st.floats(0.01, 1)).map(lambda row: row / row.sum())


@settings(max_examples=50)
@given(ROWS, st.floats(-1, 3))
def test_a_row_rejects_if_and_only_if_the_score_is_above_the_threshold(row, score):
    class Fixed(ToyVictim):
        labels = ("a", "b", "c")

        def forward(self, batch):
            return np.array([row])

    guard = GuardedVictim(Fixed(), "g", lambda _: np.array([score]), FLAT, "d", {})
    (found,) = guard.forward(["text"])
    assert np.isclose(found.sum(), 1)
    assert (found.argmax() == 3) == (score > FLAT.threshold)
    assert found[:3].argmax() == row.argmax()
    if score <= FLAT.typical:
        assert found[:3].tolist() == row.tolist()
    goal = Goal(0, rejected=3)
    assert goal.reached(found) == (row.argmax() != 0 and score <= FLAT.threshold)
    assert np.isclose(goal.confidence(found), 1 - found[1] - found[2])
    target = Goal(0, target=1, rejected=3)
    assert target.reached(found) == (row.argmax() == 1 and score <= FLAT.threshold)


def test_suspicion_rises_with_the_score():
    found = FLAT.suspicion([-1.0, 0.0, 0.25, 0.5, 0.51, 100.0])
    assert found[:4].tolist() == [0, 0, 0.5, 1]
    assert 1 < found[4] < found[5] == 40


def test_a_calibration_flags_no_more_than_it_may():
    scores = np.arange(100.0)
    found = Calibration.of(scores, 0.05)
    assert (scores > found.threshold).sum() == 5
    assert (Calibration.of(np.ones(10), 0.05).suspicion([1.0, 2.0]) > 1).tolist() == [False, True]


def test_a_guard_has_a_fingerprint_of_its_own_and_the_victims_facts():
    one, other = behind(blind), behind(blind, FLAT.model_copy(update={"threshold": 0.7}))
    assert len({ToyVictim().fingerprint, one.fingerprint, other.fingerprint}) == 3
    assert isinstance(one, DifferentiableGuard)
    assert one.details == {"device": "cpu", "guard": "planted"}
    assert (one.unknown, one.visible("abc"), one.labels) == ("[UNK]", 3, ToyVictim.labels)
    exact, fast = one.exact(["a good film"]), one.forward(["a good film"])
    assert exact.tolist() == fast.tolist()
