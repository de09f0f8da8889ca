"""Classifiers of pairs are hardened: both segments are read, as transformers reads a pair."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForSequenceClassification, pipeline
from typer.testing import CliRunner

from tests.defences.conftest import put, texts_of
from tests.engine.work import toy_models
from tests.victims.tiny import WORDS, save_tiny, typed_pieces
from weaklink.cli.app import app
from weaklink.data.samples import Sample
from weaklink.data.splits import Split
from weaklink.data.training_samples import digest_of_text, read_training_samples
from weaklink.errors import WeaklinkError
from weaklink.progress import Silent
from weaklink.testing import ToyLexicon
from weaklink.text.pairs import Beside, segments
from weaklink.training.classifier import Student
from weaklink.training.finetune_recipe import Recipe
from weaklink.training.hardening.attacking import Attacking
from weaklink.training.hardening.defence import Lesson, find_defence
from weaklink.training.hardening.harden import Hardening, Stored, harden
from weaklink.victims import load_victim

RECIPE = Recipe(epochs=1, learning_rate=1e-3, batch_size=8, max_length=24, device="cpu")
LABELS = ("negative", "positive")
PAIRS = [Beside(before=f"the {'very ' * i}film").whole(f"is {word}")
         for i, word in enumerate(("good", "bad", "a plot", "not very good"))]  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A random classifier that tells token types apart, and draws nothing in a step."""
    folder = tmp_path_factory.mktemp("base")
    quiet = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    save_tiny(folder, "bert", **quiet)
    typed_pieces().save_pretrained(folder)
    return str(folder)


@pytest.fixture
def student(base):
    return Student(base, LABELS, RECIPE)


def read(texts):
    """Return what a tokenizer makes of pairs."""
    firsts, seconds = zip(*map(segments, texts), strict=True)
    return typed_pieces()(list(firsts), list(seconds), padding=True, return_tensors="pt")


def rows_of(part):
    """Return the rows of a batch in an order that does not depend on the batch's."""
    return sorted(part.tolist())


def samples(texts=PAIRS):
    return [Sample(str(i), text, i % 2) for i, text in enumerate(texts)]


def test_a_student_is_given_pairs_as_transformers_reads_them(student):
    given, gold = student.inputs(student.items(samples()))
    expected = read(PAIRS)
    assert given.keys() == expected.keys()
    assert int(given["token_type_ids"].max()) == 1
    for name, part in given.items():
        assert part.tolist() == expected[name].tolist()
    assert gold.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("defence", ["stored", "freelb"])
def test_the_loss_of_a_defence_is_that_of_the_whole_pair(
    base, student, tmp_path, monkeypatch, defence
):
    """FreeLB without a perturbation has the plain loss."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    still = {"ascents": 1, "start": 0.0} if defence == "freelb" else {}
    one = find_defence(defence)
    lesson = Lesson(student, samples(), [], one.configured(still), tmp_path, 0, Silent())
    found = one.begin(lesson).loss(0).item()
    model = AutoModelForSequenceClassification.from_pretrained(base)
    logits = model(**read(PAIRS)).logits
    assert found == pytest.approx(cross_entropy(logits, torch.tensor([0, 1, 0, 1])).item(), 1e-5)


def test_tokens_of_both_segments_are_replaced_by_tokens_of_the_texts(student, tmp_path):
    seen = []
    defence = find_defence("replaced-tokens")
    settings = defence.configured({"replaced": 0.5})
    lesson = Lesson(student, samples(), [], settings, tmp_path, 0, Silent())
    regime = defence.begin(lesson)
    embeddings = student.model.bert.embeddings
    embeddings.register_forward_pre_hook(lambda *told: seen.append(told[2]), with_kwargs=True)
    assert torch.isfinite(regime.loss(0))
    expected = read(PAIRS)
    known = set(expected["input_ids"].flatten().tolist())
    assert len(seen) == 2
    for given in seen:
        assert rows_of(given["token_type_ids"]) == rows_of(expected["token_type_ids"])
        assert set(given["input_ids"].flatten().tolist()) <= known
    replaced, plain = (rows_of(given["input_ids"]) for given in seen)
    assert plain == rows_of(expected["input_ids"]) != replaced


def test_the_model_that_is_trained_is_attacked_on_one_segment(base, student, monkeypatch):
    monkeypatch.setattr(Attacking, "models", toy_models())
    monkeypatch.setattr(Attacking, "lexicon", ToyLexicon(dict.fromkeys(WORDS, WORDS)))
    texts = [Beside(before="the film").whole(f"is {word} and a film") for word in WORDS]
    with torch.no_grad():
        student.model.classifier.weight *= 100
        logits = student.model.eval()(**read(texts)).logits.mean(dim=0)
        student.model.classifier.bias -= logits - logits.mean()
    found = Attacking(student, "pwws", 500, 0).found(samples(texts), Silent())
    pairs = [(text, found[str(i)]) for i, text in enumerate(texts) if found[str(i)] is not None]
    assert pairs
    student.model.eval()
    for pair in pairs:
        assert [segments(text)[0] for text in pair] == ["the film"] * 2
        before, after = student.model(**read(pair)).logits.argmax(dim=1).tolist()
        assert before != after


def test_pairs_are_hardened_from_the_command_line(base, tmp_path):
    texts, gold = texts_of(1, 20, last=("bad", "good"))
    frame = pl.DataFrame({"premise": "the film", "hypothesis": texts, "label": gold})
    frame.write_csv(tmp_path / "rows.csv")
    columns = ["--text-column", "premise", "--pair-column", "hypothesis"]
    out = tmp_path / "made"
    said = CliRunner().invoke(
        app,
        ["harden", base, "--data", str(tmp_path / "rows.csv"), "--out", str(out), *columns,
         "--defence", "freelb", "--epochs", "1", "--max-length", "24", "--device", "cpu"],
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    last = said.output.splitlines()[-1]
    assert last.startswith(f"Measure it: weaklink audit {base} --hardened-model {out}")
    assert last.endswith(" ".join(columns))
    seen = read_training_samples(out)
    assert {digest_of_text(f"the film {text}") for text in texts[:2]} & seen


@pytest.mark.parametrize("defence", ["freelb", "replaced-tokens", "stored"])
def test_a_classifier_of_pairs_is_hardened(base, tmp_path, defence):
    texts, gold = texts_of(1, 40, last=("bad", "good"))
    texts = [Beside(before=f"the film {i % 3}").whole(text) for i, text in enumerate(texts)]
    split = Split("opinions", "here", "train", ("0", "1"), texts, gold)
    victim, store = load_victim(base, device="cpu"), tmp_path / "audit.db"
    put(store, victim, "opinions", texts[:12], gold)
    how = Hardening(defence=defence, stored=Stored(store=store, victim=base), recipe=RECIPE)
    card = harden(base, split, tmp_path / "made", how)
    assert card.adversarial > 0
    made = load_victim(str(tmp_path / "made"), device="cpu")
    rows = made.exact(made.encode(PAIRS))
    classify = pipeline("text-classification", str(tmp_path / "made"), dtype=torch.float32)
    for text, row in zip(PAIRS, rows, strict=True):
        told = classify(dict(zip(("text", "text_pair"), segments(text), strict=True)), top_k=None)
        scores = {one["label"]: one["score"] for one in told}
        np.testing.assert_allclose(row, [scores[label] for label in made.labels], atol=3e-4)
    alone = replace(split, texts=[segments(text)[1] for text in texts])
    with pytest.raises(WeaklinkError, match="pairs whose second segment is attacked, and opinions"):
        harden(base, alone, tmp_path / "other", how)
