import pytest

from weaklink.measures import Estimate
from weaklink.measures.verdicts import verdict
from weaklink.report.audited import audited
from weaklink.report.page.answer import answer

from .planted import DOWNSTREAM, UPSTREAM, figures_of, planted_audit, planted_campaign

STUDY = planted_audit()


@pytest.fixture(scope="module")
def found():
    return figures_of(STUDY)


def with_attack(found, name, **figures):
    """Return the figures with others for one attack on the downstream."""
    scenarios = tuple(
        entry.model_copy(update=figures)
        if (entry.model, entry.attack) == (DOWNSTREAM, name)
        else entry
        for entry in found.scenarios
    )
    return found.model_copy(update={"scenarios": scenarios})


def with_delta(found, value, low, high, p):
    delta = Estimate(value=value, low=low, high=high, n=100)
    update = {"delta": delta, "p_value": p, "verdict": verdict(delta, p)}
    links = tuple(link.model_copy(update=update) for link in found.link_scenarios)
    return found.model_copy(update={"link_scenarios": links})


def test_the_strongest_attack_is_the_one_with_the_highest_asr_correct(found):
    high = Estimate(value=0.97, low=0.9, high=0.99, n=88)
    first, second, _ = answer(STUDY, with_attack(found, "hotflip", asr_correct=high))
    assert f"strongest attack on {DOWNSTREAM} is hotflip" in first
    assert "97.0 % [90.0, 99.0], n = 88" in first
    assert "asr_correct" in first
    assert "robust accuracy" in second


def test_the_strongest_attack_within_bounds_may_be_another(found):
    strong = Estimate(value=0.97, low=0.9, high=0.99, n=88)
    spoiling = with_attack(found, "hotflip", asr_correct=strong, asr_valid=rate(0.01))
    first, *_ = answer(STUDY, with_attack(spoiling, "pwws", asr_valid=rate(0.9)))
    assert f"strongest attack on {DOWNSTREAM} is hotflip" in first
    assert "within bounds the highest is pwws's: 90.0 % [85.0, 95.0], n = 100" in first
    assert "(asr_valid)" in first


def test_no_text_within_bounds_is_said_plainly(found):
    for attack in ("textfooler", "pwws", "textbugger", "hotflip"):
        found = with_attack(found, attack, asr_valid=rate(0))
    first, *_ = answer(STUDY, found)
    assert "No attack succeeds with a text within bounds" in first


def rate(value):
    return Estimate(value=value, low=value - 0.05, high=value + 0.05, n=100)


def test_an_attack_on_the_upstream_is_not_the_answer(found):
    high = Estimate(value=1.0, low=0.96, high=1.0, n=88)
    attacks = tuple(
        entry.model_copy(update={"asr_correct": high}) if entry.model == UPSTREAM else entry
        for entry in found.scenarios
    )
    first, *_ = answer(STUDY, found.model_copy(update={"attacks": attacks}))
    assert "100.0 %" not in first


@pytest.mark.parametrize(
    ("delta", "said"),
    [
        ((0.14, 0.05, 0.23, 0.01), "it is less robust than its upstream"),
        ((-0.14, -0.23, -0.05, 0.01), "it is more robust than its upstream"),
        ((0.03, -0.05, 0.11, 0.4), "is undecided"),
        ((0.08, 0.01, 0.17, 0.09), "is undecided"),
    ],
)
def test_the_chain_is_judged_by_delta_and_its_test(found, delta, said):
    *_, last = answer(STUDY, with_delta(found, *delta))
    assert said in last
    assert UPSTREAM in last
    assert "asr_all" in last
    assert ("told from zero" in last) == ("undecided" in said)


def test_labels_that_do_not_match_leave_asr_all_and_say_so(found):
    for attack in ("textfooler", "pwws", "textbugger", "hotflip"):
        found = with_attack(found, attack, asr_correct=None, robust_accuracy=None)
    first, second, _ = answer(STUDY, found)
    assert "of all attacked samples (asr_all)" in first
    assert "not known" in second


def test_a_single_model_has_the_basis_in_place_of_the_chain(found):
    *_, last = answer(STUDY, found.model_copy(update={"link_scenarios": ()}))
    assert last == "All figures rest on 100 samples of rotten_tomatoes (train split)."


def test_no_figures_are_said_plainly(found):
    first, *_ = answer(STUDY, found.model_copy(update={"scenarios": ()}))
    assert first == "No attack has given a figure yet."


def test_what_is_left_when_any_attack_will_do_is_said(found):
    _, second, _ = answer(STUDY, found)
    (whole,) = (w for w in found.worst if w.model == DOWNSTREAM and w.dataset is None)
    assert f"any of the attacks will do, it is {100 * whole.robust_accuracy.value:.1f} %" in second


def test_an_audit_is_about_the_only_model_or_the_end_of_its_chain(found):
    assert audited(STUDY, found) == DOWNSTREAM
    campaign = planted_campaign()
    alone = planted_audit(campaign.model_copy(update={"victims": campaign.victims[:1]}))
    assert audited(alone, figures_of(alone)) == UPSTREAM


def test_a_campaign_of_several_data_sets_is_about_no_single_model(found):
    assert audited(STUDY, found.model_copy(update={"datasets": ("one", "two")})) is None
