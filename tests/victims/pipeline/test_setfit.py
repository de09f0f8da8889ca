"""SetFit models: a sentence encoder and a pickled logistic regression."""

import json
import pickle

import joblib
import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from transformers import AutoModel

from tests.victims.pipeline.zoo import KINDS
from weaklink.errors import WeaklinkError
from weaklink.text import Words
from weaklink.victims import Differentiable, Gradient, load_victim
from weaklink.victims.local.stable import GRID

TEXTS = ("a good film", "the plot is bad", "not a very good plot!", "good " * 60)
WORDS = Words.split("a good film, not bad")
EDITS = ((), ("gxod",), (), ("so", "film"), ())


@pytest.fixture
def body(tmp_path):
    """A tiny sentence encoder in a folder, that reads 20 tokens."""
    KINDS["BERT"].save(tmp_path / "plain")
    AutoModel.from_pretrained(tmp_path / "plain").save_pretrained(tmp_path / "plain")
    transformer = Transformer(str(tmp_path / "plain"), max_seq_length=20)
    encoder = SentenceTransformer(modules=[transformer, Pooling(16, "mean")], device="cpu")
    encoder.save(str(tmp_path / "model"))
    return encoder, tmp_path / "model"


def fitted(count, kind=LogisticRegression):
    generator = np.random.default_rng(0)
    gold = np.arange(60) % count
    if kind is MultiOutputClassifier:
        return kind(LogisticRegression()).fit(generator.normal(size=(60, 16)), np.eye(count)[gold])
    return kind().fit(generator.normal(size=(60, 16)), gold)


def load(folder, **options):
    return load_victim(str(folder), device="cpu", **{"allow_pickle": True} | options)


@pytest.mark.parametrize(("count", "normalized"), [(2, False), (3, True)])
def test_answers_are_those_of_encoder_and_head(count, normalized, body):
    encoder, folder = body
    head = fitted(count)
    joblib.dump(head, folder / "model_head.pkl")
    names = ["no", "yes", "perhaps"][:count]
    said = {"labels": names, "normalize_embeddings": normalized}
    (folder / "config_setfit.json").write_text(json.dumps(said))
    victim = load(folder)
    assert victim.labels == tuple(names)
    assert victim.details["max_length"] == "20"
    embedded = encoder.encode(list(TEXTS), normalize_embeddings=normalized)
    expected = head.predict_proba(embedded)
    encoded = victim.encode(TEXTS)
    np.testing.assert_allclose(victim.forward(encoded), expected, atol=GRID / 2)
    alone = np.concatenate([victim.forward([item]) for item in encoded])
    assert np.array_equal(victim.forward(encoded), alone)
    before = victim.fingerprint
    head.intercept_ += 1
    joblib.dump(head, folder / "model_head.pkl")
    assert load(folder).fingerprint != before


def test_it_offers_gradients(body):
    """The estimate of an edit is a difference of embeddings times the gradient, as of BERT's."""
    _, folder = body
    joblib.dump(fitted(2), folder / "model_head.pkl")
    victim = load(folder)
    assert isinstance(victim, Differentiable)
    assert victim.labels == ("LABEL_0", "LABEL_1")
    network, reader = victim.network, victim.reader
    model = network.module.model.double()
    table = model.get_input_embeddings().weight.data
    (ids,), quotients = reader.encode([str(WORDS)]), []
    mask = torch.ones(1, len(ids), dtype=torch.int64)
    for places, edits in zip(reader.word_pieces(WORDS), EDITS, strict=True):
        for new in reader.pieces(edits):
            moved, losses = torch.tensor([ids]), []
            old = moved[0, places]
            change = (table[list(new)].sum(dim=0) - table[old].sum(dim=0)) / len(places)
            moved[0, places] = torch.arange(200, 200 + len(places))
            for step in (1e-2, -1e-2):
                table[200 : 200 + len(places)] = table[old] + step * change
                logits = model(moved, mask).logits
                losses.append(-float(logits.log_softmax(dim=1)[0, 1].detach()))
            quotients.append((losses[0] - losses[1]) / 2e-2)
    model.float()
    (view,) = victim.gradients([Gradient(WORDS, 1, EDITS)])
    assert np.abs(view.edits - quotients).max() <= 1e-3 * np.abs(quotients).max()


def test_a_head_is_unpickled_by_choice_only(body):
    _, folder = body
    (folder / "model_head.pkl").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(WeaklinkError, match="whose head is pickled"):
        load(folder, allow_pickle=False)
    assert not Bomb.ran


class Bomb:
    ran = False

    def __reduce__(self):
        return setattr, (Bomb, "ran", True)


def test_heads_of_another_kind_are_told(body):
    _, folder = body
    joblib.dump(fitted(3, MultiOutputClassifier), folder / "model_head.pkl")
    with pytest.raises(WeaklinkError, match="the head MultiOutputClassifier"):
        load(folder)
    (folder / "model_head.pkl").write_bytes(b"no pickle")
    with pytest.raises(WeaklinkError, match=r"The head of .* cannot be loaded"):
        load(folder)
