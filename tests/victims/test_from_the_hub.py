"""A model that the real client fetches from a server that speaks the Hub's protocol."""

import json
import os
import subprocess
import sys

import pytest

from .file_hub import COMMIT, FileHub
from .tiny import save_tiny

SCRIPT = """
import json, sys
from weaklink.errors import WeaklinkError
from weaklink.victims import load_victim
try:
    victim = load_victim(sys.argv[1], device="cpu")
    print(json.dumps({"labels": victim.labels, "details": victim.details,
                      "fingerprint": victim.fingerprint}))
except WeaklinkError as error:
    print(json.dumps({"problem": error.problem}))
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    save_tiny(folder)
    with FileHub(folder) as server:
        yield server


@pytest.fixture
def load(hub, tmp_path):
    """Load a model in a process of its own, whose Hub is the server and whose cache is empty."""

    def run(name):
        settings = {
            "HF_ENDPOINT": hub.address,
            "HF_HOME": str(tmp_path / "home"),
            "HF_HUB_DISABLE_XET": "1",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, name],
            env=os.environ | settings, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        return json.loads(done.stdout.splitlines()[-1])

    return run


def test_a_model_is_fetched_and_pinned_to_its_commit(load, hub):
    loaded = load("owner/tiny")
    assert loaded["labels"] == ["negative", "positive"]
    assert loaded["details"]["revision"] == COMMIT
    assert any(path.endswith("model.safetensors") for path in hub.asked)
    hub.asked.clear()
    assert load("owner/tiny")["fingerprint"] == loaded["fingerprint"]
    assert not [path for path in hub.asked if path.startswith("GET") and "/resolve/" in path]


def test_a_bare_encoder_is_refused_before_its_weights_are_fetched(load, hub, tmp_path):
    config = hub.folder / "config.json"
    before = config.read_text()
    config.write_text(before.replace("BertForSequenceClassification", "BertModel"))
    hub.asked.clear()
    try:
        assert "bare encoder" in load("owner/tiny")["problem"]
    finally:
        config.write_text(before)
    assert not [path for path in hub.asked if path.startswith("GET") and "tensors" in path[-11:]]


def test_a_model_that_the_hub_does_not_have_is_said(load):
    problem = load("owner/other")["problem"]
    assert problem == "owner/other is neither a local folder nor a model on the Hub."
