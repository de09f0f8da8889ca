"""The first-order view of a transformers model; ``pipeline`` holds it against the true loss."""

import numpy as np
import pytest

from tests.victims.tiny import save_tiny
from weaklink.text import Words
from weaklink.victims import Gradient, load_victim

TEXT = Words.split("a good film, the plot is bad")
EDITS = ((), ("gxod", "bad", ""), ("filn",), (), ("plod",), (), ("sad", "b"))


@pytest.fixture(params=["bert", "llama"])
def victim(request, tmp_path):
    return load_victim(save_tiny(tmp_path, request.param), device="cpu", max_length=32)


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
