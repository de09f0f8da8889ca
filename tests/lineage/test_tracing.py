"""The ancestry of a model, read by the real client from a server that speaks the Hub's protocol."""

import json

import pytest

from tests.hub.fake_hub import FakeHub, model
from weaklink.hub.client import HubClient, Pace
from weaklink.hub.single_model import fetch_row, fetch_weights_size
from weaklink.lineage.tracing import trace

BARE = {"config": {"architectures": ["BertForMaskedLM"], "model_type": "bert"}}
PROSE = b"# Mine\n\nThis model is a fine-tuned version of [ann/up](https://huggingface.co/ann/up)."


def models():
    return [
        model(5, "me/down", PROSE),
        model(4, "ann/up", b"---\nbase_model: old/bare\n---\n# Up"),
        model(3, "new/bare", b"# Bare", **BARE),
        model(6, "me/merged", b"---\nbase_model:\n- ann/up\n- me/down\n---\n# Both"),
        model(7, "me/circle", b"---\nbase_model: me/ring\n---\n"),
        model(8, "me/ring", b"---\nbase_model: me/circle\n---\n"),
        model(9, "me/orphan", b"---\nbase_model: gone/away\n---\n"),
        model(10, "me/gated", b"# Secret", gate=403, gated="auto"),
        model(11, "me/cardless", None),
        model(
            12, "me/sized", b"# Sized",
            siblings=[
                {"rfilename": "model.safetensors", "size": 400},
                {"rfilename": "pytorch_model.bin", "size": 900},
                {"rfilename": "README.md", "size": 7},
            ],
        ),
    ]  # fmt: skip


@pytest.fixture
def hub(monkeypatch):
    with FakeHub(models(), renamed={"old/bare": "new/bare"}) as server:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.address)
        yield server


@pytest.fixture
def client(hub):
    return HubClient(retries=1, pace=Pace(sleep=lambda _: None))


def test_a_chain_is_followed_to_its_root_with_the_evidence_of_each_step(client):
    down, up, bare = trace("me/down", client)
    assert [down.model, up.model, bare.model] == ["me/down", "ann/up", "new/bare"]
    assert "fine-tuned version" in down.evidence.quote
    assert up.evidence.quote == "base_model: old/bare"
    assert bare.evidence is None
    assert [down.classifies, up.classifies, bare.classifies] == [True, True, False]


def test_nothing_but_metadata_and_cards_is_asked_for(client, hub):
    trace("me/down", client)
    assert all(
        path.startswith("/api/models/") or path.endswith("/README.md") for path in hub.requests
    )


def test_a_merge_follows_its_first_upstream_and_names_the_others(client):
    merged = trace("me/merged", client)[0]
    assert (merged.evidence.upstream, merged.evidence.relation) == ("ann/up", "merge")
    assert merged.others == ("me/down",)


def test_a_circle_ends(client):
    assert [step.model for step in trace("me/circle", client)] == ["me/circle", "me/ring"]


def test_an_upstream_that_the_hub_does_not_have_is_said(client):
    orphan, away = trace("me/orphan", client)
    assert orphan.there
    assert (away.model, away.there, away.classifies) == ("gone/away", False, False)


@pytest.mark.parametrize("name", ["me/gated", "me/cardless"])
def test_a_card_that_cannot_be_read_ends_the_chain(client, name):
    (only,) = trace(name, client)
    assert only.there
    assert only.evidence is None


def test_a_local_model_begins_a_chain(client, tmp_path):
    (tmp_path / "README.md").write_text("---\nbase_model: ann/up\n---\n")
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["XForMaskedLM"]}))
    local, up, _ = trace(str(tmp_path), client)
    assert (local.model, local.architecture) == (str(tmp_path), "XForMaskedLM")
    assert up.model == "ann/up"


def test_a_revision_is_kept_for_loading(client):
    assert trace("ann/up@main", client)[0].model == "ann/up@main"


def test_the_size_of_weights_is_that_of_the_safetensors(client):
    assert fetch_weights_size(client, "me/sized") == 400
    assert fetch_weights_size(client, "me/cardless") is None
    assert fetch_row(client, "no/where") is None
