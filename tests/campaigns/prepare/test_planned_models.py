import json

import pytest

from tests.hub.fake_hub import FakeHub, model
from weaklink.campaigns.plan.models import PlannedModels
from weaklink.campaigns.specification import Specification
from weaklink.hub.client import HubClient, Pace, Unreachable

STEP = {"data": "rotten_tomatoes", "max_length": 64}
SPEC = Specification(
    name="x", data=("sst2",), models=("one",),
    pretrained=({"name": "electra", "data": ("imdb",), "steps": 10},),
    finetuned=(
        STEP | {"name": "one", "base": "all-MiniLM-L6-v2"},
        STEP | {"name": "two", "base": "one", "max_length": 32},
        STEP | {"name": "three", "base": "electra"},
        STEP | {"name": "four", "base": "me/bert"},
    ),
)  # fmt: skip
BERT_BASE = 440_000_000


@pytest.fixture
def look_up(monkeypatch, tmp_path):
    weights = [{"rfilename": "model.safetensors", "size": BERT_BASE}]
    made = {name: tmp_path / name for name in ("electra", "one", "two", "three", "four")}
    with FakeHub([model(1, "me/bert", None, siblings=weights)]) as hub:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.address)
        client = HubClient(retries=0, pace=Pace(sleep=lambda _: None))
        yield PlannedModels(SPEC, made, client).plan


def test_a_made_model_costs_what_its_base_does_and_reads_what_it_is_trained_on(look_up):
    one, two, three, four = map(look_up, ("one", "two", "three", "four"))
    assert {plan.where for plan in (one, two, three, four)} == {"made here"}
    assert (one.cost, one.reads) == (1.0, 64)
    assert (two.cost, two.reads) == (1.0, 32)
    assert three.cost < one.cost < four.cost


def test_a_model_of_the_hub_costs_as_its_layers_do(look_up):
    bert = look_up("me/bert")
    assert (bert.where, bert.download, bert.reads) == ("the Hub", BERT_BASE, 512)
    assert bert.cost == pytest.approx(12 * 768**2 / (6 * 384**2), rel=0.05)
    assert look_up("no/where").download is None
    assert look_up("no/where").cost == bert.cost
    assert look_up("package.module:function").cost == 0


def test_a_local_model_tells_what_it_reads(look_up, tmp_path):
    folder = tmp_path / "local"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(bytes(1000))
    assert look_up(str(folder)).reads == 512
    settings = folder / "tokenizer_config.json"
    settings.write_text(json.dumps({"model_max_length": 128}))
    small = look_up(str(folder))
    assert (small.where, small.download, small.reads) == ("local folder", 0, 128)
    assert 0 < small.cost < 1e-4


def test_a_hub_that_gives_no_answer_is_asked_once(monkeypatch):
    asked = []

    def nothing(_client, repository):
        asked.append(repository)
        raise Unreachable("no route")

    monkeypatch.setattr("weaklink.campaigns.plan.models.fetch_weights_size", nothing)
    models = PlannedModels(SPEC, {}, HubClient(retries=0))
    assert [models.plan(name).download for name in ("who/one", "who/other")] == [None, None]
    assert asked == ["who/one"]
