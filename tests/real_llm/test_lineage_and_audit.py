"""Lineage and audits with a real small LLM behind a real server; it may answer any nonsense."""

import math
import signal
import subprocess
import sys
from contextlib import contextmanager

import httpx2
import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from tests.campaigns.toys import Words
from tests.engine.work import toy_models
from tests.lineage.lineage_snapshots import model, snapshot
from weaklink.campaigns import Specification
from weaklink.campaigns.prepare import data as prepared
from weaklink.campaigns.run import run
from weaklink.cli.app import app
from weaklink.lineage import EdgeTable
from weaklink.progress import Silent
from weaklink.store import Status, open_store
from weaklink.testing.attacks import SUBSTITUTES
from weaklink.victims.remote.llm import NO_LABEL
from weaklink.victims.remote.load import load_remote
from weaklink.victims.remote.options import RemoteOptions

from . import local_llm

CARDS = {
    "a/lives": "What `roberta-base` had learnt lives on in this model.",
    "a/told": "Finetuned from gpt2.",
    "a/mute": "# Nothing\n\nAt all.",
}
FILMS = ("a good film with a moving story", "a terrible bore")
PROMPT = "Review: {text}\nIs this review positive? Answer yes or no."


class Llm:
    """The server: its address, and a time in which it answers nothing."""

    def __init__(self, process):
        self._process = process
        self.url = process.stdout.readline().strip()

    @contextmanager
    def paused(self):
        self._process.send_signal(signal.SIGSTOP)
        yield
        self._process.send_signal(signal.SIGCONT)


@pytest.fixture(scope="module")
def server():
    command = [sys.executable, local_llm.__file__]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        yield Llm(process)
        process.kill()


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "any")


def build(folder, out, url):
    arguments = ["--base-url", url, "--llm", "smollm2", "--concurrency", "1"]
    arguments += ["--cache", str(folder / "answers.sqlite"), "--out", str(folder / out)]
    done = CliRunner().invoke(app, ["lineage", "build", str(folder / "snapshot"), *arguments])
    assert done.exit_code == 0, done.output
    table = EdgeTable.open(folder / out)
    return table.frame.collect(), table.manifest.llm


def test_a_real_model_is_asked_once_and_believed_only_where_the_card_bears_it_out(server, tmp_path):
    snapshot(tmp_path / "snapshot", [model(name) for name in CARDS], CARDS)

    edges, report = build(tmp_path, "first", server.url)

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

    with server.paused():
        again, report = build(tmp_path, "second", server.url)

    assert report["answers"]["cached"] == answered
    assert report["tokens_out"] == 0
    assert again.equals(edges)


def audit(folder, url, store):
    """Return the outcomes of two texts and what the record says of the model."""
    spec = Specification.of_audit(
        "llm:smollm2", base_url=url, llm_prompt=PROMPT, llm_labels=("yes", "no"),
        data=str(folder / "data.csv"), samples=2, attacks=("pwws",), concurrency=1,
        language_model=None, references=(), store=folder / store, answers=folder / "answers.sqlite",
    )  # fmt: skip
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    with open_store(spec.store) as opened:
        record = run(spec, opened, Silent(), strict=True, models=models).record
        campaigns = {one.id: one.campaign for one in opened.campaigns()}
        (victim,) = campaigns[record.campaigns[0].campaign].victims
        return sorted(opened.outcomes(), key=lambda one: one.original_text), victim


def yes_and_no(url, text):
    """Return the probabilities of tokens that begin yes and no, as the server itself gives them."""
    question = PROMPT.replace("{text}", text)
    body = {
        "model": "smollm2", "messages": [{"role": "user", "content": question}], "temperature": 0,
        "max_tokens": 1, "logprobs": True, "top_logprobs": 20,
    }  # fmt: skip
    said = httpx2.post(f"{url}/chat/completions", json=body, timeout=60).json()
    tops = said["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    tokens = [(one["token"].strip().lower(), math.exp(one["logprob"])) for one in tops]
    return {label: sum(p for token, p in tokens if token and label.startswith(token))
            for label in ("yes", "no")}  # fmt: skip


def test_a_real_model_is_audited_by_its_log_probabilities(server, tmp_path, monkeypatch):
    rows = pl.DataFrame({"text": FILMS, "label": ["yes", "no"]})
    rows.write_csv(tmp_path / "data.csv")
    monkeypatch.setattr(prepared, "Lexicon", lambda *_, **__: Words(SUBSTITUTES))

    outcomes, victim = audit(tmp_path, server.url, "audit.db")

    assert len(outcomes) == 2
    assert {one.status for one in outcomes} <= {Status.SUCCEEDED, Status.FAILED}
    assert victim.details["answers"] == "a probability for each label"
    assert victim.details["asked twice"].startswith("2 texts, ")
    for outcome in outcomes:
        assert outcome.queries > 1
        told = yes_and_no(server.url, outcome.original_text)
        assert outcome.original_label == max(told, key=told.get)
        expected = told[outcome.original_label]
        assert outcome.original_probability == pytest.approx(expected, abs=0.02)

    with server.paused():
        again, same = audit(tmp_path, server.url, "again.db")
    assert same.fingerprint == victim.fingerprint
    assert [one.key for one in again] == [one.key for one in outcomes]
    assert [one.adversarial_text for one in again] == [one.adversarial_text for one in outcomes]


def test_a_model_that_begins_with_another_word_than_a_label_names_its_label_alone(server, tmp_path):
    options = RemoteOptions(base_url=server.url, answers=tmp_path / "answers.sqlite", concurrency=1)
    victim = load_remote("llm:smollm2", options)
    rows = victim.forward(FILMS)
    assert victim.labels == ("negative", "positive", NO_LABEL)
    assert victim.labels_only
    assert np.isin(rows, (0, 1)).all()
