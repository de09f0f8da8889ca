"""What servers do wrong, what asking costs, and that nothing is asked twice."""

import sqlite3
import traceback
from contextlib import closing

import numpy as np
import pytest

from weaklink.errors import WeaklinkError
from weaklink.victims import ModelGone
from weaklink.victims.remote.answers import RemoteAnswers
from weaklink.victims.remote.options import Prices
from weaklink.victims.remote.trust import check_remote

from .conftest import KEY
from .servers import CUT, TOY, Server, hub, llm, tei

TEXTS = [f"a {word} film number {i}" for i in range(15) for word in ("good", "bad")]
BUSY = (429, {"Retry-After": "7"}, {"error": "overloaded"})


def test_an_endpoint_that_fails_one_request_in_five_loses_nothing(load, waits):
    with Server(hub, every=5) as server:
        rows = load("hf:owner/toy", base_url=server.address).forward(TEXTS)
        np.testing.assert_allclose(rows, TOY.forward(TEXTS), atol=1e-9)
        assert set(server.texts.values()) == {1}
        assert len(server.texts) == len(TEXTS) + 1
        assert server.requests > len(server.texts) * 1.2


@pytest.mark.parametrize(
    ("bad", "wait"),
    [
        (BUSY, 7),
        ((503, {}, "down"), 1),
        ((502, {"Retry-After": "nonsense"}, "<html>"), 1),
        (CUT, 1),
        (b"", 1),
        ((200, {}, "[[{"), 1),
        ((200, {}, {"error": "none"}), 1),
        ((424, {}, {"error": "inference failed"}), 1),
    ],
)
@pytest.mark.parametrize("kind", ["hf", "tei"])
def test_what_fails_for_now_is_asked_again(load, waits, kind, bad, wait):
    with Server(hub if kind == "hf" else tei) as server:
        name = f"tei:{server.address}" if kind == "tei" else f"hf:owner/toy@{server.address}"
        victim = load(name)
        server.script = [bad]
        np.testing.assert_allclose(victim.forward(TEXTS[:1]), TOY.forward(TEXTS[:1]), atol=1e-9)
        assert waits == [pytest.approx(wait)]


def test_an_llm_is_asked_again_likewise(load, waits):
    with Server(llm()) as server:
        victim = load("llm:toy", base_url=f"{server.address}/v1", concurrency=1)
        server.script = [BUSY, CUT, (200, {}, "nonsense"), (500, {}, {})]
        victim.forward(TEXTS[:1])
        assert waits == [pytest.approx(7), 2, 4, 8]


def test_a_server_that_always_fails_gives_an_error_and_keeps_what_came(load):
    with Server(hub) as server:
        victim = load("hf:owner/toy", base_url=server.address, concurrency=1)
        victim.forward(TEXTS[:3])
        server.script = [(500, {}, {})] * 9
        with pytest.raises(WeaklinkError, match="9 requests failed, the last one: status 500"):
            victim.forward(TEXTS[3:4])
        before = server.requests
        victim.forward(TEXTS[:3])
        assert server.requests == before


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_a_server_that_refuses_everything_ends_the_run_at_once(load, waits, status):
    refusal = (status, {}, {"error": f"wrong key {KEY}"})
    with Server(lambda *_: refusal) as server:
        for name in (f"hf:owner/toy@{server.address}", f"llm:toy@{server.address}/v1"):
            with pytest.raises(ModelGone, match=f"refuses requests: status {status}"):
                load(name)
        assert waits == []


def test_a_server_that_is_not_there_is_found_out_soon(load, waits):
    for name in ("hf:a/b@http://127.0.0.1:9", "tei:http://127.0.0.1:9", "llm:x@http://127.0.0.1:9"):
        with pytest.raises(ModelGone, match="cannot be reached"):
            load(name)
    assert waits == [1, 2] * 3


def test_a_batch_that_is_too_much_is_asked_text_by_text(load):
    def reply(path, body):
        if body and len(body["inputs"]) > 1:
            return 413, {}, {"error": "too large"}
        return tei(path, body)

    with Server(reply) as server:
        victim = load(f"tei:{server.address}")
        np.testing.assert_allclose(victim.forward(TEXTS), TOY.forward(TEXTS), atol=1e-9)


def test_a_text_that_is_refused_says_so(load):
    def reply(path, body):
        if "bad" in str(body):
            return 422, {}, {"error": f"cannot read it, {KEY}"}
        return tei(path, body)

    with Server(reply) as server:
        victim = load(f"tei:{server.address}")
        with pytest.raises(WeaklinkError, match="status 422: .*cannot read it") as caught:
            victim.forward(TEXTS[:2])
        assert KEY not in "".join(traceback.format_exception(caught.value))
        assert victim.forward(["a good film"]).shape == (1, 2)


def test_what_is_stored_is_not_asked_again_by_another_process(load):
    with Server(tei) as server:
        name = f"tei:{server.address}"
        first = load(name).forward(TEXTS)
        before = server.texts.total()
        np.testing.assert_array_equal(load(name).forward([*TEXTS, "new"])[:-1], first)
        assert server.texts.total() == before + 1


def test_a_limit_on_requests_holds_over_runs_and_loses_nothing(load, tmp_path):
    with Server(hub) as server:

        def again(most):
            return load("hf:owner/toy", base_url=server.address, max_requests=most)

        with pytest.raises(ModelGone, match="10 requests, cost 0.0000"):
            again(10).forward(TEXTS)
        assert server.requests == 10
        with pytest.raises(ModelGone):
            again(10).forward(TEXTS)
        assert again(31).forward(TEXTS).shape == (30, 2)
        assert server.requests == 31
        assert RemoteAnswers(tmp_path / "answers.sqlite").spent().requests == 31


def test_a_limit_on_the_cost_counts_the_worst_that_a_request_can_cost(load, tmp_path):
    with Server(llm()) as server:
        options = {
            "base_url": f"{server.address}/v1",
            "prices": Prices(per_million_in=1e6, per_million_out=1e6),
            "concurrency": 1,
        }
        load("llm:toy", **options)
        spent = RemoteAnswers(tmp_path / "answers.sqlite").spent()
        assert spent == (1, 40, 2)
        with pytest.raises(ModelGone, match="cost 42.0000"):
            load("llm:toy", **options, max_cost=50).forward(TEXTS[:1])
        load("llm:toy", **options, max_cost=400).forward(TEXTS[:1])
        assert server.requests == 2
        with pytest.raises(WeaklinkError, match="needs prices"):
            load("llm:toy", base_url=options["base_url"], max_cost=1)


def test_what_does_not_say_its_tokens_is_charged_the_worst(load, tmp_path):
    def silent(path, body):
        status, headers, said = llm()(path, body)
        return status, headers, said | {"usage": None}

    with Server(silent) as server:
        load("llm:toy", base_url=f"{server.address}/v1")
        spent = RemoteAnswers(tmp_path / "answers.sqlite").spent()
        assert spent.tokens_in > 100
        assert spent.tokens_out == 16


def test_no_key_is_in_what_is_stored(load, tmp_path):
    with Server(llm()) as server:
        victim = load("llm:toy", base_url=f"{server.address}/v1")
        victim.forward(TEXTS[:2])
        with closing(sqlite3.connect(tmp_path / "answers.sqlite")) as database:
            assert KEY not in "\n".join(database.iterdump())
        assert KEY not in str(victim.details)


def test_texts_are_asked_twice_once_and_the_difference_is_told(load):
    with Server(hub) as server:
        name = f"hf:owner/toy@{server.address}"
        assert list(check_remote(load(name), TEXTS, {}, [])) == []
        assert sum(server.texts.values()) == 1 + 2 * 10
        victim = load(name)
        assert list(check_remote(victim, TEXTS, {}, [])) == []
        assert victim.details["asked twice"].startswith("10 texts, 0 got another label")
        assert sum(server.texts.values()) == 1 + 2 * 10


def test_a_model_that_answers_differently_is_warned_of(load):
    def moody(_, body):
        good = len(server.headers) > 11
        return (
            200,
            {},
            [[{"label": "a", "score": float(good)}, {"label": "b", "score": 1.0 - good}]],
        )

    with Server(moody) as server:
        victim = load(f"hf:owner/toy@{server.address}", concurrency=1)
        (warning,) = check_remote(victim, TEXTS, {}, [])
        assert warning.check == "answers-differ"
        assert "Of 10 texts that were asked twice, 10 got another label" in warning.message
        assert "10 got another label" in victim.details["asked twice"]


def test_a_label_alone_and_attacks_left_out_are_warned_of(load):
    with Server(llm(probabilities=False)) as server:
        victim = load("llm:toy", base_url=f"{server.address}/v1")
        warnings = check_remote(victim, TEXTS, {"pwws": "does this"}, ["hotflip"])
        found = {one.check: one.message for one in warnings}
        assert "pwws does this" in found["labels-only"]
        assert "hotflip needs gradients" in found["attacks-left-out"]
    assert list(check_remote(TOY, TEXTS, {"pwws": ""}, ["hotflip"])) == []


def test_a_model_that_gives_a_label_alone_for_some_texts_is_warned_of(load):
    def reply(path, body):
        return llm(probabilities="bad" not in str(body))(path, body)

    with Server(reply) as server:
        victim = load("llm:toy", base_url=f"{server.address}/v1")
        (warning,) = check_remote(victim, TEXTS, {"pwws": "does this"}, [])
        assert "a label alone for 5 of 10 samples" in warning.message
        assert victim.details["answers"].startswith("a label alone for 5 of 10 samples")
        assert list(check_remote(victim, TEXTS[::2], {"pwws": ""}, [])) == []
        assert victim.details["answers"] == "a probability for each label"
