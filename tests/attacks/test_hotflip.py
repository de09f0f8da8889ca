import math
import string

import numpy as np
import pytest

from weaklink.attacks import Gradients, Score
from weaklink.attacks.hotflip import hotflip
from weaklink.testing import ToyLexicon, ToyVictim, drive, run_attack, toy_answers, toy_context
from weaklink.text import Words
from weaklink.victims import FirstOrder


def edited(word):
    """Return the edits of a word that the attack asks about first."""
    _, asked = run_attack(hotflip, word, ToyVictim({}))
    return asked[0].requests[0].edits[0]


def test_edits_of_a_word_are_all_and_only_those_one_letter_away():
    assert set(edited("ab")) == (
        {f"{c}b" for c in "bcdefghijklmnopqrstuvwxyz"}
        | {f"a{c}" for c in "acdefghijklmnopqrstuvwxyz"}
        | {f"{c}ab" for c in "abcdefghijklmnopqrstuvwxyz"}
        | {f"a{c}b" for c in "abcdefghijklmnopqrstuvwxyz"}
        | {f"ab{c}" for c in "abcdefghijklmnopqrstuvwxyz"}
        | {"a", "b"}
    )
    assert all(edit.isupper() for edit in edited("OK"))


def test_the_first_step_takes_the_edits_with_the_greatest_estimates():
    """For the toy victim an estimate is exact; the score is that over the norm of the step."""
    victim = ToyVictim({"ab": 3.0, "cd": 3.0})
    _, asked = run_attack(hotflip, "ab cd", victim, beam=4)

    def score(word, edit):
        flips = sum(a != b for a, b in zip(word.ljust(3), edit.ljust(3), strict=True))
        return (victim.weight(word) - victim.weight(edit)) / math.sqrt(2 * flips)

    scores = {
        str(Words.split("ab cd").replace(i, edit)): score(word, edit)
        for i, word in enumerate(("ab", "cd"))
        for edit in edited(word)
    }
    assert set(asked[1].texts) == set(sorted(scores, key=scores.get)[-4:])


def test_an_insertion_is_worth_less_the_more_characters_it_moves():
    """All edits promise the same rise: those that flip one character are 75 flips and 27 ends."""
    victim = ToyVictim({"abc": 9.0})
    single = 3 * 25 + 26 + 1
    context = toy_context("abc", victim, hotflip.parameters(beam=single))
    flat = {
        Gradients: lambda ask: [
            FirstOrder(np.zeros(1), np.ones(len(request.edits[0]))) for request in ask.requests
        ],
        Score: lambda ask: np.array([[0.1, 0.9]] * len(ask.texts)),
    }
    _, asked = drive(hotflip.run(Words.split("abc"), context), flat)
    (beam,) = (ask.texts for ask in asked if isinstance(ask, Score))
    assert len(beam) == single
    assert "abcd" in beam
    assert "ab" in beam
    assert "dabc" not in beam
    assert "bc" not in beam


def test_an_edit_may_not_make_a_word_of_the_vocabulary():
    victim = ToyVictim({"mood": 3.0})
    lexicon = ToyLexicon(vocabulary=["the", "moon", "food"])
    context = toy_context("Mood", victim, hotflip.parameters(), lexicon=lexicon)
    first = next(hotflip.run(Words.split("Mood"), context)).requests[0].edits[0]
    assert {"Moop", "Mod"} <= set(first)
    assert not {"Moon", "food"} & set(first)
    context = toy_context("Mood", victim, hotflip.parameters(vocabulary=2), lexicon=lexicon)
    first = next(hotflip.run(Words.split("Mood"), context)).requests[0].edits[0]
    assert "Moon" not in first
    assert "food" in first


def test_where_every_edit_makes_a_word_the_search_fails():
    letters = string.ascii_lowercase
    words = [*letters, *(a + b for a in letters for b in letters)]
    lexicon = ToyLexicon(vocabulary=words)
    context = toy_context("a", ToyVictim({}), hotflip.parameters(), lexicon=lexicon)
    result, asked = drive(hotflip.run(Words.split("a"), context), toy_answers(ToyVictim({})))
    assert result is None
    assert not any(isinstance(ask, Score) for ask in asked)


def test_estimates_add_up_along_the_beam():
    """A first edit of high estimate and a second of any beat two of middling estimates."""
    victim = ToyVictim({"ab": 9.0})
    context = toy_context("ab", victim, hotflip.parameters(beam=1, max_edits=1.0))

    def promise(ask):
        views = []
        for request in ask.requests:
            (edits,) = request.edits
            estimates = [1.0 if edit in ("xb", "xy") else 0.0 for edit in edits]
            views.append(FirstOrder(np.zeros(1), np.array(estimates)))
        return views

    stubborn = {Score: lambda ask: np.array([[0.1, 0.9]] * len(ask.texts))}
    answers = toy_answers(victim) | stubborn | {Gradients: promise}
    result, asked = drive(hotflip.run(Words.split("ab"), context), answers)
    assert result is None
    assert [ask.texts for ask in asked if isinstance(ask, Score)] == [("xb",), ("xy",)]


@pytest.mark.parametrize(
    ("text", "edits"),
    [("some words of no weight", 1), ("some words of no weight at", 2), ("word", 1)],
)
def test_at_most_a_tenth_of_the_letters_is_edited(text, edits):
    victim = ToyVictim({})
    stubborn = toy_answers(victim) | {Score: lambda ask: np.array([[0.9, 0.1]] * len(ask.texts))}
    context = toy_context(text, victim, hotflip.parameters(beam=2))
    _, asked = drive(hotflip.run(Words.split(text), context), stubborn)
    assert sum(isinstance(ask, Score) for ask in asked) == edits


def test_the_beam_holds_ten_texts():
    _, asked = run_attack(hotflip, "ab cd", ToyVictim({"ab": 3.0, "cd": 3.0}))
    assert len(asked[1].texts) == 10


def test_a_targeted_goal_descends_the_loss_of_the_target():
    victim = ToyVictim({"ab": 3.0})
    context = toy_context("ab", victim, hotflip.parameters(), target=0)
    result, asked = drive(hotflip.run(Words.split("ab"), context), toy_answers(victim))
    assert asked[0].requests[0].label == 0
    assert result is not None
    assert victim.forward([result])[0].argmax() == 0


def test_letters_are_those_of_the_language():
    victim = ToyVictim({"ад": 2.0})
    lexicon = ToyLexicon(language="ru")
    lexicon.alphabet = "бд"
    context = toy_context("ад", victim, hotflip.parameters(), lexicon=lexicon)
    _, asked = drive(hotflip.run(Words.split("ад"), context), toy_answers(victim))
    (edits,) = asked[0].requests[0].edits
    assert set(edits) == {
        "бд", "дд", "аб", "бад", "дад", "абд", "адд", "адб", "а", "д",
    }  # fmt: skip
