"""A recall notice: order, measured and unmeasured links, CSV and VEX."""

import json

import polars as pl
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from typer.testing import CliRunner

from weaklink.cli.app import app
from weaklink.lineage import surroundings
from weaklink.lineage.build import build
from weaklink.lineage.exports.vex import to_vex
from weaklink.lineage.graph.notice import MeasuredTransfer, notice

from .lineage_snapshots import model, snapshot


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notice")
    models = [
        model("roberta-base", downloads=900),
        model("a/often", downloads=100, base_models=["roberta-base"]),
        model("a/weak", downloads=60, base_models=["roberta-base"]),
        model("a/safe", downloads=80, base_models=["roberta-base"]),
        model("a/child", downloads=10, base_models=["a/weak"]),
        model("a/unknown", base_models=["roberta-base"]),
        model("a/other", downloads=5_000),
    ]
    source = snapshot(folder / "s", models)
    return source, build(source, folder / "e")


MEASURED = {
    ("FacebookAI/roberta-base", "a/weak"): MeasuredTransfer(0.9, 0.95, 80),
    ("roberta-base", "a/safe"): MeasuredTransfer(0.0, 0.045, 80),
}


def rows(made, transfer):
    return notice(surroundings(made[1], "roberta-base"), made[0].models, transfer)


def test_descendants_come_by_downloads_times_transfer(made):
    found = rows(made, MEASURED).select("id", "exposed", "measured").rows()
    assert found == [
        ("a/weak", pytest.approx(54), True), ("a/often", pytest.approx(45), False),
        ("a/child", pytest.approx(4.5), False), ("a/safe", 0, True), ("a/unknown", None, False),
    ]  # fmt: skip


def test_without_a_measured_link_nothing_is_guessed(made):
    found = rows(made, {})
    assert found["id"].to_list() == ["a/often", "a/safe", "a/weak", "a/child", "a/unknown"]
    assert found["transfer"].null_count() == found["exposed"].null_count() == 5


def test_vex_is_valid_and_says_what_was_measured(made):
    text = to_vex("roberta-base", "0" * 40, rows(made, MEASURED), "It breaks.")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    told = json.loads(text)
    states = {v["affects"][0]["ref"]: v["analysis"]["state"] for v in told["vulnerabilities"]}
    assert states == {
        "pkg:huggingface/a/weak": "exploitable", "pkg:huggingface/a/often": "in_triage",
        "pkg:huggingface/a/child": "in_triage", "pkg:huggingface/a/safe": "not_affected",
        "pkg:huggingface/a/unknown": "in_triage",
    }  # fmt: skip
    assert {"name": "weaklink:lineage:quote", "value": "base_model: roberta-base"} in told[
        "components"
    ][0]["properties"]


def test_a_link_without_transfer_on_few_samples_is_in_triage(made):
    few = {("roberta-base", "a/safe"): MeasuredTransfer(0.0, 0.28, 10)}
    told = json.loads(to_vex("roberta-base", None, rows(made, few), "It breaks."))
    (safe,) = [v for v in told["vulnerabilities"] if v["affects"][0]["ref"].endswith("a/safe")]
    assert safe["analysis"]["state"] == "in_triage"
    assert "0% was measured on 10 samples, and is 28% at most" in safe["analysis"]["detail"]


def test_the_command_writes_both(made, tmp_path):
    source, table = made
    arguments = ["lineage", "advise", "roberta-base", "--edges", str(table.folder)]
    arguments += ["--snapshot", str(source.folder), "--csv", str(tmp_path / "list.csv")]
    run = CliRunner().invoke(app, [*arguments, "--vex", str(tmp_path / "vex.json")])
    assert "5 models descend from roberta-base; transfer was measured for 0" in run.output
    assert pl.read_csv(tmp_path / "list.csv")["id"].len() == 5
    text = (tmp_path / "vex.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
