"""A Hub that does not answer: it is said at once, and what is in the cache is used."""

from __future__ import annotations

import socket
from contextlib import closing

import httpx2
import pytest
from huggingface_hub import set_client_factory
from huggingface_hub.utils import get_session
from huggingface_hub.utils._http import default_client_factory

from weaklink.errors import WeaklinkError
from weaklink.guards.hub_client import check_hub_answers
from weaklink.hub.client import Unreachable
from weaklink.models.files import find_model
from weaklink.victims.local.source import locate


@pytest.fixture
def refused():
    """An address on loopback that no one listens to."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def at(tmp_path, monkeypatch):
    """Let the client begin anew at another address, with an empty cache, and never wait."""

    def begin(address: str) -> None:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        template = f"{address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
        set_client_factory(default_client_factory)

    def no_wait(seconds: float) -> None:
        raise AssertionError(f"waits for {seconds} seconds")

    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", no_wait)
    yield begin
    set_client_factory(default_client_factory)


def test_a_model_is_looked_for_once_and_the_reason_is_told(at, refused):
    at(refused.replace("http://", "http://ann:secret@"))
    with pytest.raises(WeaklinkError) as caught:
        locate("owner/model")
    said = caught.value.problem
    assert said.startswith("owner/model is not a local folder, and the Hub cannot be reached (")
    assert refused in said
    assert "refused" in said
    assert "secret" not in said


def test_an_encoder_is_looked_for_once(at, refused):
    at(refused)
    with pytest.raises(WeaklinkError, match=rf"cannot be fetched from the Hub \({refused}: "):
        find_model("owner/model", "encoder")


def test_a_server_that_takes_a_connection_and_says_nothing_is_no_hub(at, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_ETAG_TIMEOUT", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        at(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(WeaklinkError, match=r"no answer within 0\.2 seconds"):
            locate("owner/model")


def test_what_the_cache_holds_needs_no_hub(at, refused, tmp_path):
    at(refused)
    commit = "c0ffee" + "0" * 34
    kept = tmp_path / "hub" / "models--owner--model"
    (kept / "snapshots" / commit).mkdir(parents=True)
    (kept / "snapshots" / commit / "config.json").write_text("{}")
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text(commit)
    assert locate("owner/model").revision == commit


def test_a_hub_that_has_answered_is_asked_again(at, hub, refused):
    """The library repeats such errors by itself, as downloads take long."""
    at(hub.address)
    check_hub_answers()
    assert get_session().get(f"{hub.address}/api/models").is_success
    with pytest.raises(httpx2.ConnectError):
        get_session().get(refused)


def test_snapshots_give_up_sooner_before_the_first_answer(hub, refused, fake_time, monkeypatch):
    client = fake_time.client()
    client.get(f"{hub.address}/api/models", limit=10)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", refused)
    with pytest.raises(Unreachable, match="failed 3 times, at last with ConnectError"):
        fake_time.client().get(f"{refused}/api/models", limit=10)
    assert fake_time.slept == [1, 2]
    fake_time.slept.clear()
    client.endpoint = client.address = refused
    with pytest.raises(Unreachable, match="failed 7 times"):
        client.get(f"{refused}/api/models", limit=10)
    assert fake_time.slept == [1, 2, 4, 8, 16, 32]
