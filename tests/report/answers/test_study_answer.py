"""A study's answer in a few sentences."""

import numpy as np

from tests.study.planted import planted_study
from weaklink.measures import Estimate, Options
from weaklink.measures.figures import results
from weaklink.measures.results import Change, DefenceGroup, DefenceResult, Pick
from weaklink.measures.statistics.general import in_general
from weaklink.report.answers.answer import answer
from weaklink.report.answers.gauges import gauges

STUDY = planted_study()
FOUND = results(STUDY, Options(resamples=19))


def sure(value):
    return Estimate(value=value, low=value - 0.1, high=value + 0.1, n=100)


def with_models(pick, **accuracy_and_robust):
    worst = next(one for one in FOUND.worst if one.dataset is None)
    found = [
        worst.model_copy(
            update={"model": name, "accuracy": sure(before), "robust_accuracy": sure(after)}
        )
        for name, (before, after) in accuracy_and_robust.items()
    ]
    changed = {"worst": found, "most_robust": pick}
    return " ".join(answer(STUDY, FOUND.model_copy(update=changed)))


def test_a_model_is_the_most_robust_where_it_is_told_apart_from_all_others():
    said = with_models(
        Pick(about=None, name="reader", rivals=()), guesser=(0.5, 0.5), reader=(0.9, 0.2)
    )
    assert "the most robust model, reader, still classifies 20.0 %" in said


def test_else_none_is_called_so():
    pick = Pick(about=None, name="reader", rivals=("other",))
    said = with_models(pick, other=(0.9, 0.1), reader=(0.9, 0.2))
    assert "the most robust model, reader" not in said
    assert "No model keeps more, but the difference from 1 other may be chance." in said


def test_where_all_may_be_guessing_none_is_named():
    said = with_models(None, guesser=(0.5, 0.5), other=(0.55, 0.4))
    assert "No model is right often enough" in said


def test_one_lineage_says_nothing_in_general():
    said = " ".join(answer(STUDY, FOUND))
    assert "Nothing is said of fine-tuning in general: with 1 independent lineage, fewer" in said
    assert "Whether weakness is handed down cannot be told" in said


def test_where_no_other_lineage_was_attacked_there_is_no_null():
    both = FOUND.all_links.all.model_copy(update={"lineage_advantage": None})
    links = FOUND.all_links.model_copy(update={"all": both})
    said = " ".join(answer(STUDY, FOUND.model_copy(update={"all_links": links})))
    assert "there is no null" in said


def test_what_the_null_rests_on_is_named():
    alone = FOUND.by_model[-1].model_copy(update={"model": "tfidf@d1"})
    said = " ".join(answer(STUDY, FOUND.model_copy(update={"references": (alone,)})))
    assert "Null transfer was measured on tfidf@d1." in said


def test_a_bag_of_words_alone_claims_no_inheritance():
    advantage = Estimate(value=0.2, low=0.1, high=0.3, n=9)
    both = FOUND.all_links.all.model_copy(update={"lineage_advantage": advantage, "general": None})
    links = FOUND.all_links.model_copy(update={"all": both})
    said = []
    for name in ("tfidf@d1", "owner/other"):
        reference = FOUND.by_model[-1].model_copy(update={"model": name})
        changed = {"all_links": links, "references": (reference,)}
        said.append(" ".join(answer(STUDY, FOUND.model_copy(update=changed))))
    assert "than each does with a bag of words" in said[0]
    assert ["Weakness is handed down" in one for one in said] == [False, True]


def test_five_lineages_speak_of_chains_in_general():
    general = in_general(np.array([0.1, 0.12, 0.08, 0.11, 0.09]))
    both = FOUND.all_links.all.model_copy(update={"general": general})
    links = FOUND.all_links.model_copy(update={"all": both})
    said = " ".join(answer(STUDY, FOUND.model_copy(update={"all_links": links})))
    assert "Fine-tuning makes models less robust in general: mean over 5 independent" in said
    assert "SD between them 1.6, the next one within +5.2 to +14.8" in said


def defence(name, verdict, difference):
    change = Change(before=sure(0.6), after=sure(0.6 + difference), difference=sure(difference))
    rates = dict.fromkeys(DefenceGroup.model_fields) | {"asr_all": change}
    return DefenceResult(
        kind="guard", model="up", defended=name, method="fgws", learnt_on=None, attacks=(),
        accuracy=None, rejected=None, all=DefenceGroup(**rates), unknown=None, scenarios=(),
        p_holm=None, verdict=verdict,
    )  # fmt: skip


def test_a_study_of_defences_says_first_which_help():
    none = (defence("a", "undecided", -0.1),)
    some = (*none, defence("b", "more robust", -0.2), defence("c", "more robust", -0.3))
    harmed = (*some, defence("d", "less robust", 0.2))
    first = [
        answer(STUDY, FOUND.model_copy(update={"defences": found}))[0]
        for found in (none, some, harmed)
    ]
    assert first[0] == "None of 1 defence is shown to help against an attacker who knows it."
    assert first[1] == (
        "2 of 3 defences help against an attacker who knows it: b, c. The largest change is that "
        "of c: asr_all −30.0 points [−40.0, −20.0]."
    )
    assert first[2].endswith("1 make the model less robust: d.")
    pictured = gauges(STUDY, FOUND.model_copy(update={"defences": some}))
    assert [(one.label, one.rate.value) for one in pictured[:2]] == [
        ("attacks succeed on up", 0.6),
        ("on c, defended", 0.3),
    ]
