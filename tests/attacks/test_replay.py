import numpy as np

from weaklink.attacks.replay import ReplayParameters, digest_of_texts, replay
from weaklink.testing import ToyVictim, drive, toy_answers, toy_context
from weaklink.text import Words

VICTIM = ToyVictim({"good": 2.0, "bad": -2.0, "fine": 1.0, "a": 0.0, "film": 0.0})
PARAMETERS = ReplayParameters(source="upstream", texts="")


def tried(original, texts):
    attack = replay({original: texts} if texts else {}, "pwws")
    context = toy_context(original, VICTIM, PARAMETERS)
    return drive(attack.run(Words.split(original), context), toy_answers(VICTIM))


def test_the_first_text_that_flips_the_victim_is_the_result():
    result, asked = tried("a good film", ("a fine film", "a bad film", "bad"))
    assert result == "a bad film"
    assert [ask.texts for ask in asked] == [("a fine film", "a bad film", "bad")]


def test_texts_that_flip_nothing_fail():
    assert tried("a good film", ("a fine film",))[0] is None


def test_a_sample_without_a_text_asks_nothing():
    assert tried("a good film", ()) == (None, [])


def test_the_digest_depends_on_the_texts_and_not_on_their_order():
    one = {"a": ("b",), "c": ("d", "e")}
    assert digest_of_texts(one) == digest_of_texts(dict(reversed(one.items())))
    others = [{}, {"a": ("b",)}, {"a": ("b", "c"), "d": ("e",)}, {"a": ("b",), "c": ("e", "d")}]
    assert len({digest_of_texts(texts) for texts in [one, *others]}) == 5
    assert np.unique([len(digest_of_texts(texts)) for texts in others]).tolist() == [32]
