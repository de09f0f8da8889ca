"""The first-order view of a transformers model, against its true loss."""

import numpy as np
import pytest
import torch

from tests.victims.tiny import ARCHITECTURES, save_tiny
from weaklink.text import Words
from weaklink.victims import Gradient, load_victim
from weaklink.victims.local.checkpoint import ClassifierCheckpoint
from weaklink.victims.local.gradients import first_order
from weaklink.victims.local.reader import Reader

TEXT = Words.split("a good film, the plot is bad")
EDITS = ((), ("gxod", "bad", ""), ("filn",), (), ("plod",), (), ("sad", "b"))


@pytest.fixture(params=ARCHITECTURES)
def folder(request, tmp_path):
    return save_tiny(tmp_path, request.param)


@pytest.fixture
def victim(folder):
    return load_victim(folder, device="cpu", max_length=32)


def loss_at(model, ids, inner, label):
    """Return the loss as a function of the embeddings, by the model's own embedding layer."""
    hook = model.get_input_embeddings().register_forward_hook(lambda *_: inner)
    try:
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
    finally:
        hook.remove()
    return torch.nn.functional.cross_entropy(logits, torch.tensor([label]))


def test_estimates_are_directional_derivatives(folder):
    """Along each edit's direction, the difference quotient of the loss equals the estimate.

    Llama normalises in float32 whatever the model's precision, hence the step and the tolerance.
    """
    checkpoint = ClassifierCheckpoint.open(folder, allow_pickle=False, trust_remote_code=False)
    loaded = checkpoint.load(use_cache=False)
    model = loaded.model.double().eval().requires_grad_(requires_grad=False)
    reader = Reader(loaded.tokenizer, 32, model.config.pad_token_id)
    table = model.get_input_embeddings().weight
    view = first_order(model, reader, [Gradient(TEXT, 1, EDITS)])[0]
    ids = torch.tensor(reader.encode([str(TEXT)]))
    start, step, estimates = table[ids], 1e-3, []
    for places, edits in zip(reader.word_pieces(TEXT), EDITS, strict=True):
        for new in reader.pieces(edits):
            direction = torch.zeros_like(start)
            change = table[list(new)].sum(dim=0) - table[ids[0, places]].sum(dim=0)
            if places:
                direction[0, places] = change / len(places)
            ahead, behind = (loss_at(model, ids, start + s * direction, 1) for s in (step, -step))
            estimates.append(float((ahead - behind) / (2 * step)))
    np.testing.assert_allclose(view.edits, estimates, rtol=5e-3, atol=3e-4)


def test_a_word_for_itself_changes_nothing(victim):
    same = tuple((word,) for word in TEXT.words)
    view = victim.gradients([Gradient(TEXT, 0, same)])[0]
    np.testing.assert_array_equal(view.edits[1:], 0)
    assert view.words.shape == (len(TEXT),)


def test_a_request_is_answered_about_the_same_beside_others(victim):
    requests = [Gradient(TEXT, 0, EDITS), Gradient(Words.split("no"), 1, (("on",),))]
    alone = [victim.gradients([request])[0] for request in requests]
    for one, other in zip(victim.gradients(requests), alone, strict=True):
        np.testing.assert_allclose(one.words, other.words, rtol=1e-4)
        np.testing.assert_allclose(one.edits, other.edits, rtol=1e-3, atol=1e-6)


def test_words_that_are_not_read_have_no_gradient(tmp_path):
    victim = load_victim(save_tiny(tmp_path), device="cpu", max_length=5)
    view = victim.gradients([Gradient(TEXT, 0, tuple(("bad",) for _ in TEXT.words))])[0]
    assert (view.words[:3] > 0).all()
    np.testing.assert_array_equal(view.words[3:], 0)
    np.testing.assert_array_equal(view.edits[3:], 0)


def test_a_text_without_words_has_an_empty_view(victim):
    view = victim.gradients([Gradient(Words.split("..."), 0, ())])[0]
    assert view.words.shape == view.edits.shape == (0,)
