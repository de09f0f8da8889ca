"""A model that the real client fetches from a server that speaks the Hub's protocol."""

import pytest

from tests.served import Served
from weaklink.errors import WeaklinkError
from weaklink.victims import load_victim

from .file_hub import COMMIT, FileHub
from .tiny import save_tiny


def loaded(name):
    """Return what is known of a loaded model, or why it is not loaded."""
    try:
        victim = load_victim(name, device="cpu")
    except WeaklinkError as error:
        return {"problem": error.problem}
    return {
        "labels": victim.labels, "details": victim.details, "fingerprint": victim.fingerprint,
    }  # fmt: skip


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    save_tiny(folder)
    with FileHub(folder) as server:
        yield server


@pytest.fixture(scope="module")
def load(hub, tmp_path_factory):
    """Load models in a process of its own, whose Hub is the server and whose cache is empty."""
    settings = {
        "HF_ENDPOINT": hub.address,
        "HF_HOME": str(tmp_path_factory.mktemp("home")),
        "HF_HUB_DISABLE_XET": "1",
    }
    with Served(settings) as process:
        yield lambda name: process.call(f"{__name__}:{loaded.__name__}", name)


def test_a_model_is_fetched_and_pinned_to_its_commit(load, hub):
    loaded = load("owner/tiny")
    assert loaded["labels"] == ["negative", "positive"]
    assert loaded["details"]["revision"] == COMMIT
    assert any(path.endswith("model.safetensors") for path in hub.asked)
    hub.asked.clear()
    assert load("owner/tiny")["fingerprint"] == loaded["fingerprint"]
    assert not [path for path in hub.asked if path.startswith("GET") and "/resolve/" in path]


def test_a_bare_encoder_is_refused_before_its_weights_are_fetched(load, hub):
    config = hub.folder / "config.json"
    before = config.read_text()
    config.write_text(before.replace("BertForSequenceClassification", "BertModel"))
    hub.repository = "owner/bare"
    hub.asked.clear()
    try:
        assert "bare encoder" in load("owner/bare")["problem"]
    finally:
        config.write_text(before)
        hub.repository = "owner/tiny"
    assert not [path for path in hub.asked if path.startswith("GET") and "tensors" in path[-11:]]


def test_a_model_that_the_hub_does_not_have_is_said(load):
    problem = load("owner/other")["problem"]
    assert problem == "owner/other is neither a local folder nor a model on the Hub."
