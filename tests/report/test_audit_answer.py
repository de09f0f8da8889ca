import pytest

from weaklink.measures import Estimate, summarise
from weaklink.report import plain_answer

from .planted import DOWNSTREAM, UPSTREAM, planted_campaign, planted_outcomes


@pytest.fixture
def summary():
    campaign = planted_campaign()
    return summarise(campaign, planted_outcomes(campaign))


def with_attack(summary, name, **figures):
    """Return the summary with other figures for one attack on the downstream."""
    attacks = tuple(
        entry.model_copy(update=figures)
        if (entry.victim, entry.attack) == (DOWNSTREAM, name)
        else entry
        for entry in summary.attacks
    )
    return summary.model_copy(update={"attacks": attacks})


def with_delta(summary, value, low, high, p):
    update = {"delta": Estimate(value=value, low=low, high=high, n=100), "p_value": p}
    chain = tuple(link.model_copy(update=update) for link in summary.chain)
    return summary.model_copy(update={"chain": chain})


def test_the_strongest_attack_is_the_one_with_the_highest_asr_correct(summary):
    high = Estimate(value=0.97, low=0.9, high=0.99, n=88)
    first, second, _ = plain_answer(with_attack(summary, "hotflip", asr_correct=high))
    assert f"strongest attack on {DOWNSTREAM} is hotflip" in first
    assert "0.97 [0.90, 0.99] n=88" in first
    assert "asr_correct" in first
    assert "robust accuracy" in second


def test_the_strongest_attack_within_bounds_may_be_another(summary):
    strong = Estimate(value=0.97, low=0.9, high=0.99, n=88)
    spoiling = with_attack(summary, "hotflip", asr_correct=strong, asr_valid=rate(0.01))
    first, *_ = plain_answer(with_attack(spoiling, "pwws", asr_valid=rate(0.9)))
    assert f"strongest attack on {DOWNSTREAM} is hotflip" in first
    assert "within bounds the strongest is pwws: 0.90 [0.85, 0.95] n=100" in first
    assert "(asr_valid)" in first


def test_no_text_within_bounds_is_said_plainly(summary):
    for attack in ("textfooler", "pwws", "textbugger", "hotflip"):
        summary = with_attack(summary, attack, asr_valid=rate(0))
    first, *_ = plain_answer(summary)
    assert "No attack succeeds with a text within bounds" in first


def rate(value):
    return Estimate(value=value, low=value - 0.05, high=value + 0.05, n=100)


def test_an_attack_on_the_upstream_is_not_the_answer(summary):
    high = Estimate(value=1.0, low=0.96, high=1.0, n=88)
    attacks = tuple(
        entry.model_copy(update={"asr_correct": high}) if entry.victim == UPSTREAM else entry
        for entry in summary.attacks
    )
    first, *_ = plain_answer(summary.model_copy(update={"attacks": attacks}))
    assert "1.00" not in first


@pytest.mark.parametrize(
    ("delta", "said"),
    [
        ((0.14, 0.05, 0.23, 0.01), "it is less robust than its upstream"),
        ((-0.14, -0.23, -0.05, 0.01), "it is more robust than its upstream"),
        ((0.03, -0.05, 0.11, 0.4), "is undecided"),
        ((0.08, 0.01, 0.17, 0.09), "is undecided"),
    ],
)
def test_the_chain_is_judged_by_delta_and_its_test(summary, delta, said):
    *_, last = plain_answer(with_delta(summary, *delta))
    assert said in last
    assert UPSTREAM in last
    assert "asr_all" in last
    assert ("told from zero" in last) == ("undecided" in said)


def test_labels_that_do_not_match_leave_asr_all_and_say_so(summary):
    for attack in ("textfooler", "pwws", "textbugger", "hotflip"):
        summary = with_attack(summary, attack, asr_correct=None, robust_accuracy=None)
    first, second, _ = plain_answer(summary)
    assert "of all attacked samples (asr_all)" in first
    assert "not known" in second


def test_a_single_model_has_the_basis_in_place_of_the_chain(summary):
    *_, last = plain_answer(summary.model_copy(update={"chain": ()}))
    assert last == "All figures rest on 100 samples of rotten_tomatoes (train split)."


def test_no_figures_are_said_plainly(summary):
    first, *_ = plain_answer(summary.model_copy(update={"attacks": ()}))
    assert first == "No attack has given a figure yet."
