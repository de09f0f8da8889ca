"""What each kind of input is read by; whatever it raises but ``WeaklinkError`` is a failure."""

import json
import tempfile
from contextlib import suppress
from math import inf
from pathlib import Path
from types import SimpleNamespace

from weaklink.campaigns.specification.toml_file import read_specification
from weaklink.data.files import load_file
from weaklink.errors import WeaklinkError
from weaklink.generators.paraphrasers.instructions import ParaphraseAnswer, flaw
from weaklink.hub.imports import import_records
from weaklink.hub.record import card_text, row_of
from weaklink.lineage.cards.card import read_card
from weaklink.lineage.cards.extract import read_evidence
from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.llm.prompt import LineageAnswer, counting
from weaklink.llm import Budget, complete, endpoint
from weaklink.measures import Estimate
from weaklink.report.exports.benchmark import TaskResult, to_eval_results, to_tasks
from weaklink.victims.remote.llm import NO_LABEL, first_tokens, label_masses, named_label

CATALOGUE = Catalogue(["google-bert/bert-base-cased", "a/b-bert"], {}, {})
CARD = "A model that was fine-tuned from bert-base-cased."
RESULT = TaskResult("task", "train", Estimate(value=0.5, low=0.4, high=0.6, n=9), "A note.")
UNDATED = SimpleNamespace(created=None)
LABELS = ("negative", "positive")
MOST_SPENT = 1e4
"""Twice the price of more tokens than a model can read or write at once."""


def read_a_card(data):
    read_evidence(read_card(data.decode(errors="replace")), "a/b-bert", CATALOGUE)


def read_a_record(data):
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(record, dict):
        row_of(record)
        card_text(record)


def read_data(data):
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("csv", "jsonl"):
            path = Path(folder, f"x.{ending}")
            path.write_bytes(data)
            with suppress(WeaklinkError):
                load_file(str(path), text_column=None, label_column=None)


def read_a_table(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.parquet")
        path.write_bytes(data)
        with suppress(WeaklinkError):
            load_file(str(path), text_column=None, label_column=None)
        with suppress(WeaklinkError):
            import_records([path], Path(folder, "snapshot"))


def read_a_specification(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.toml")
        path.write_bytes(data)
        with suppress(WeaklinkError):
            read_specification(str(path))


def read_published(data):
    """As the files of the Hub that results are published in."""
    text = data.decode(errors="replace")
    with suppress(WeaklinkError):
        assert RESULT.id in to_tasks("us/robustness", [RESULT], text)
    with suppress(WeaklinkError):
        assert RESULT.id in to_eval_results("us/robustness", [RESULT], UNDATED, before=text)


def read_an_answer(data):
    """As the body that an LLM's endpoint sends: of a card, of a paraphrase, of a label."""
    completions = SimpleNamespace(create=lambda **_: SimpleNamespace(content=data))
    chat = SimpleNamespace(completions=SimpleNamespace(with_raw_response=completions))
    client = SimpleNamespace(timeout=None, chat=chat)
    ask, budget = [{"role": "user", "content": CARD}], Budget(1.0, 1.0, 1e9)
    found = complete(client, "m", ask, LineageAnswer, 9)
    if found.answer is not None:
        list(counting(found.answer, "a/b-bert", CARD, CATALOGUE))
    budget.settle(0.0, *(found.used or (0, 0)))
    assert 0 <= budget.spent < MOST_SPENT
    if (paraphrase := complete(client, "m", ask, ParaphraseAnswer, 9).answer) is not None:
        flaw(paraphrase.paraphrase, "A good film.")
    said = endpoint.chat(client, "m", ask, 9)
    masses = label_masses(first_tokens(said.body) or (), LABELS)
    assert all(0 <= mass < inf for mass in masses.values())
    assert named_label(said.text, LABELS) in {*LABELS, NO_LABEL}


READERS = {
    "answers": read_an_answer,
    "cards": read_a_card,
    "data": read_data,
    "published": read_published,
    "records": read_a_record,
    "specifications": read_a_specification,
    "tables": read_a_table,
}
