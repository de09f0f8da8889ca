"""Bounds that fail a build."""

import pytest

from tests.examples import a_campaign, an_outcome, figures
from weaklink.errors import WeaklinkError
from weaklink.measures import Bound, Breach, parse_bound


def test_reads_a_measure_and_a_number():
    assert parse_bound(" asr_correct = .5") == Bound("asr_correct", 0.5)
    assert parse_bound("delta=-0.1") == Bound("delta", -0.1)


@pytest.mark.parametrize("text", ["", "asr=0.5", "robust_accuracy=0.5", "asr-all=0.5", "0.5"])
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


def test_a_bound_is_passed_only_above_it_and_by_audited_models_alone(found):
    assert Bound("asr_all", 0.5).breaches(found) == []
    assert Bound("asr_all", 0.49).breaches(found) == [Breach("down", "pwws", "reviews", 0.5)]
    assert Bound("asr_correct", 0.4).breaches(found) == [Breach("down", "pwws", "reviews", 0.5)]
    assert Bound("asr_valid", 0).breaches(found) == []
    assert Bound("delta", -0.6).breaches(found) == [Breach("down", "pwws", "reviews", -0.5)]
    assert parse_bound("transfer_rate=0.5") == Bound("sample_transfer", 0.5)
    assert Bound("sample_transfer", 0.5).breaches(found) == []


def test_what_is_unknown_passes_no_gate():
    assert Bound("asr_all", 1).breaches(figures(a_campaign(), [])) == [
        Breach("down", "pwws", "reviews", None)
    ]


def test_a_chain_measure_without_a_chain_is_a_clear_error():
    found = figures(a_campaign(victims=(("only", "single"),)), [])
    assert parse_bound("delta=0").needs_chain
    with pytest.raises(WeaklinkError, match="needs an upstream"):
        Bound("delta", 0).breaches(found)
    assert not parse_bound("asr_all=0").needs_chain
