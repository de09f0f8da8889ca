"""What a defence is worth, worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from tests.study.planted import planted_study
from weaklink.measures import Options
from weaklink.measures.advice import advise
from weaklink.measures.figures import results
from weaklink.store.record import DefenceEntry


def defended_study(**specification):
    """Return the figures of the planted study, whose downstream has a defence that knows pwws."""
    study = planted_study()
    entry = DefenceEntry(
        kind="hardened", model="up", defended="down", method="stored", learnt_on="up",
        attacks=("pwws",),
    )  # fmt: skip
    stated = {**study.record.specification, **specification}
    changes = {"chains": (), "defences": (entry,), "specification": stated}
    record = study.record.model_copy(update=changes)
    return results(replace(study, record=record), Options(resamples=199))


@pytest.fixture(scope="module")
def found():
    return defended_study()


def test_each_attack_is_compared_by_sample(found):
    (one,) = found.defences
    places = {(s.attack, s.dataset): s for s in one.scenarios}
    pwws = places["pwws", "d1"].figures
    assert (pwws.asr_all.before.value, pwws.asr_all.after.value) == (0.5, 0.5)
    assert pwws.asr_all.difference.value == 0
    assert (pwws.asr_oblivious.value, pwws.text_transfer.value) == (0.25, 0.5)
    random = places["random", "d1"].figures
    assert (random.asr_all.before.value, random.asr_all.after.value) == (0.375, 0.625)
    assert np.isclose(random.asr_all.difference.value, 0.25)
    assert random.asr_oblivious.value == 0.25
    assert [places[place].learnt for place in (("pwws", "d2"), ("random", "d2"))] == [True, False]


def test_rates_that_were_looked_at_have_intervals_for_every_look(found):
    """Those of each attack and of the worst case on each data set; averages do not."""
    looked = defended_study(until="decided")
    (one,), (other,) = found.defences, looked.defences
    assert other.all == one.all
    for fixed, always in zip(one.scenarios, other.scenarios, strict=True):
        assert vars(always.figures).keys() == type(always.figures).model_fields.keys()
        kinds = [(s.figures.asr_all, s.figures.asr_oblivious) for s in (fixed, always)]
        pairs = zip(
            *((both.before, both.after, both.difference, old) for both, old in kinds), strict=True
        )
        for narrow, wide in pairs:
            assert (wide.value, wide.n) == (pytest.approx(narrow.value), narrow.n)
            assert narrow.n < 8 or wide.high - wide.low > narrow.high - narrow.low
    for fixed, always in zip(found.worst, looked.worst, strict=True):
        narrow, wide = fixed.robust_accuracy, always.robust_accuracy
        if fixed.dataset is None:
            assert wide == narrow
        elif narrow is not None and narrow.n >= 8:
            assert wide.high - wide.low > narrow.high - narrow.low


def test_averages_weigh_every_scenario_alike(found):
    (one,) = found.defences
    assert np.isclose(one.all.asr_all.before.value, (0.5 + 0.375 + 0.5 + 0) / 4)
    assert np.isclose(one.all.asr_all.after.value, (0.5 + 0.625 + 1 + 0.5) / 4)
    assert np.isclose(one.unknown.asr_all.after.value, (0.625 + 0.5) / 2)
    low, high = one.all.asr_all.difference.low, one.all.asr_all.difference.high
    assert low < one.all.asr_all.difference.value < high
    assert np.isclose(one.accuracy.before.value, (0.75 + 1) / 2)
    assert np.isclose(one.accuracy.difference.value, (0.75 + 0.5) / 2 - 0.875)
    assert one.rejected is None


def test_a_defence_is_no_link(found):
    assert found.links == found.chains == ()
    assert found.audited == ("down", "alone")


def test_advice_needs_an_interval(found):
    (one,) = found.defences
    assert [advice.verdict for advice in found.advice] == ["cannot be told"]
    better = one.model_copy(update={"verdict": "more robust"})
    assert [a.verdict for a in advise((), (), (better,))] == ["harden"]
    guard = better.model_copy(update={"kind": "guard"})
    assert [a.verdict for a in advise((), (), (guard,))] == ["guard"]
    worse = one.all.robust_accuracy.model_copy(
        update={"difference": one.accuracy.difference.model_copy(
            update={"value": -0.2, "low": -0.3, "high": -0.1})}
    )  # fmt: skip
    costly = guard.model_copy(update={"all": one.all.model_copy(update={"robust_accuracy": worse})})
    assert [a.verdict for a in advise((), (), (costly,))] == ["cannot be told"]
