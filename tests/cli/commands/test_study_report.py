"""A study's folder becomes its report and its exports, by the command line."""

import json

import pytest
from typer.testing import CliRunner

from tests.documents import document
from tests.study.planted import planted_study
from weaklink.cli.app import app
from weaklink.errors import WeaklinkError
from weaklink.store import open_store
from weaklink.store.tables import to_outcome


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder, study = tmp_path_factory.mktemp("study"), planted_study()
    with open_store(folder / "study.db") as store:
        numbers = {old: store.add_campaign(found) for old, found in study.campaigns.items()}
        for row in study.outcomes.frame().iter_rows(named=True):
            store.put(to_outcome(row))
    moved = {
        name: tuple(e.model_copy(update={"campaign": numbers[e.campaign]}) for e in entries)
        for name, entries in (
            ("campaigns", study.record.campaigns), ("replays", study.record.replays),
        )
    }  # fmt: skip
    (folder / "study.json").write_text(study.record.model_copy(update=moved).model_dump_json())
    return folder


def run(*words):
    result = CliRunner().invoke(app, ["study", *map(str, words)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_the_report_stands_in_the_folder_of_the_study(folder, tmp_path):
    said = run("report", folder, "--out", tmp_path / "out", "--min-similarity", "0.99")
    assert "report.html" in said
    found = document((tmp_path / "out" / "results.json").read_text(), "results")
    assert found["overall"]["asr_all"]["n_scenarios"] == 12
    assert found["bounds"]["min_similarity"] == 0.99
    assert found["overall"]["asr_valid"]["macro"]["value"] == 0


def test_a_study_is_reported_and_gated_as_an_audit_is(folder, tmp_path):
    page, tables = tmp_path / "page.html", tmp_path / "tables.md"
    words = ["report", str(folder), "--out", str(page), "--markdown", str(tables)]
    passed = CliRunner().invoke(app, [*words, "--fail-over", "asr_all=1"])
    assert passed.exit_code == 0, passed.output
    assert page.read_text().rstrip().endswith("</html>")
    assert tables.read_text().startswith("## Adversarial robustness")
    failed = CliRunner().invoke(app, [*words, "--fail-over", "asr_all=0.01"])
    assert failed.exit_code == 3
    assert "above the bound of 0.01" in failed.stderr
    with pytest.raises(WeaklinkError, match="a study is reported whole"):
        run("report", folder, "--campaign", 1)


def test_exports_are_written_where_they_are_asked_for(folder, tmp_path):
    run(
        "export", folder, "--about", "C1", "--model-card", tmp_path / "card.md",
        "--model-index", tmp_path / "index.yaml",
        "--cyclonedx", tmp_path / "bom.json",
    )  # fmt: skip
    assert "Adversarial robustness" in (tmp_path / "card.md").read_text()
    assert (tmp_path / "index.yaml").read_text().startswith("model-index:")
    assert "model-index" in (tmp_path / "index.yaml").read_text()
    assert json.loads((tmp_path / "bom.json").read_bytes())["specVersion"] == "1.6"


def test_what_cannot_be_written_is_said(folder, tmp_path):
    with pytest.raises(WeaklinkError, match="nothing to export"):
        run("export", folder)
    with pytest.raises(WeaklinkError, match="describe one model"):
        run("export", folder, "--cyclonedx", tmp_path / "bom.json")
    with pytest.raises(WeaklinkError, match="There is no study in"):
        run("report", tmp_path)
