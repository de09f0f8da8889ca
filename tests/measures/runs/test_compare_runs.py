"""Two runs beside each other."""

import math
from datetime import UTC, datetime
from statistics import NormalDist

import pytest

from tests.examples import a_campaign, a_study, an_outcome, figures
from weaklink.measures import Options
from weaklink.measures.figures import results
from weaklink.measures.results import GoalResult, OperatingPointResult
from weaklink.measures.runs.baseline import Baseline
from weaklink.measures.runs.compare import ComparedRun, compare_runs
from weaklink.measures.runs.look import Look
from weaklink.measures.statistics.paired import mcnemar
from weaklink.store.record import DefenceEntry


def a_run(fallen, *, model="m", attacks=("pwws",), samples=40, correct=40):
    campaign = a_campaign(victims=((model, "single"),), attacks=attacks, samples=samples)
    outcomes = [
        an_outcome(
            i, victim=model, attack=attack, correct=i < correct,
            success=i in (fallen[attack] if isinstance(fallen, dict) else fallen),
        )
        for i in range(samples)
        for attack in attacks
    ]  # fmt: skip
    return ComparedRun(figures(campaign, outcomes), a_study(campaign, outcomes))


OLD, NEW = a_run(range(10), model="v1"), a_run(range(4, 25), model="v2")


def test_samples_are_paired_and_tested():
    found = compare_runs(OLD, NEW)
    (change,) = found.changes
    assert found.paired
    assert (change.models, change.first, change.second) == (("v1", "v2"), 0.25, 0.525)
    assert change.difference.value == pytest.approx(0.275)
    assert 0 < change.difference.low < 0.275 < change.difference.high
    assert change.p_value == change.p_holm == mcnemar(4, 15)
    assert change.fell == tuple(f"train:{i}" for i in range(10, 25))
    assert change.held == tuple(f"train:{i}" for i in range(4))


def test_runs_of_figures_alone_are_not_paired_and_find_less():
    (alone,) = compare_runs(ComparedRun(OLD.results), NEW).changes
    (paired,) = compare_runs(OLD, NEW).changes
    pooled = (10 + 21) / 80
    z = 0.275 / math.sqrt(pooled * (1 - pooled) * 2 / 40)
    assert alone.p_value == alone.p_holm == pytest.approx(2 * NormalDist().cdf(-z), rel=0.1)
    assert alone.difference.value == pytest.approx(paired.difference.value)
    assert alone.difference.low < paired.difference.low


def test_the_verdict_is_about_the_newer_run_whichever_rate_is_compared():
    for runs in ((OLD, NEW), (ComparedRun(OLD.results), NEW)):
        for measure in ("asr_all", "robust_accuracy"):
            found = compare_runs(*runs, measure)
            assert (found.verdict, found.changes[0].verdict) == ("less robust", "less robust")
            assert compare_runs(*runs[::-1], measure).verdict == "more robust"
    assert compare_runs(OLD, OLD).verdict == "undecided"
    assert compare_runs(OLD, a_run([], attacks=("gan",), model="v1")).verdict is None


def test_a_verdict_needs_the_adjusted_p_value_and_changes_that_agree():
    few, many = range(10), range(4, 25)

    def verdicts(**fallen):
        old, new = (
            a_run({name: both[i] for name, both in fallen.items()}, attacks=tuple(fallen))
            for i in (0, 1)
        )
        found = compare_runs(old, new)
        return found.verdict, [one.verdict for one in found.changes]

    assert verdicts(pwws=(few, many), gan=(few, few)) == (
        "less robust", ["less robust", "undecided"],
    )  # fmt: skip
    assert verdicts(pwws=(few, many), gan=(many, few)) == (
        "undecided", ["less robust", "more robust"],
    )  # fmt: skip
    assert verdicts(pwws=(few, many), gan=(few, few), scpn=(few, few))[0] == "undecided"


def test_a_run_does_not_differ_from_itself():
    (change,) = compare_runs(OLD, OLD, "robust_accuracy").changes
    assert (change.difference.value, change.p_value, change.fell) == (0, 1, ())
    assert change.difference.low < 0 < change.difference.high


def test_only_shared_samples_and_attacks_are_compared():
    more = a_run(range(10), attacks=("pwws", "gan"), samples=60)
    found = compare_runs(OLD, more)
    (change,) = found.changes
    assert change.difference.n == 40
    assert found.left_out == (
        "gan is in the second run only.",
        "20 samples of reviews in the second run only.",
    )
    (note,) = found.notes
    assert note == (
        "Both runs have: data reviews (40 of 60 samples); attacks pwws; "
        "goal from any label to any other label."
    )
    (backwards,) = compare_runs(more, a_run(range(3), samples=59)).left_out[1:]
    assert backwards == "1 sample of reviews in the first run only."


def test_samples_are_not_told_where_one_run_has_figures_alone():
    found = compare_runs(ComparedRun(OLD.results), a_run(range(3), samples=12))
    assert found.left_out == ()
    assert "samples" not in found.notes[0]


def test_another_version_of_an_attack_is_not_compared():
    campaign = NEW.study.campaigns[1]
    (attack,) = campaign.attacks
    other = campaign.model_copy(
        update={"attacks": (attack.model_copy(update={"fingerprint": "#other"}),)}
    )
    changed = a_study(other, [])
    found = compare_runs(OLD, ComparedRun(NEW.results, changed))
    assert found.changes == ()
    assert "another version" in found.left_out[0]


def at(run, threshold):
    point = OperatingPointResult(
        model=run.results.audited[0], label="INJECTION", threshold=threshold,
        false_alarms=None, allowed=None, benign=None,
    )  # fmt: skip
    return ComparedRun(run.results.model_copy(update={"operating_points": (point,)}), run.study)


def test_other_operating_points_are_compared_and_said():
    assert len(compare_runs(at(OLD, 0.9), at(NEW, 0.9)).notes) == 1
    found = compare_runs(at(OLD, 0.9), at(NEW, 0.25))
    assert found.changes
    assert found.notes[1:] == (
        "v2 has another operating point: INJECTION from 0.9, then INJECTION from 0.25.",
    )
    _, note = compare_runs(OLD, at(NEW, 0.25)).notes
    assert "the likeliest label, then INJECTION from 0.25" in note


def test_evasion_is_not_compared_with_success():
    goal = GoalResult(source="INJECTION", target="SAFE", kind="evasion")
    guard = NEW.results.model_copy(update={"goal": goal})
    for second in (ComparedRun(guard), ComparedRun(guard, NEW.study)):
        found = compare_runs(OLD, second)
        assert found.changes == ()
        assert found.left_out == (
            "The goals differ: from any label to any other label, then from INJECTION to SAFE.",
        )
    assert compare_runs(ComparedRun(guard), ComparedRun(guard)).changes


def a_defended_run(fallen, *, forms=("m+guard", "m+hardened")):
    """Return a run of a bare model, on which ten samples fall, and of its defended forms."""
    names = ("m", *forms)
    campaign = a_campaign(victims=[(name, "single") for name in names], samples=40)
    outcomes = [
        an_outcome(i, victim=name, success=i < (10 if name == "m" else fallen))
        for name in names
        for i in range(40)
    ]
    entries = [
        DefenceEntry(kind="hardened", model="m", defended=name, method="freelb") for name in forms
    ]
    study = a_study(campaign, outcomes, defences=tuple(entries))
    options = Options(resamples=199, created=datetime(2026, 1, 1, tzinfo=UTC))
    return ComparedRun(results(study, options), study)


@pytest.mark.parametrize("alone", [False, True])
def test_a_bare_model_is_paired_with_each_of_its_defended_forms(alone):
    bare, defended = a_run(range(10), model="m"), a_defended_run(4)
    if alone:
        bare, defended = ComparedRun(bare.results), ComparedRun(defended.results)
    found = compare_runs(bare, defended)
    assert [one.models for one in found.changes] == [("m", "m+guard"), ("m", "m+hardened")]
    assert {(one.first, one.second) for one in found.changes} == {(0.25, 0.1)}
    assert found.left_out == ()
    back = compare_runs(defended, bare)
    assert [one.models for one in back.changes] == [("m+guard", "m"), ("m+hardened", "m")]
    assert back.left_out == ()
    again = compare_runs(defended, defended)
    assert [one.models for one in again.changes] == [(f"m+{n}",) * 2 for n in ("guard", "hardened")]


def test_another_model_is_still_in_one_run_only():
    found = compare_runs(a_run(range(10), model="other"), a_defended_run(4))
    assert found.changes == ()
    assert found.left_out == (
        "other is in the first run only.",
        "m+guard is in the second run only.",
        "m+hardened is in the second run only.",
    )


@pytest.mark.parametrize("paired", [True, False])
def test_a_gate_holds_each_defended_form_to_the_bare_baseline(paired):
    old, new = a_run(range(2), model="m"), a_defended_run(38)
    baseline = Baseline(old if paired else ComparedRun(old.results), 0.1)
    judged, left_out = baseline.judge(new.study, new.results)
    assert [(one.model, one.state) for one in judged] == [
        ("m+guard", "failed"), ("m+hardened", "failed"),
    ]  # fmt: skip
    assert list(left_out) == []
    under_way = Look(new.study, new.results.bounds).judge([baseline])
    assert [(one.model, one.state) for one in under_way] == [
        ("m+guard", "failed"), ("m+hardened", "failed"),
    ]  # fmt: skip
