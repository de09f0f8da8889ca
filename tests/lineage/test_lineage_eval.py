"""Evaluation against labels, and the commands."""

import json

import polars as pl
import pytest
from statsmodels.stats.proportion import proportion_confint
from typer.testing import CliRunner

from weaklink.cli.app import app
from weaklink.errors import WeaklinkError
from weaklink.lineage.evaluate import Label, Proportion, evaluate, read_labels, rule_edges

from .lineage_snapshots import model, snapshot


@pytest.fixture
def source(tmp_path):
    names = ["a/right", "a/wrong", "a/none", "a/silent", "a/declared", "roberta-base"]
    models = [model(n) for n in names if n != "a/declared"]
    models.append(model("a/declared", base_models=["gpt2"]))
    cards = {
        "a/right": "Finetuned from roberta-base.",
        "a/wrong": "Finetuned from gpt2.",
        "a/none": "A model.",
        "a/silent": "A model.",
        "a/declared": "Finetuned from roberta-base.",
    }
    return snapshot(tmp_path / "snapshot", models, cards)


LABELS = [
    Label("a/right", ("FacebookAI/roberta-base",), "sure", "explicit_name"),
    Label("a/wrong", ("roberta-base",), "sure", "explicit_name"),
    Label("a/none", (), "sure", "none"),
    Label("a/silent", ("roberta-base",), "sure", "name_only"),
    Label("a/declared", ("openai-community/gpt2",), "sure", "base_model"),
    Label("a/absent", ("roberta-base",), "sure", "none"),
]


def test_scores(source):
    scores = evaluate(LABELS, source, rule_edges(source, [label.model for label in LABELS]))
    assert scores.precision == Proportion(2, 3)
    assert scores.recall == Proportion(2, 4)
    assert scores.accuracy == Proportion(3, 5)
    assert scores.abstention == Proportion(2, 5)
    assert scores.by_evidence == {"base_model": Proportion(1, 1), "prose": Proportion(1, 2)}
    assert scores.by_label["explicit_name"] == Proportion(1, 2)
    assert [miss.label.model for miss in scores.misses] == ["a/wrong", "a/silent"]
    assert scores.unknown == ["a/absent"]


def test_intervals_are_wilson():
    assert Proportion(9, 10).interval == pytest.approx(proportion_confint(9, 10, method="wilson"))
    assert Proportion(9, 10).interval == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert Proportion(0, 0).interval == (0.0, 1.0)


def test_labels_are_read_and_filtered(tmp_path):
    file = tmp_path / "labels.jsonl"
    rows = [{"model_id": "a/b", "upstream": [], "certainty": c} for c in ("sure", "likely")]
    file.write_text("\n".join(map(json.dumps, rows)))
    assert len(read_labels(file)) == 1
    assert len(read_labels(file, None)) == 2
    with pytest.raises(WeaklinkError, match="no uncertain label"):
        read_labels(file, "uncertain")
    file.write_text("{}")
    with pytest.raises(WeaklinkError, match="cannot be read as labels"):
        read_labels(file)


def run(*arguments):
    result = CliRunner().invoke(app, ["lineage", *map(str, arguments)], env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_commands(source, tmp_path):
    edges, labels = tmp_path / "edges", tmp_path / "labels.jsonl"
    labels.write_text('{"model_id": "a/right", "upstream": ["roberta-base"]}')
    assert "4 edges (1 declared, 3 text)" in run("build", source.folder, "--out", edges)
    assert "roberta-base  finetune" in run("show", "a/right", "--edges", edges)
    for form, start in [
        ("--mermaid", "flowchart"), ("--graphml", "<?xml"), ("--cypher", "MERGE"),
        ("--cyclonedx", "{"),
    ]:  # fmt: skip
        assert run("show", "a/right", "--edges", edges, form).startswith(start)
    out = tmp_path / "edges.parquet"
    run("show", "a/right", "--edges", edges, "--parquet", out)
    assert pl.read_parquet(out)["downstream"].to_list() == ["a/right"]
    exposed = run("exposure", "roberta-base", "--edges", edges, "--snapshot", source.folder)
    assert "1 models descend from roberta-base" in exposed
    assert "100.0%" in run("eval", labels, source.folder, "--edges", edges)
    assert "100.0%" in run("eval", labels, source.folder)


def test_commands_say_what_is_wrong(source, tmp_path):
    with pytest.raises(WeaklinkError, match="not a tier"):
        run("build", source.folder, "--out", tmp_path / "e", "--tier", "rumour")
    with pytest.raises(WeaklinkError, match="needs prices"):
        run("build", source.folder, "--out", tmp_path / "e", "--llm", "m", "--max-cost", "1")
    run("build", source.folder, "--out", tmp_path / "e", "--tier", "declared")
    with pytest.raises(WeaklinkError, match="Only one format"):
        run("show", "gpt2", "--edges", tmp_path / "e", "--mermaid", "--cypher")
