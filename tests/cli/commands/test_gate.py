"""How a gate ends a command, and what it leaves for a build server."""

import pytest
import typer

from tests.examples import a_campaign, a_study, an_outcome, figures
from weaklink.cli.results.gate import Files, Gate, read_gate
from weaklink.errors import WeaklinkError
from weaklink.measures import Bound
from weaklink.measures.gate import judged, state_of_gate, ungated
from weaklink.measures.runs.baseline import Baseline
from weaklink.measures.runs.compare import ComparedRun
from weaklink.store.record import Stopped


def hold(gate, study, results):
    """Judge and enforce a gate, as commands do."""
    judgements = gate.judge(study, results)
    gate.enforce(study, judged(results, judgements, gate.undecided), judgements)


@pytest.mark.parametrize(
    ("states", "policy", "status"),
    [
        ([], None, 0),
        (["passed"], None, 0),
        (["passed", "undecided"], None, 4),
        (["undecided"], "pass", 0),
        (["undecided"], "fail", 3),
        (["undecided", "unknown"], None, 5),
        (["undecided", "unknown"], "fail", 3),
        (["unknown"], "pass", 5),
        (["unknown", "failed", "undecided"], "pass", 3),
    ],
)
def test_the_worst_state_is_the_status(states, policy, status):
    state = state_of_gate(states, policy)
    campaign = a_campaign()
    told = figures(campaign, []).model_copy(update={"gate_state": state})
    if status == 0:
        Gate([], policy).enforce(a_study(campaign, []), told, [])
        return
    with pytest.raises(typer.Exit) as end:
        Gate([], policy).enforce(a_study(campaign, []), told, [])
    assert end.value.exit_code == status


def test_a_campaign_that_stopped_before_a_sample_has_passed_nothing():
    stopped = Stopped(reason="time", samples=0, asked=4)
    found = figures(a_campaign(), []).model_copy(update={"stopped": stopped})
    assert judged(found, []).gate_state == "unknown"
    assert ungated(judged(found, [])) == found


def test_a_run_without_a_single_sample_has_not_passed():
    campaign = a_campaign(victims=(("only", "single"),))
    stopped = Stopped(reason="time", samples=0, asked=4)
    outcomes = [an_outcome(i, victim="only") for i in range(4)]
    baseline = Baseline(ComparedRun(figures(campaign, outcomes)), 0.1)
    for policy in (None, "pass", "fail"):
        found = figures(campaign, []).model_copy(update={"stopped": stopped})
        with pytest.raises(typer.Exit) as end:
            hold(Gate([], policy, baseline=baseline), a_study(campaign, []), found)
        assert end.value.exit_code == 5


def test_files_are_written_whether_the_gate_holds_or_not(tmp_path, monkeypatch, capsys):
    campaign = a_campaign(victims=(("only", "single"),))
    outcomes = [an_outcome(i, victim="only") for i in range(4)]
    study, found = a_study(campaign, outcomes), figures(campaign, outcomes)
    step = tmp_path / "step.md"
    step.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    files = Files(tmp_path / "junit.xml", tmp_path / "gate.sarif")
    with pytest.raises(typer.Exit) as end:
        hold(Gate([Bound("asr_all", 0.3)], files=files), study, found)
    assert end.value.exit_code == 3
    assert "gate failed: asr_all of only under pwws on reviews is 1.000" in capsys.readouterr().err
    assert "<failure" in (tmp_path / "junit.xml").read_text()
    assert '"ruleId": "fail-over/asr_all"' in (tmp_path / "gate.sarif").read_text()
    assert step.read_text().startswith("before\n## Gate: 1 failed")
    before = step.read_text()
    own = Files(summary=tmp_path / "own.md")
    hold(read_gate(["asr_all=1"], ["robust_accuracy=0"], None, own), study, found)
    assert (tmp_path / "own.md").read_text().startswith("## Gate: 2 passed")
    assert step.read_text() == before
    assert capsys.readouterr().err == ""


def test_a_baseline_is_held_to_its_margin(capsys):
    campaign = a_campaign(victims=(("only", "single"),), samples=60)
    runs = [
        [an_outcome(i, victim="only", success=i < fallen) for i in range(60)] for fallen in (10, 40)
    ]
    old, new = (ComparedRun(figures(campaign, one), a_study(campaign, one)) for one in runs)
    hold(Gate([], baseline=Baseline(new, 0.05)), old.study, old.results)
    hold(Gate([], baseline=Baseline(old, 0.9)), new.study, new.results)
    for margin, status in ((0.05, 3), (0.5, 4)):
        with pytest.raises(typer.Exit) as end:
            hold(Gate([], baseline=Baseline(old, margin)), new.study, new.results)
        assert end.value.exit_code == status
    told = capsys.readouterr().err
    assert "gate failed: asr_all above the baseline's of only under pwws on reviews is 0.5" in told
    other = a_campaign(victims=(("only", "single"),), attacks=("gan",), samples=60)
    nothing = ComparedRun(figures(other, []), a_study(other, []))
    with pytest.raises(WeaklinkError, match="nothing to compare with: pwws is in the first run"):
        hold(Gate([], baseline=Baseline(old, 0.0)), nothing.study, nothing.results)
