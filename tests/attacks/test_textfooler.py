"""The rules of TextFooler, each driven by hand."""

import numpy as np
import pytest

from weaklink.attacks import Score, Similarity, Tag
from weaklink.attacks.textfooler import textfooler
from weaklink.testing import ToyLexicon, ToyVictim, drive, toy_answers, toy_context
from weaklink.text import Words

VICTIM = ToyVictim({"good": 30.0, "fine": -30.0, "film": 0.1})
LONG = "good film " + " ".join(f"w{i}" for i in range(13))
"""As many words as the window."""


def run(text, substitutes, *, cosine=1.0, tags=(), **parameters):
    """Return the result and what was asked, with every sentence cosine and all tags given."""
    context = toy_context(
        text, VICTIM, textfooler.parameters(**parameters), lexicon=ToyLexicon(substitutes)
    )
    answers = toy_answers(VICTIM) | {
        Similarity: lambda ask: np.full(len(ask.texts), cosine),
        Tag: lambda ask: [
            tuple(dict(tags).get(word, "NOUN") for word in text.words) for text in ask.texts
        ],
    }
    return drive(textfooler.run(Words.split(text), context), answers)


def scored(asked):
    return [ask.texts for ask in asked if isinstance(ask, Score)]


def test_importance_is_asked_first_and_the_best_word_is_replaced_first():
    context = toy_context(
        "good film", VICTIM, textfooler.parameters(), lexicon=ToyLexicon({"good": ["fine"]})
    )
    steps = textfooler.run(Words.split("good film"), context)
    assert next(steps) == Score((" film", "good "))
    ask = steps.send(VICTIM.forward([" film", "good "]))
    assert ask == Score(("fine film",))
    ask = steps.send(np.array([[0.9, 0.1]]))
    assert ask == Tag((Words.split("good film"), Words.split("fine film")))
    ask = steps.send([("ADJ", "NOUN"), ("ADJ", "NOUN")])
    assert ask == Similarity("good film", ("fine film",))
    with pytest.raises(StopIteration) as end:
        steps.send(np.array([1.0]))
    assert end.value.value == "fine film"


@pytest.mark.parametrize(("word", "left_alone"), [("really", 0), ("the", 1), ("isn't", 1)])
def test_the_authors_stop_words_are_left_alone_and_no_others(word, left_alone):
    _, asked = run(f"good {word}", {})
    assert len(scored(asked)[0]) == 2 - left_alone


def test_candidates_have_a_cosine_of_a_half_or_more():
    """The toy's substitutes have cosines of 0.99, 0.98, ...: the last to be tried has 0.5."""
    substitutes = [f"s{i}" for i in range(60)]
    _, asked = run("good", {"good": substitutes}, neighbours=60, cosine=0.0)
    assert scored(asked)[1] == tuple(substitutes[:50])


@pytest.mark.parametrize(("cosine", "found"), [(0.9552, False), (0.9553, True)])
def test_the_bound_on_similarity_is_an_angle_of_0_3(cosine, found):
    assert np.isclose(1 - np.arccos(0.9553), 0.7, atol=2e-4)
    result, _ = run(LONG, {"good": ["fine"]}, cosine=cosine)
    assert (result is not None) == found


@pytest.mark.parametrize(("cosine", "found"), [(0.6215, False), (0.6216, True)])
def test_texts_shorter_than_the_window_are_nearly_free(cosine, found):
    assert np.isclose(1 - np.arccos(0.6216), 0.1, atol=2e-4)
    result, _ = run(LONG.removesuffix(" w12"), {"good": ["fine"]}, cosine=cosine)
    assert (result is not None) == found


@pytest.mark.parametrize(
    ("tag", "found"), [("NOUN", True), ("VERB", True), ("ADJ", False), ("ADV", False)]
)
def test_nouns_and_verbs_may_replace_each_other(tag, found):
    result, _ = run("good", {"good": ["fine"]}, tags={"fine": tag})
    assert (result is not None) == found
    result, _ = run("good", {"good": ["fine"]}, tags={"good": tag})
    assert (result is not None) == found


def test_windows_of_fifteen_words_are_compared():
    text = " ".join(["good", *(f"w{i}" for i in range(30))])
    _, asked = run(text, {"good": ["fine"]}, cosine=0.0)
    (ask,) = (ask for ask in asked if isinstance(ask, Similarity))
    assert len(ask.reference.split()) == 15


def test_the_strict_variant_is_what_version_1_did():
    strict = textfooler.parameters(variant="strict")
    assert strict.model_dump() == {
        "variant": "strict", "neighbours": 50, "min_word_cosine": 0.8, "window": 15,
        "min_sentence_cosine": 0.7, "min_short_sentence_cosine": 0.7,
        "noun_for_verb": False, "stop_words": "spacy",
    }  # fmt: skip
    given = textfooler.parameters(variant="strict", min_word_cosine=0.6)
    assert (given.min_word_cosine, given.min_sentence_cosine) == (0.6, 0.7)
    _, asked = run("good really", {}, variant="strict")
    assert len(scored(asked)[0]) == 1
    result, _ = run("good", {"good": ["fine"]}, tags={"fine": "VERB"}, variant="strict")
    assert result is None


def test_stop_words_are_those_of_the_language():
    context = toy_context(
        "pero good", VICTIM, textfooler.parameters(), lexicon=ToyLexicon(language="es")
    )
    _, asked = drive(textfooler.run(Words.split("pero good"), context), toy_answers(VICTIM))
    assert asked[0] == Score(("pero ",))
