"""Adversarial training: what is learnt, what is kept out, and that it resumes."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from huggingface_hub import ModelCard

from tests.defences.conftest import put, texts_of
from tests.engine.work import toy_models
from tests.victims.tiny import WORDS, save_tiny
from weaklink.data.samples import Sample
from weaklink.data.splits import Split
from weaklink.data.training_samples import digest_of_text, read_training_samples
from weaklink.errors import WeaklinkError
from weaklink.progress import Silent
from weaklink.store import open_store
from weaklink.store.vulnerable import attacked_samples, halves
from weaklink.testing import ToyLexicon
from weaklink.training.checkpoint import Checkpoint
from weaklink.training.classifier import Student
from weaklink.training.finetune_recipe import Recipe
from weaklink.training.hardening import fresh
from weaklink.training.hardening.attacking import Attacking
from weaklink.training.hardening.defence import find_defence, installed_defences
from weaklink.training.hardening.freelb import FreeLBSettings, ascended, norms
from weaklink.training.hardening.harden import Hardening, Stored, harden
from weaklink.training.hardening.saved import read_hardening
from weaklink.victims import load_victim

DEFENCES = ("freelb", "fresh", "replaced-tokens", "stored")
RECIPE = Recipe(epochs=2, learning_rate=1e-3, batch_size=16, max_length=16, device="cpu")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("hardening")
    base = save_tiny(root / "base")
    texts, gold = texts_of(1, 70, last=("bad", "good"))
    split = Split("opinions", "here", "train", ("negative", "positive"), texts, gold)
    victim = load_victim(base, device="cpu")
    store = root / "audit.db"
    put(store, victim, "opinions", texts[:24], gold)
    with open_store(store) as opened:
        for outcome in list(opened.outcomes()):
            assert outcome.victim == base
    return SimpleNamespace(root=root, base=base, split=split, store=store, victim=victim)


@pytest.fixture(scope="module")
def planted():
    """An attack that finds a text for every second sample, and says which weights it saw."""
    seen = []

    class Planted:
        def __init__(self, student, attack, max_queries, seed, language):
            assert language == "en"
            self.student = student

        def found(self, samples, progress):
            seen.append(sum(p.sum().item() for p in self.student.model.parameters()))
            return {
                one.id: f"{one.text} very very" if number % 2 else None
                for number, one in enumerate(samples)
            }

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fresh, "Attacking", Planted)
        yield seen


@pytest.fixture(scope="module")
def made(world, planted):
    """A model of each defence, and the folder of each."""
    folders = {defence: world.root / f"made-{defence}" for defence in DEFENCES}
    cards = {
        defence: harden(world.base, named(world), out, how(world, defence))
        for defence, out in folders.items()
    }
    return SimpleNamespace(folders=folders, cards=cards, weights=[*planted])


def how(world, defence, **changes):
    settings = {"attacked": 20} if defence == "fresh" else {}
    stored = Stored(store=world.store, victim=world.base, attacks=changes.pop("attacks", None))
    return Hardening(defence=defence, settings=settings, stored=stored, recipe=RECIPE, **changes)


def named(world):
    """The gold labels of the store are the data's: 0 and 1 are negative and positive."""
    return replace(world.split, labels=("0", "1"))


@pytest.mark.parametrize("defence", DEFENCES)
def test_a_defence_makes_a_classifier_with_a_card(world, made, defence):
    out, card = made.folders[defence], made.cards[defence]
    assert read_hardening(out) == card
    assert card.attacks == (("pwws", "textfooler"))
    assert card.made == (20 if defence == "fresh" else 0)
    assert card.adversarial > 0
    assert load_victim(str(out), device="cpu").labels == ("0", "1")
    told = ModelCard.load(out / "README.md")
    assert told.data.base_model == world.base
    assert defence in told.text
    assert "weaklink harden" in told.text
    weights = [load_victim(name, device="cpu") for name in (world.base, str(out))]
    texts = ["the film is bad", "very very good"]
    rows = [one.exact(one.encode(texts)) for one in weights]
    assert not np.allclose(*rows)


def test_held_out_samples_are_in_no_training(world, made):
    """Proved by digest: the other half of the store, its adversarial texts, and the last tenth."""
    seen = read_training_samples(made.folders["fresh"])
    with open_store(world.store) as store:
        learnt, kept = halves(attacked_samples(store, world.base), 0.5, 0)
    assert kept
    for one in kept:
        assert one.digest not in seen
        assert not {digest_of_text(text) for _, text in one.found} & seen
    for one in learnt:
        assert {digest_of_text(text) for _, text in one.found} <= seen
    kept_out = {one.digest for one in kept}
    kept_out |= {digest_of_text(text) for one in kept for _, text in one.found}
    drawn = world.split.draw(None, 0, exclude=kept_out).samples
    test = {digest_of_text(one.text) for one in drawn[-(len(drawn) // 10) :]}
    learnt_texts = {one.digest for one in learnt}
    assert not (test - learnt_texts) & seen


def test_fresh_texts_are_found_against_the_weights_of_each_epoch(made):
    first, second = made.weights
    assert first != second


class Interrupted(Silent):
    def __init__(self, after):
        self.left = after

    def advance(self, steps=1):
        self.left -= steps
        if self.left < 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("defence", ["fresh", "replaced-tokens"])
def test_killed_and_resumed_it_ends_with_the_same_weights(
    world, made, planted, monkeypatch, defence
):
    whole, out = made.folders[defence], world.root / f"killed-{defence}"
    before = len(planted)
    monkeypatch.setattr(Checkpoint, "save_if_due", Checkpoint.save)
    with pytest.raises(KeyboardInterrupt):
        harden(world.base, named(world), out, how(world, defence), Interrupted(8))
    assert not out.exists()
    torch.rand(3)
    harden(world.base, named(world), out, how(world, defence))
    weights = [(folder / "model.safetensors").read_bytes() for folder in (whole, out)]
    assert weights[0] == weights[1]
    assert len(planted) - before == (2 if defence == "fresh" else 0)


def test_an_ascent_step_has_its_length_and_stays_in_its_ball():
    delta = torch.zeros(2, 3, 4, requires_grad=True)
    (delta * torch.arange(24.0).reshape(2, 3, 4)).sum().backward()
    settings = FreeLBSettings(rate=0.2, bound=0.5)
    moved = ascended(delta, settings)
    assert torch.allclose(norms(moved).flatten(), torch.tensor(0.2))
    far = (10 * moved).detach().requires_grad_()
    far.sum().backward()
    assert torch.allclose(norms(ascended(far, settings)).flatten(), torch.tensor(0.5))


def test_the_defences_are_installed_and_configured():
    assert set(DEFENCES) <= set(installed_defences())
    for name in DEFENCES:
        assert find_defence(name).summary
        assert "http" in find_defence(name).paper
    assert find_defence("freelb").configured({"ascents": 2}).ascents == 2
    with pytest.raises(WeaklinkError, match="ascent"):
        find_defence("freelb").configured({"ascent": 2})
    with pytest.raises(WeaklinkError, match="no defence named 'magic'"):
        find_defence("magic")


def test_what_cannot_be_hardened_is_told(world, tmp_path):
    bare = Hardening(defence="stored", recipe=RECIPE)
    with pytest.raises(WeaklinkError, match="learns from stored adversarial texts"):
        harden(world.base, world.split, tmp_path / "x", bare)
    with pytest.raises(WeaklinkError, match="already exists"):
        harden(world.base, world.split, tmp_path, bare)
    with pytest.raises(WeaklinkError, match="holds no hardened model"):
        read_hardening(tmp_path)
    (tmp_path / "hardening.json").write_text(json.dumps({}))
    with pytest.raises(WeaklinkError, match="is damaged"):
        read_hardening(tmp_path)


def test_the_model_that_is_trained_is_attacked_through_the_engine(world, monkeypatch):
    """Every text that is found flips the prediction of the weights as they are."""
    monkeypatch.setattr(Attacking, "models", toy_models())
    monkeypatch.setattr(Attacking, "lexicon", ToyLexicon(dict.fromkeys(WORDS, WORDS)))
    student = Student(world.base, ("negative", "positive"), RECIPE)
    texts = [f"the film is {word} and a film" for word in ("bad", "good", "a", "very", "not")]
    samples = [Sample(str(i), text, 0) for i, text in enumerate(texts)]
    with torch.no_grad():
        student.model.classifier.weight *= 100
        centre = logits_of(student, texts).mean(dim=0)
        student.model.classifier.bias -= centre - centre.mean()
    found = Attacking(student, "pwws", 500, 0).found(samples, Silent())
    assert student.model.training
    assert set(found) == {one.id for one in samples}
    pairs = [(one.text, found[one.id]) for one in samples if found[one.id] is not None]
    assert pairs
    for pair in pairs:
        before, after = logits_of(student, pair).argmax(dim=1).tolist()
        assert before != after


def test_fresh_texts_are_in_the_language_of_the_data(world, tmp_path, monkeypatch):
    """Its attack has the lexicons of the language, or says what it lacks before any training."""
    monkeypatch.setattr(fresh, "Attacking", Attacking)
    hindi = replace(
        named(world), texts=[f"यह फ़िल्म अच्छी है {i}" for i in range(len(world.split.texts))]
    )
    bare = replace(how(world, "fresh"), stored=None)
    with pytest.raises(WeaklinkError, match=r"pwws is left out: .* \(hi\), and it needs WordNet"):
        harden(world.base, hindi, tmp_path / "x", bare)
    with pytest.raises(WeaklinkError, match=r"pwws is left out: .* \(ms\)"):
        harden(world.base, named(world), tmp_path / "x", replace(bare, language="ms"))
    path = tmp_path / "hi.vec"
    path.write_text("फ़िल्म 1 0\nचलचित्र 1 0.1\n", "utf-8")
    monkeypatch.setenv("WEAKLINK_VECTORS_HI", str(path))
    student = Student(world.base, hindi.labels, RECIPE)
    lexicon = Attacking(student, "textbugger", 10, 0, "hi").lexicon
    assert [one.word for one in lexicon.counter_fitted.neighbours("फ़िल्म", 5)] == ["चलचित्र"]


@torch.inference_mode()
def logits_of(student, texts):
    student.model.eval()
    rows = [student.reader.encode([text]) for text in texts]
    return torch.cat([student.model(input_ids=torch.tensor(ids)).logits for ids in rows])
