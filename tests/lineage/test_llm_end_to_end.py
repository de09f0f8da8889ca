"""The whole path with a real small LLM behind a real server; its answers may be any nonsense."""

import subprocess
import sys

import polars as pl
import pytest
from typer.testing import CliRunner

from weaklink.cli.app import app
from weaklink.lineage import EdgeTable

from . import local_llm
from .lineage_snapshots import model, snapshot

CARDS = {
    "a/lives": "What `roberta-base` had learnt lives on in this model.",
    "a/told": "Finetuned from gpt2.",
    "a/mute": "# Nothing\n\nAt all.",
}


@pytest.fixture
def server():
    command = [sys.executable, local_llm.__file__]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        yield process
        process.kill()


def build(folder, out, url):
    arguments = ["--base-url", url, "--llm", "smollm2", "--concurrency", "1"]
    arguments += ["--cache", str(folder / "answers.sqlite"), "--out", str(folder / out)]
    done = CliRunner().invoke(app, ["lineage", "build", str(folder / "snapshot"), *arguments])
    assert done.exit_code == 0, done.output
    table = EdgeTable.open(folder / out)
    return table.frame.collect(), table.manifest.llm


def test_a_real_model_is_asked_once_and_believed_only_where_the_card_bears_it_out(
    server, tmp_path, monkeypatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    snapshot(tmp_path / "snapshot", [model(name) for name in CARDS], CARDS)
    url = server.stdout.readline().strip()

    edges, report = build(tmp_path, "first", url)

    assert report["open_cards"] == 1
    answered = report["answers"]["answered"]
    assert answered + report["answers"].get("malformed", 0) == 1
    assert report["tokens_in"] > 100
    assert report["tokens_out"] > 0
    read = edges.filter(pl.col("evidence_kind") == "llm")
    for edge in read.iter_rows(named=True):
        assert " ".join(edge["quote"].split()) in " ".join(CARDS[edge["downstream"]].split())
        assert edge["upstream"] == "FacebookAI/roberta-base"
    assert "a/told" in edges["downstream"]

    server.kill()
    server.wait()
    again, report = build(tmp_path, "second", url)

    assert report["answers"]["cached"] == answered
    assert report["tokens_out"] == 0
    assert again.equals(edges)
