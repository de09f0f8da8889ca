import json
from pathlib import Path

import polars as pl
import pytest

STUDY = """
name = "toys"
data = ["data.csv"]
samples = 4
attacks = ["textbugger"]
repetitions = 1
language_model = "none"

[[chains]]
models = ["toy:classify", "other:classify"]
"""


@pytest.fixture
def studied(cli):
    Path("other.py").write_text(Path("toy.py").read_text().replace("2.0", "0.5"))
    Path("study.toml").write_text(STUDY)
    ran = cli("study", "run", "study.toml")
    assert ran.status == 0, ran.err
    return ran


def test_a_study_is_run_and_reported_and_asks_nothing_again(studied, cli):
    assert "2 of 2 models and 1 of 1 chains measured on 1 data sets." in studied.out
    files = {path.name for path in Path("study-toys").iterdir()}
    assert {"study.db", "study.json", "report.html"} <= files
    assert "Attacking" in studied.err
    assert "Attacking" not in cli("study", "run", "study.toml").err


def test_a_plan_counts_what_is_stored(studied, cli):
    plan = cli("study", "plan", "study.toml", "--no-probe")
    assert plan.status == 0, plan.err
    assert "Outcomes: 8 of attacks, 4 of replays; 12 are already in study-toys." in plan.out
    assert "To fetch: nothing." in plan.out
    assert "Time: not estimated." in plan.out


def test_a_plan_says_how_long_it_takes_from_a_probe(cli, monkeypatch):
    monkeypatch.setattr("weaklink.campaigns.plan.planning.probed_seconds", lambda _: 1e-6)
    Path("study.toml").write_text(STUDY)
    plan = cli("study", "plan", "study.toml")
    assert plan.status == 0, plan.err
    assert "estimated by a probe" in plan.out
    assert "Time: under a minute to 1 minute" in plan.out


def test_vulnerable_samples_are_exported_and_tried_on_another_model(studied, cli):
    assert cli("study", "export", "study-toys", "--vulnerable-samples", "out").status == 0
    frame = pl.read_parquet("out/vulnerable_samples.parquet")
    assert frame.height
    assert set(frame["victim"]) <= {"toy:classify", "other:classify"}
    card = Path("out/README.md").read_text()
    assert card.startswith("---\nlanguage:\n- en\n")
    assert f"{frame.height} adversarial texts" in card
    ran = cli(
        "audit", "toy:classify", "--replay", "out/vulnerable_samples.parquet",
        "--language-model", "none", "--json", "figures.json",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    (attack,) = json.loads(Path("figures.json").read_text())["scenarios"]
    assert attack["attack"] == "replay-textbugger"
    assert attack["asr_all"]["n"] == frame["original_text"].n_unique()
    if "toy:classify" in set(frame["victim"]):
        assert attack["asr_all"]["value"] > 0


def test_presets_are_listed_and_printed(cli):
    listed = cli("study", "presets").out
    assert "qin2024" in listed
    assert "demo" in listed
    assert "ProsusAI/finbert" in cli("study", "init", "qin2024").out
    assert "[selection]" in cli("study", "init").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("study", "run", "no.toml"), "neither a preset nor a readable file"),
        (("study", "init", "none"), "no preset named 'none'"),
        (("audit", "toy:classify", "--replay", "data.csv"), "cannot be read as Parquet"),
    ],
)
def test_what_is_wrong_is_said(cli, arguments, said):
    ran = cli(*arguments)
    assert ran.status == 1
    assert said in ran.err
