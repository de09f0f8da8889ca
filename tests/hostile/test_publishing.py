"""What stands on the Hub where results are published, and what the Hub answers there."""

import json
import random
from functools import partial
from itertools import chain, repeat

import pytest
import yaml
from huggingface_hub.utils import http_backoff

from tests.hostile.test_llm_answers import http
from tests.hostile.test_records_and_servers import drip, raw_server
from tests.hub.test_publish import BENCHMARK, FOUND, TASKS
from weaklink.errors import WeaklinkError
from weaklink.hub import pull_requests
from weaklink.hub.pull_requests import Repository, open_pull_request
from weaklink.report.exports.benchmark import to_eval_results, to_tasks

from . import ROUNDS

REPOSITORY, TOKEN = Repository(BENCHMARK, "dataset"), "hf_secret"
OURS = "name: x\nevaluation_framework: weaklink\ntasks:"
FILES = [
    "[" * 3_000, "- " * 3_000, "{" * 3_000, "a: " + "9" * 6_000, "2026-99-99: 1", "- 1e999",
    "!!python/object:os.system {}", "? [a]\n: 1", "a: *b", "\0", "\ud7ff", "%YAML 9.9\n---\na: 1",
    "--- 1\n--- 2", "a: !!binary x", "!!set {a}", "- dataset: x", "- error: x", "- {<<: 1}",
    "- dataset: {id: [1], task_id: {}}\n  value: 1", "- dataset: {id: a}",
    "a: " + "1:" * 9_000 + "1", "- dataset:\n    ? {a: 1}\n    : 2", f"{OURS} x",
    f"{OURS} {{a: 1}}", f"{OURS} [1]", f"{OURS} [[a]]", f"{OURS} ",
    f"{OURS} [{{id: [1]}}]", f"{OURS} [{{id: {{}}}}]", f"{OURS} [{{1: 2}}]",
    "evaluation_framework: [weaklink]\ntasks: []",
    "evaluation_framework: " + "9" * 6_000 + "\ntasks: []",
]  # fmt: skip
GOOD = "- dataset: {id: a/b, task_id: t}\n  value: 0.4\n  more: {kept: [1, x]}\n"
PREUPLOAD = {"files": [{"path": "eval.yaml", "uploadMode": "regular", "shouldIgnore": False}]}
COMMITTED = {
    "commitUrl": "u",
    "commitOid": "a" * 40,
    "pullRequestUrl": "https://h/d/us/r/discussions/2",
}
ANSWERS = [
    b"", b"null", b"[1]", b"7", b'"x"', b"{}", b"<html>", b"[" * 90_000, b"\xff\xfe",
    b'{"files": null}', b'{"files": [{}]}', b'{"files": [7]}', b'{"files": []}',
    b'{"files": {"a": 1}}', b'{"error": [1]}',
    json.dumps({"files": [PREUPLOAD["files"][0] | {"uploadMode": "lfs"}]}).encode(),
    json.dumps({"files": [PREUPLOAD["files"][0] | {"uploadMode": 7}]}).encode(),
    json.dumps({"files": [PREUPLOAD["files"][0] | {"shouldIgnore": True}]}).encode(),
    json.dumps({"commitUrl": None, "commitOid": [], "pullRequestUrl": {}}).encode(),
    json.dumps(COMMITTED | {"pullRequestUrl": "\x1b[31m" + "x" * 9_000}).encode(),
    json.dumps(COMMITTED | {"commitOid": "9" * 9_000, "pullRequestUrl": 7}).encode(),
]  # fmt: skip


def kept_or_told(text):
    """Write results over a file of the Hub, unless it cannot be read; say how often it could."""
    read = 0
    for write in (to_tasks, lambda *a, before: to_eval_results(*a, FOUND, before=before)):
        try:
            written = write(BENCHMARK, TASKS, before=text)
        except WeaklinkError:
            continue
        assert isinstance(yaml.safe_load(written), list | dict)
        assert TASKS[0].id in written
        read += 1
    return read


@pytest.mark.parametrize("text", FILES, ids=lambda text: ascii(text[:40]))
def test_any_file_on_the_hub_is_kept_or_told(text):
    kept_or_told(text)


def test_an_entry_of_others_stays_as_it_is():
    odd = (
        "- dataset: {id: a/b, task_id: t}\n  error: x\n  value: [1, {2: 3}]\n  extra: 2001-01-01\n"
    )
    written = yaml.safe_load(to_eval_results(BENCHMARK, TASKS, FOUND, before=odd))
    assert written[:1] == yaml.safe_load(odd)
    assert len(written) == 1 + len(TASKS)


def test_files_on_the_hub_with_exchanged_bytes():
    """Fuzzing: bytes of what we wrote are exchanged or lost, by a fixed seed."""
    random_, read = random.Random(26), 0
    goods = [to_tasks(BENCHMARK, TASKS), to_eval_results(BENCHMARK, TASKS, FOUND, before=GOOD)]
    for _ in range(50 * ROUNDS):
        data = bytearray(random_.choice(goods).encode())
        for _ in range(random_.choice([1, 1, 3, 9])):
            spot = random_.randrange(len(data))
            data[spot : spot + random_.choice([0, 1, 1, 20])] = random_.choice(
                [b"", b"[", b"{", b"!", b"&a ", b"*a", b"<<: ", b"\n", b"- ", b"9" * 20, b"\xff"]
            )
        read += kept_or_told(bytes(data).decode(errors="replace"))
    assert read


def opened(address, monkeypatch):
    once = partial(http_backoff, max_retries=0)
    monkeypatch.setattr("huggingface_hub._commit_api.http_backoff", once)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
    return open_pull_request(REPOSITORY, "eval.yaml", "a: 1", "Title", "About", TOKEN)


def told_of(address, monkeypatch):
    monkeypatch.setattr(pull_requests, "DEADLINE", 1.0)
    try:
        return opened(address, monkeypatch)
    except WeaklinkError as error:
        return str(error)


@pytest.mark.parametrize("body", ANSWERS, ids=lambda body: repr(body[-40:]))
@pytest.mark.parametrize("before", [[], [json.dumps(PREUPLOAD).encode()]], ids=["first", "second"])
def test_any_answer_opens_a_pull_request_or_is_told(before, body, monkeypatch):
    bodies = chain(before, repeat(body))

    def talk(connection):
        connection.sendall(http(next(bodies)))

    with raw_server(talk) as address:
        told = told_of(address, monkeypatch)
    assert isinstance(told, str)
    assert TOKEN not in told
    assert len(told) < 1_000


@pytest.mark.parametrize(
    "status", ["400 \x1b[31m", "403 No", "404 x", "409 x", "413 x", "451 x", "999 x", "302 x"]
)
def test_a_refusal_is_told(status, monkeypatch):
    with (
        raw_server(
            lambda connection: connection.sendall(http(b"no " + TOKEN.encode(), status=status))
        ) as address,
        pytest.raises(WeaklinkError, match="opened no pull request") as told,
    ):
        opened(address, monkeypatch)
    assert TOKEN not in str(told.value)


@pytest.mark.parametrize(
    "begins",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "],
)
def test_opening_a_pull_request_has_a_deadline(begins, monkeypatch):
    monkeypatch.setattr(pull_requests, "DEADLINE", 0.2)
    with (
        raw_server(drip(begins)) as address,
        pytest.raises(WeaklinkError, match=r"it takes more than 0\.2 seconds"),
    ):
        opened(address, monkeypatch)
