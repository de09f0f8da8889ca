"""What weights say of the links of a campaign."""

from itertools import pairwise

import pytest
from safetensors.numpy import save

from tests.hub.fake_hub import FakeHub, model
from tests.lineage.weights.synthetic_weights import start, tuned
from weaklink.campaigns import Specification, find_upstream
from weaklink.campaigns.prepare.link_weights import LinkWeigher
from weaklink.hub.client import HubClient, Pace
from weaklink.store.record import ChainEntry, Link


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Return folders with weights: a base, what was tuned from it, and from another start."""
    place = tmp_path_factory.mktemp("weights")
    made = {"base": start(1), "tuned": tuned(start(1), 1), "other": tuned(start(2), 2)}
    for name, tensors in made.items():
        (place / name).mkdir()
        (place / name / "model.safetensors").write_bytes(save(tensors))
    (place / "empty").mkdir()
    (place / "broken").mkdir()
    (place / "broken" / "model.safetensors").write_bytes(b"\xff" * 40)
    return {path.name: path for path in place.iterdir()}


def weighed(folders, *models, measured=None):
    links = [
        Link(upstream=up, downstream=down, relation="finetune", method="prose")
        for up, down in pairwise(models)
    ]
    chain = ChainEntry(name="C1", models=models, measured=measured or models, links=links)
    (found,) = LinkWeigher(folders, remote=False).chains([chain])
    return found


def test_links_between_folders_are_confirmed_or_refuted(folders):
    found = weighed(folders, "base", "tuned", "other")
    assert [link.weights.said for link in found.links] == ["confirmed", "refuted"]
    (warning,) = found.warnings
    assert warning.check == "chain-weights"
    assert warning.message.startswith("other is said to come from tuned, and its weights say")


def test_a_refuted_link_that_is_not_measured_is_no_warning(folders):
    found = weighed(folders, "other", "base", "tuned", measured=("base", "tuned"))
    assert [link.weights.said for link in found.links] == ["refuted", "confirmed"]
    assert found.warnings == ()


@pytest.mark.parametrize("unread", ["owner/on-the-hub", "empty", "broken", "toy:classify"])
def test_what_cannot_be_read_cheaply_is_not_compared(folders, unread):
    assert weighed(folders, unread, "tuned").links[0].weights is None


@pytest.mark.parametrize("remote", [True, False])
def test_weights_on_the_hub_are_read_when_it_is_asked_for(folders, monkeypatch, remote):
    models = [
        model(1, "me/down", b"---\nbase_model: me/up\n---\n", folder=folders["tuned"]),
        model(2, "me/up", b"# Up", folder=folders["base"]),
    ]
    spec = Specification.of_audit("me/down", "auto", verify_weights=remote)
    with FakeHub(models) as hub:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.address)
        found = find_upstream(spec, HubClient(retries=1, pace=Pace(sleep=lambda _: None)))
        read = [path for path in hub.requests if path.endswith(".safetensors")]
    assert bool(read) == remote
    assert (found.weights and found.weights.said) == ("confirmed" if remote else None)
