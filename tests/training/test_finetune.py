"""Fine-tuning on a small data set, from an encoder and from a classifier."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from huggingface_hub import ModelCard
from transformers import AutoModel
from typer import Typer
from typer.testing import CliRunner

from tests.victims.tiny import ARCHITECTURES, save_tiny, word_pieces
from weaklink.cli.commands.finetune import finetune as command
from weaklink.data.splits import Split
from weaklink.data.training_samples import digest_of_text, read_training_samples
from weaklink.errors import WeaklinkError
from weaklink.progress import Silent
from weaklink.training.checkpoint import Checkpoint
from weaklink.training.finetune import finetune
from weaklink.training.finetune_recipe import Recipe
from weaklink.victims import load_victim

RECIPE = Recipe(epochs=3, learning_rate=1e-2, batch_size=8, max_length=12, device="cpu")


class Steps:
    """Remembers the phases, their sizes and how far each came."""

    def __init__(self):
        self.phases = []

    def begin(self, phase, total=None):
        self.phases.append([phase, total, 0])

    def advance(self, steps=1):
        self.phases[-1][2] += steps


@pytest.fixture
def encoder(tmp_path):
    folder = tmp_path / "encoder"
    torch.manual_seed(0)
    AutoModel.from_config(ARCHITECTURES["bert"][0]).save_pretrained(folder)
    word_pieces().save_pretrained(folder)
    return str(folder)


def opinions(size=200):
    """Return texts whose label is told by one of their words."""
    random = np.random.default_rng(0)
    gold = random.integers(2, size=size).tolist()
    fillers = [" ".join(random.choice(["the", "a", "film", "plot", "is"], 4)) for _ in gold]
    texts = [
        f"{filler} {('bad', 'good')[label]}" for filler, label in zip(fillers, gold, strict=True)
    ]
    return Split("opinions", "here", "train", ("negative", "positive"), texts, gold)


def test_an_encoder_becomes_a_classifier_that_has_learnt(encoder, tmp_path):
    steps = Steps()
    result = finetune(encoder, opinions(), tmp_path / "out", recipe=RECIPE, progress=steps)
    assert (result.trained_on, result.held_out) == (180, 20)
    assert result.accuracy == 1.0
    victim = load_victim(str(result.folder), device="cpu")
    rows = victim.forward(victim.encode(["the film is a bad", "the film is a good"]))
    assert rows.argmax(axis=1).tolist() == [0, 1]
    assert victim.labels == ("negative", "positive")
    assert victim.details["max_length"] == "12"
    assert [phase for phase in steps.phases if phase[1] is not None] == [
        ["Training", 69, 69],
        ["Testing on held-out samples", 20, 20],
    ]


def test_the_same_seed_gives_the_same_model(encoder, tmp_path):
    recipe = Recipe(batch_size=8, max_length=12, device="cpu")
    made = [finetune(encoder, opinions(), tmp_path / name, recipe=recipe) for name in "ab"]
    weights = [(result.folder / "model.safetensors").read_bytes() for result in made]
    assert weights[0] == weights[1]


def test_the_card_says_how_it_was_made(encoder, tmp_path):
    result = finetune(encoder, opinions(), tmp_path / "out", recipe=RECIPE, base_name="owner/base")
    card = ModelCard.load(result.folder / "README.md")
    assert card.data.base_model == "owner/base"
    assert card.data.datasets == ["opinions"]
    assert card.data.eval_results[0].metric_value == result.accuracy
    assert "| learning rate | 0.01 |" in card.text


def test_training_samples_are_recorded_along_a_chain(encoder, tmp_path):
    data = opinions()
    short = Recipe(max_length=12, device="cpu")
    first = finetune(encoder, data, tmp_path / "first", samples=50, recipe=short)
    drawn = data.draw(50, 0).samples
    seen = read_training_samples(first.folder)
    assert seen == {digest_of_text(sample.text) for sample in drawn[:45]}
    other = Split(
        "others", "here", "train", data.labels, [f"{t} film" for t in data.texts], data.gold
    )
    second = finetune(str(first.folder), other, tmp_path / "second", samples=50, recipe=short)
    assert seen < read_training_samples(second.folder)


def test_a_classifier_goes_on_in_its_own_order_of_labels(encoder, tmp_path):
    data = opinions()
    first = finetune(encoder, data, tmp_path / "first", recipe=RECIPE)
    reversed_labels = Split(
        "r", "here", "train", ("pos", "neg"), data.texts, [1 - g for g in data.gold]
    )
    gentle = Recipe(learning_rate=0.0, max_length=12, device="cpu")
    second = finetune(str(first.folder), reversed_labels, tmp_path / "second", recipe=gentle)
    assert second.accuracy == 1.0
    config = json.loads((second.folder / "config.json").read_text())
    assert config["id2label"] == {"0": "neg", "1": "pos"}


def test_a_classifier_of_other_labels_gets_a_new_head(tmp_path):
    base = save_tiny(tmp_path / "base")
    data = opinions()
    three = [gold + (i % 2) for i, gold in enumerate(data.gold)]
    split = Split("three", "here", "train", ("a", "b", "c"), data.texts, three)
    result = finetune(base, split, tmp_path / "out", recipe=Recipe(max_length=12, device="cpu"))
    assert load_victim(str(result.folder), device="cpu").labels == ("a", "b", "c")


class Interrupted(Silent):
    """Interrupts after so many steps."""

    def __init__(self, after):
        self.left = after

    def advance(self, steps=1):
        self.left -= steps
        if self.left < 0:
            raise KeyboardInterrupt


def test_an_early_interruption_leaves_nothing_behind(encoder, tmp_path):
    before = set(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        finetune(encoder, opinions(), tmp_path / "out", recipe=RECIPE, progress=Interrupted(0))
    assert set(tmp_path.iterdir()) == before
    assert finetune(encoder, opinions(), tmp_path / "out", recipe=RECIPE).folder.is_dir()


def test_an_interrupted_fine_tuning_goes_on_and_ends_with_the_same_weights(
    encoder, tmp_path, monkeypatch
):
    data = opinions()
    whole = finetune(encoder, data, tmp_path / "whole", recipe=RECIPE)
    monkeypatch.setattr(Checkpoint, "save_if_due", Checkpoint.save)
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        finetune(encoder, data, out, recipe=RECIPE, progress=Interrupted(40))
    assert not out.exists()
    steps = Steps()
    torch.rand(9)
    finetune(encoder, data, out, recipe=RECIPE, progress=steps)
    assert next(phase for phase in steps.phases if phase[0] == "Training") == ["Training", 69, 69]
    weights = [(folder / "model.safetensors").read_bytes() for folder in (whole.folder, out)]
    assert weights[0] == weights[1]
    assert not (tmp_path / ".out.training").exists()


def test_another_recipe_does_not_go_on_from_an_interrupted_one(encoder, tmp_path, monkeypatch):
    monkeypatch.setattr(Checkpoint, "save_if_due", Checkpoint.save)
    out, other = tmp_path / "out", replace(RECIPE, seed=1)
    with pytest.raises(KeyboardInterrupt):
        finetune(encoder, opinions(), out, recipe=RECIPE, progress=Interrupted(40))
    finetune(encoder, opinions(), out, recipe=other)
    fresh = finetune(encoder, opinions(), tmp_path / "fresh", recipe=other)
    weights = [(folder / "model.safetensors").read_bytes() for folder in (out, fresh.folder)]
    assert weights[0] == weights[1]


def test_what_cannot_be_trained_is_told(encoder, tmp_path):
    with pytest.raises(WeaklinkError, match="already exists"):
        finetune(encoder, opinions(), tmp_path, recipe=RECIPE)
    with pytest.raises(WeaklinkError, match="9 samples are too few"):
        finetune(encoder, opinions(), tmp_path / "out", samples=9, recipe=RECIPE)
    alike = Split("one", "here", "train", ("bad", "good"), ["fine"] * 20, [1] * 20)
    with pytest.raises(WeaklinkError, match="All 20 samples have the same label"):
        finetune(encoder, alike, tmp_path / "out", recipe=RECIPE)
    with pytest.raises(WeaklinkError, match="cannot read 128 tokens"):
        finetune(encoder, opinions(), tmp_path / "out")
    wild = Recipe(learning_rate=1e30, max_length=12, epochs=3, device="cpu")
    with pytest.raises(WeaklinkError, match="diverged"):
        finetune(encoder, opinions(), tmp_path / "out", recipe=wild)
    assert not (tmp_path / "out").exists()


def test_the_command_makes_the_folder(encoder, tmp_path):
    rows = zip(opinions(40).texts, opinions(40).gold, strict=True)
    csv = tmp_path / "opinions.csv"
    lines = [f"{text},not read,{label}\n" for text, label in rows]
    csv.write_text("".join(["premise,hypothesis,label\n", *lines]))
    app = Typer()
    app.command()(command)
    out = str(tmp_path / "out")
    options = ["--data", str(csv), "--out", out, "--max-length", "12", "--device", "cpu"]
    options += ["--text-column", "premise"]
    done = CliRunner().invoke(app, [encoder, *options])
    assert done.exit_code == 0
    assert "has a column hypothesis, which" in " ".join(done.output.split())
    assert "on 4 held-out samples, trained on 36" in done.output
    assert load_victim(out, device="cpu").labels == ("0", "1")
