"""How a gate ends a command, and what it leaves for a build server."""

import pytest
import typer

from tests.examples import a_campaign, a_study, an_outcome, figures
from weaklink.cli.gate import Files, Gate, read_gate
from weaklink.measures import Bound


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
    assert Gate([], policy).status(states) == status


def test_files_are_written_whether_the_gate_holds_or_not(tmp_path, monkeypatch, capsys):
    campaign = a_campaign(victims=(("only", "single"),))
    outcomes = [an_outcome(i, victim="only") for i in range(4)]
    study, found = a_study(campaign, outcomes), figures(campaign, outcomes)
    step = tmp_path / "step.md"
    step.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    files = Files(tmp_path / "junit.xml", tmp_path / "gate.sarif")
    with pytest.raises(typer.Exit) as end:
        Gate([Bound("asr_all", 0.3)], files=files).enforce(study, found)
    assert end.value.exit_code == 3
    assert "gate failed: asr_all of only under pwws on reviews is 1.000" in capsys.readouterr().err
    assert "<failure" in (tmp_path / "junit.xml").read_text()
    assert '"ruleId": "fail-over/asr_all"' in (tmp_path / "gate.sarif").read_text()
    assert step.read_text().startswith("before\n## Gate: 1 failed")
    before = step.read_text()
    own = Files(summary=tmp_path / "own.md")
    read_gate(["asr_all=1"], ["robust_accuracy=0"], None, own).enforce(study, found)
    assert (tmp_path / "own.md").read_text().startswith("## Gate: 2 passed")
    assert step.read_text() == before
    assert capsys.readouterr().err == ""
