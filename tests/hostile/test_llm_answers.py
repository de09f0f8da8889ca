"""An endpoint may answer anything: that costs one card, never the run, and never the budget."""

import json
import random
import socket

import pytest

from tests.hostile.test_records_and_servers import drip, raw_server
from tests.lineage.lineage_snapshots import model, snapshot
from weaklink.errors import WeaklinkError
from weaklink.lineage.build import build
from weaklink.lineage.llm import LlmReader
from weaklink.llm import Budget, Endpoint, endpoint

from . import ROUNDS

CARD = "# Spam\n\nWhat roberta-base had learnt lives on in ours, card {}."
GOOD = '{"upstreams": []}'


def completion(content=GOOD, usage=None):
    body = {"choices": [{"message": {"content": content}}]}
    return json.dumps(body | ({} if usage is None else {"usage": usage})).encode()


def http(body, kind="application/json", status="200 OK"):
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def say(sent, asked=None):
    def talk(connection):
        if asked is not None:
            asked.append(1)
        connection.sendall(sent)

    return talk


@pytest.fixture
def ask(tmp_path):
    """Ask an endpoint about so many cards; return what became of them."""

    def run(address, cards=1, budget=None, timeout=5.0):
        texts = {f"a/m{i}": CARD.format(i) for i in range(cards)}
        source = snapshot(tmp_path / "snapshot", [model(name) for name in texts], texts)
        reader = LlmReader(
            source,
            Endpoint("m", f"{address}/v1", "key", timeout, 0),
            tmp_path / "answers.sqlite",
            budget or Budget(),
            1,
        )
        return build(source, tmp_path / "edges", tiers=["text"], reader=reader).manifest.llm

    return run


ANSWERS = {
    "HTML": http(b"<html>busy</html>", "text/html"),
    "null": http(b"null"),
    "a list": http(b"[1, 2]"),
    "a number": http(b"7"),
    "nothing": http(b""),
    "no choices": http(b"{}"),
    "choices of null": http(b'{"choices": null}'),
    "a choice of text": http(b'{"choices": ["x"]}'),
    "no content": http(b'{"choices": [{"message": {}}]}'),
    "content of a number": http(completion(7)),
    "a lone surrogate": http(completion('{"upstreams": [{"model": "\ud800"}]}')),
    "nesting": http(b"[" * 10**5),
    "usage of text": http(completion("x", {"prompt_tokens": "many", "completion_tokens": 1})),
    "no HTTP": b"hello\r\n\r\n",
    "half an answer": http(completion())[:-9],
}


@pytest.mark.parametrize("sent", ANSWERS.values(), ids=ANSWERS.keys())
def test_an_answer_that_cannot_be_read_costs_one_card_and_is_not_kept(sent, ask, tmp_path):
    with raw_server(say(sent)) as address:
        report = ask(address)
    assert report["open_cards"] == 1
    assert not {"answered", "cached"} & set(report["answers"])
    assert report["tokens_in"] > 0, "what does not say what it cost is charged at its worst"


def test_an_endpoint_that_is_not_there_costs_nothing(ask):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    report = ask(f"http://127.0.0.1:{port}", budget=Budget(1.0, 1.0, limit=0.003))
    assert (report["answers"], report["cost"]) == ({"APIConnectionError": 1}, 0)


def test_a_body_is_bounded(ask, monkeypatch):
    monkeypatch.setattr(endpoint, "MOST_BYTES", 100_000)
    with raw_server(say(http(b" " * 200_000 + completion()))) as address:
        assert ask(address)["answers"] == {"APIConnectionError": 1}


@pytest.mark.parametrize(
    "begins",
    [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n"],
)
def test_an_answer_has_a_deadline(begins, ask):
    with raw_server(drip(begins)) as address:
        report = ask(address, timeout=0.2)
    assert set(report["answers"]) <= {"APIConnectionError", "OutOfTime", "APITimeoutError"}


def test_a_hundred_failures_in_a_row_end_the_run(ask, monkeypatch):
    monkeypatch.setattr("weaklink.lineage.llm.reader.PATIENCE", 5)
    asked = []
    with (
        raw_server(say(http(b"null"), asked)) as address,
        pytest.raises(WeaklinkError, match="5 cards in a row"),
    ):
        ask(address, cards=40)
    assert len(asked) < 20


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": -(10**9), "completion_tokens": 1},
        {"prompt_tokens": None, "completion_tokens": None},
        {"prompt_tokens": 1, "completion_tokens": 1},
        {"prompt_tokens": "5", "completion_tokens": []},
        {"prompt_tokens": 1e400, "completion_tokens": 1.5},
    ],
    ids=repr,
)
def test_the_limit_on_the_cost_is_kept_whatever_usage_is_reported(usage, ask):
    asked = []
    with raw_server(say(http(completion(usage=usage)), asked)) as address:
        report = ask(address, cards=12, budget=Budget(1.0, 1.0, limit=0.003))
    assert len(asked) in {1, 2}
    assert report["answers"]["over_budget"] == 12 - len(asked)
    assert report["cost"] <= 0.003


@pytest.mark.parametrize(
    ("price", "limit"),
    [
        ((float("nan"), 0), 1),
        ((-1, 0), 1),
        ((0, float("inf")), 1),
        ((1, 1), float("nan")),
        ((1, 1), -1),
    ],
)
def test_prices_and_limits_that_are_none_are_refused(price, limit):
    with pytest.raises(WeaklinkError, match="no price"):
        Budget(*price, limit=limit)


def test_one_endpoints_answers_are_not_taken_for_anothers(ask, tmp_path):
    good = http(completion(usage={"prompt_tokens": 900, "completion_tokens": 9}))
    with raw_server(say(good)) as one, raw_server(say(good)) as other:
        assert ask(one)["answers"] == {"answered": 1}
        for folder in ("snapshot", "edges"):
            (tmp_path / folder).rename(tmp_path / f"old {folder}")
        assert ask(other)["answers"] == {"answered": 1}


@pytest.mark.parametrize("address", ["", "endpoint", "http://[::1", "file:///etc/passwd"])
def test_an_endpoint_that_is_no_address_is_told(address):
    with pytest.raises(WeaklinkError, match="is not an address"):
        Endpoint("m", address, "key").client()


def test_answers_with_exchanged_bytes(ask, monkeypatch):
    """Fuzzing: bytes of a good answer are exchanged, by a fixed seed."""
    random_ = random.Random(4)
    good = completion(usage={"prompt_tokens": 900, "completion_tokens": 9})

    def talk(connection):
        data = bytearray(good)
        for _ in range(random_.randint(1, 5)):
            data[random_.randrange(len(data))] = random_.randrange(256)
        connection.sendall(http(bytes(data)))

    monkeypatch.setattr("weaklink.lineage.llm.reader.PATIENCE", 60 * ROUNDS)
    with raw_server(talk) as address:
        report = ask(address, cards=60 * ROUNDS)
    assert sum(report["answers"].values()) == 60 * ROUNDS
