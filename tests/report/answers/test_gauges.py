"""The picture of the answer shows the rates that its first sentences state."""

from dataclasses import replace

from tests.examples import a_campaign, a_study, an_outcome, figures
from weaklink.report.answers.answer import answer
from weaklink.report.answers.gauges import gauges
from weaklink.report.written import value_of

PAIR = (("up", "upstream"), ("down", "downstream"))


def shown(victims, fallen):
    campaign = a_campaign(victims=victims, attacks=("pwws",), samples=8)
    outcomes = [
        an_outcome(i, victim=name, attack="pwws", success=i < fallen)
        for name, _ in victims
        for i in range(8)
    ]
    study, found = a_study(campaign, outcomes), figures(campaign, outcomes)
    if victims[0][1] == "single":
        study = replace(study, record=study.record.model_copy(update={"chains": ()}))
    return gauges(study, found), answer(study, found)


def test_of_an_audit_it_is_what_is_right_with_and_without_attacks():
    pictured, said = shown(PAIR, 6)
    written = [(one.label, value_of(one.rate, one.kind), one.bound) for one in pictured]
    assert written == [
        ("right without an attack", "8 of 8", None),
        ("right under all attacks", "2 of 8", 0.5),
        ("its upstream under all attacks", "2 of 8", None),
    ]
    assert "it is right on 2 of 8" in said[0]


def test_of_a_study_it_is_the_average_and_what_the_best_model_keeps():
    pictured, said = shown((("a", "single"), ("b", "single")), 6)
    labels = [one.label for one in pictured]
    assert labels[0] == "attacks succeed (asr_all)"
    assert value_of(pictured[0].rate) in said[0]
