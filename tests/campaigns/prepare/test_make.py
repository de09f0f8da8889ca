from dataclasses import replace
from types import SimpleNamespace

import pytest

from weaklink.campaigns.demo import Chain, defence_study
from weaklink.campaigns.prepare import make as making
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.specification import Specification
from weaklink.defences.detectors.registry import installed
from weaklink.errors import WeaklinkError
from weaklink.progress import Silent
from weaklink.training import finetune as finetuning

FIRST = {"name": "first", "base": "all-MiniLM-L6-v2", "data": "rotten_tomatoes", "samples": 100}
SECOND = {"name": "second", "base": "first", "data": "rotten_tomatoes", "samples": 100}


@pytest.fixture
def trained(monkeypatch):
    """Note what would be trained, in the place of training it."""
    calls = []

    def finetune(base, split, out, *, samples, recipe, base_name, progress):
        if recipe.learning_rate > 1:
            raise WeaklinkError("Training diverged: the loss is not finite.", "Lower --lr.")
        calls.append((base, base_name))
        out.mkdir(parents=True)

    monkeypatch.setattr(finetuning, "finetune", finetune)
    monkeypatch.setattr(making, "load_split", lambda name, **_: SimpleNamespace(half_read=""))
    monkeypatch.setattr(type(making.MINILM), "require", lambda self, what: "packaged")
    return calls


def make(folder, *steps):
    spec = Specification(name="x", data=("sst2",), models=("first",), finetuned=steps)
    failures = Failures(strict=False)
    return making.make_models(spec, folder, failures, Silent()), failures.entries


def test_a_model_is_made_from_the_one_before_and_once(trained, tmp_path):
    found = make(tmp_path, FIRST, SECOND)
    first = str(found[0]["first"])
    assert trained == [
        ("packaged", "sentence-transformers/all-MiniLM-L6-v2"), (first, "first"),
    ]  # fmt: skip
    assert make(tmp_path, FIRST, SECOND) == found
    assert len(trained) == 2


def test_another_recipe_makes_another_model_and_all_that_comes_from_it(trained, tmp_path):
    before, _ = make(tmp_path, FIRST, SECOND)
    after, _ = make(tmp_path, FIRST | {"seed": 1}, SECOND)
    assert len({*before.values(), *after.values()}) == 4
    assert len(trained) == 4


def test_what_cannot_be_made_fails_with_its_reason_and_so_does_what_comes_from_it(
    trained, tmp_path
):
    places, failures = make(tmp_path, FIRST | {"learning_rate": 2.0}, SECOND)
    assert places == {}
    assert [failure.what for failure in failures] == ["first", "second"]
    assert failures[0].reason.startswith("Training diverged")
    assert failures[1].reason.startswith("Its base first could not be made.")


def test_guards_that_learn_alike_share_one_training(tmp_path, monkeypatch):
    """Whichever model each stands in front of; what learns otherwise is made on its own."""
    made = []

    def train_detector(victim, out, recipe, **_):
        made.append((victim, recipe.method))
        out.mkdir(parents=True)
        (out / "detector.json").write_text(f"{victim} {recipe.method} {recipe.texts}")

    monkeypatch.setattr("weaklink.defences.train.train_detector", train_detector)
    monkeypatch.setattr(making, "load_victim", lambda name, place: name)
    common = {"data": "sst2", "method": "classifier", "texts": 50}
    guards = [
        {"name": "up+g", "victim": "up"} | common,
        {"name": "down+g", "victim": "down"} | common,
        {"name": "down+g of up", "victim": "down", "learn_on": "up"} | common,
        {"name": "up+few", "victim": "up"} | common | {"texts": 40},
    ]
    spec = Specification(name="x", data=("sst2",), models=("up", "down"), guards=guards)
    places = making.make_models(spec, tmp_path, Failures(strict=True), Silent())
    assert made == [("up", "classifier"), ("down", "classifier"), ("up", "classifier")]
    assert len(set(places.values())) == 4
    texts = {name: (place / "detector.json").read_text() for name, place in places.items()}
    assert texts == {
        "up+g": "up classifier 50", "down+g": "down classifier 50",
        "down+g of up": "up classifier 50", "up+few": "up classifier 40",
    }  # fmt: skip


def test_the_demo_trains_no_detector_twice(trained, tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(making, "load_victim", lambda name, place: name)
    monkeypatch.setattr(
        "weaklink.training.hardening.harden.harden", lambda *given: given[2].mkdir(parents=True)
    )

    def train_detector(victim, out, recipe, **_):
        made.append((recipe.method, victim))
        out.mkdir(parents=True)

    monkeypatch.setattr("weaklink.defences.train.train_detector", train_detector)
    up, down = str(tmp_path / "up"), str(tmp_path / "down")
    spec = defence_study(Chain(tmp_path / "up", tmp_path / "down"), samples=2, seed=0)
    places = making.make_models(
        spec, tmp_path, Failures(strict=True), Silent(), lambda *_: tmp_path / "learning.db"
    )
    assert len(places) == len(spec.guards) + len(spec.hardened) + len(spec.finetuned) == 9
    assert made == [
        ("confidence", up), ("rde", up), ("fgws", up), ("classifier", up), ("classifier", down),
    ]  # fmt: skip


def test_another_version_of_a_method_makes_another_detector(tmp_path, monkeypatch):
    guards = [{"name": m, "victim": "m", "data": "sst2", "method": m} for m in ("rde", "magic")]
    spec = Specification(name="x", data=("sst2",), models=("m",), guards=guards)
    before = making.planned_folders(spec, tmp_path)
    newer = {"rde": replace(installed()["rde"], version=99)}
    monkeypatch.setattr(making, "installed", lambda: newer)
    after = making.planned_folders(spec, tmp_path)
    assert before["rde"] != after["rde"]
    assert before["magic"] == after["magic"]
