import pytest
import typer
from typer.testing import CliRunner

from tests.documents import document
from weaklink import read_results
from weaklink.cli.commands.report import report
from weaklink.errors import WeaklinkError
from weaklink.store import open_store

from .planted import planted_campaign, planted_outcomes

EARLIER = planted_campaign().model_copy(update={"seed": 7})
CAMPAIGN = planted_campaign()
OUTCOMES = [o for o in planted_outcomes(CAMPAIGN) if o.attack != "textbugger"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "audit.db"
    with open_store(path) as opened:
        opened.add_campaign(EARLIER)
        opened.add_campaign(CAMPAIGN)
        for outcome in OUTCOMES[:200]:
            opened.put(outcome)
    return path


@pytest.fixture
def run(tmp_path, monkeypatch):
    app = typer.Typer()
    app.command()(report)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, [*map(str, arguments)])


def test_the_latest_campaign_is_reported_from_the_store_alone(run, store, tmp_path):
    result = run(store, "--markdown", "section.md", "--json", "figures.json")
    assert result.exit_code == 0, result.output
    assert result.output.split() == ["Wrote", "report.html,", "section.md,", "figures.json."]
    found = read_results(tmp_path / "figures.json")
    assert found.models == tuple(victim.name for victim in CAMPAIGN.victims)
    made = sum(sum(one.statuses.values()) for one in found.scenarios)
    assert made == len(OUTCOMES[:200])
    assert "<h1>Adversarial robustness of " in (tmp_path / "report.html").read_text()
    assert "## Adversarial robustness" in (tmp_path / "section.md").read_text()


def test_an_earlier_campaign_can_be_named(run, store, tmp_path):
    result = run(store, "--campaign", 1, "--out", "earlier.html", "--json", "figures.json")
    assert result.exit_code == 0, result.output
    scenarios = document((tmp_path / "figures.json").read_text(), "results")["scenarios"]
    assert all(one["missing"] and not sum(one["statuses"].values()) for one in scenarios)
    assert {path.name for path in tmp_path.iterdir()} == {"earlier.html", "figures.json"}


def test_a_folder_gets_the_tables_and_the_charts_too(run, store, tmp_path):
    result = run(store, "--out", "whole")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "whole").iterdir()} == {
        "report.html", "results.json", "figures", "tables",
    }  # fmt: skip
    assert (tmp_path / "whole" / "tables" / "worst_case.parquet").exists()


def test_a_campaign_that_is_not_there_is_named_with_those_that_are(run, store):
    error = run(store, "--campaign", 9).exception
    assert isinstance(error, WeaklinkError)
    assert "no campaign 9" in error.problem
    assert "1, 2" in error.remedy


def test_an_empty_store_says_how_to_fill_it(run, tmp_path):
    open_store(tmp_path / "empty.db").close()
    error = run("empty.db").exception
    assert isinstance(error, WeaklinkError)
    assert "weaklink audit" in error.remedy


def test_a_store_that_is_not_there_is_not_made(run, tmp_path):
    error = run("none.db").exception
    assert isinstance(error, WeaklinkError)
    assert list(tmp_path.iterdir()) == []
