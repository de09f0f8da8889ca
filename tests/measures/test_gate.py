"""Bounds that fail a build."""

import numpy as np
import pytest

from tests.examples import a_campaign, a_study, an_outcome, figures
from weaklink.errors import WeaklinkError
from weaklink.measures import Bound, Judgement, parse_bound
from weaklink.measures.bounds import Bounds
from weaklink.measures.runs.look import Look


def test_reads_a_measure_and_a_number():
    assert parse_bound(" asr_correct = .5") == Bound("asr_correct", 0.5)
    assert parse_bound("delta=-0.1") == Bound("delta", -0.1)
    assert parse_bound("transfer_rate=0.5") == Bound("sample_transfer", 0.5)
    assert parse_bound("robust_accuracy=0.4", "under") == Bound(
        "robust_accuracy", 0.4, None, "under"
    )


@pytest.mark.parametrize(
    "text", ["", "asr=0.5", "robust_accuracy=0.5", "pwws=0.5", "asr-all=0.5", "0.5"]
)
def test_refuses_what_is_no_measure_and_names_those_there_are(text):
    with pytest.raises(WeaklinkError, match="not a figure") as refusal:
        parse_bound(text)
    assert (
        "asr_all, asr_correct, asr_valid, delta, sample_transfer, text_transfer"
        in refusal.value.remedy
    )


@pytest.mark.parametrize("number", ["", "half", "nan", "-0.1", "1.5", "50%"])
def test_refuses_what_is_no_rate(number):
    with pytest.raises(WeaklinkError, match="not a bound for asr_all"):
        parse_bound(f"asr_all={number}")


@pytest.fixture
def found():
    outcomes = [
        *(an_outcome(i) for i in range(4)),
        *(an_outcome(i, victim="down", success=i > 1) for i in range(4)),
    ]
    return figures(a_campaign(), outcomes)


def states(bound, found):
    return [judgement.state for judgement in bound.judge(found)]


def test_the_whole_interval_is_held_to_the_bound_and_only_of_audited_models(found):
    (judgement,) = Bound("asr_all", 0.5).judge(found)
    assert (judgement.model, judgement.attack, judgement.dataset) == ("down", "pwws", "reviews")
    low, high = judgement.figure.low, judgement.figure.high
    assert 0 < low < 0.5 < high < 1
    for limit, state in ((low - 0.01, "failed"), (low, "undecided"), (0.5, "undecided"),
                         (high - 0.01, "undecided"), (high, "passed"), (1, "passed")):  # fmt: skip
        assert states(Bound("asr_all", limit), found) == [state]
    assert states(Bound("asr_valid", 0), found) == ["undecided"]
    assert states(Bound("sample_transfer", 1), found) == ["passed"]
    delta = found.link_scenarios[0].delta
    assert states(Bound("delta", delta.high), found) == ["passed"]
    assert states(Bound("delta", -1), found) == ["failed"]


def test_a_lowest_value_is_held_to_the_other_end(found):
    (judgement,) = Bound("robust_accuracy", 0.4, side="under").judge(found)
    low, high = judgement.figure.low, judgement.figure.high
    for limit, state in ((0, "passed"), (low, "passed"), (low + 0.01, "undecided"),
                         (high, "undecided"), (high + 0.01, "failed")):  # fmt: skip
        assert states(Bound("robust_accuracy", limit, side="under"), found) == [state]


def test_one_attack_is_judged_where_it_is_named():
    attacks = ("pwws", "textbugger")
    campaign = a_campaign(victims=(("only", "single"),), attacks=attacks, samples=20)
    outcomes = [
        an_outcome(i, victim="only", attack=attack, success=attack == "pwws")
        for i in range(20)
        for attack in attacks
    ]
    found = figures(campaign, outcomes)
    assert states(parse_bound("asr_all=0.5"), found) == ["failed", "passed"]
    assert states(parse_bound("textbugger.asr_all=0.5"), found) == ["passed"]
    with pytest.raises(WeaklinkError, match="an attack that the campaign does not make"):
        parse_bound("gan.asr_all=0.5").judge(found)


def test_any_is_the_worst_case():
    """Each attack breaks the half of the samples that the other one leaves."""
    attacks = ("pwws", "textbugger")
    campaign = a_campaign(victims=(("only", "single"),), attacks=attacks, samples=20)
    outcomes = [
        an_outcome(i, victim="only", attack=attack, success=(attack == "pwws") == (i % 2 == 0))
        for i in range(20)
        for attack in attacks
    ]
    found = figures(campaign, outcomes)
    bound = parse_bound("any.robust_accuracy=0.2", "under")
    (judgement,) = bound.judge(found)
    assert (judgement.figure.value, judgement.state) == (0, "failed")
    (so_far,) = Look(a_study(campaign, outcomes), Bounds()).judge([bound])
    assert (so_far.figure.value, so_far.attack) == (0, "any")
    assert states(parse_bound("robust_accuracy=0.2", "under"), found) == ["passed", "passed"]
    with pytest.raises(WeaklinkError, match="an attack that the campaign does not make"):
        parse_bound("any.asr_all=0.2").judge(found)


def test_a_decided_gate_is_seldom_wrong():
    """A model at its bound fails, and passes, about once in forty."""
    from weaklink.measures.statistics.shares import wilson

    fell = np.random.default_rng(0).random((2000, 60)) < 0.3
    seen = [
        Judgement(Bound("asr_all", 0.3), "m", "a", "d", rate).state for rate in wilson(fell * 1.0)
    ]
    assert seen.count("failed") / len(seen) < 0.04
    assert seen.count("passed") / len(seen) < 0.04


def test_what_is_unknown_is_neither_passed_nor_failed():
    nothing = figures(a_campaign(), [])
    assert Bound("asr_all", 1).judge(nothing) == [
        Judgement(Bound("asr_all", 1), "down", "pwws", "reviews", None)
    ]
    assert states(Bound("asr_all", 1), nothing) == ["unknown"]


def test_a_chain_measure_without_a_chain_is_a_clear_error():
    found = figures(a_campaign(victims=(("only", "single"),)), [])
    assert parse_bound("delta=0").needs_chain
    with pytest.raises(WeaklinkError, match="needs an upstream"):
        Bound("delta", 0).judge(found)
    assert not parse_bound("asr_all=0").needs_chain
