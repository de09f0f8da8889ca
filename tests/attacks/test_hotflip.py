import math

import numpy as np

from weaklink.attacks import Gradients, Score
from weaklink.attacks.hotflip import hotflip
from weaklink.testing import ToyVictim, drive, run_attack, toy_answers, toy_context
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
    """For the toy victim the estimate is exact, so the beam must hold the best single edits."""
    victim = ToyVictim({"ab": 3.0, "cd": 3.0})
    _, asked = run_attack(hotflip, "ab cd", victim, beam=4)
    ranked = sorted(
        (Words.split("ab cd").replace(i, edit) for i, w in enumerate(("ab", "cd"))
         for edit in edited(w)),
        key=lambda words: victim.forward([str(words)])[0, 1],
    )  # fmt: skip
    assert set(asked[1].texts) == {str(words) for words in ranked[:4]}


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


def test_edits_are_bounded_by_a_share_of_the_letters():
    victim = ToyVictim({})
    text = "some words of no weight"
    stubborn = toy_answers(victim) | {Score: lambda ask: np.array([[0.9, 0.1]] * len(ask.texts))}
    context = toy_context(text, victim, hotflip.parameters(beam=2, max_edits=0.1))
    _, asked = drive(hotflip.run(Words.split(text), context), stubborn)
    letters = sum(map(len, text.split()))
    assert sum(isinstance(ask, Score) for ask in asked) == math.ceil(letters * 0.1)


def test_a_targeted_goal_descends_the_loss_of_the_target():
    victim = ToyVictim({"ab": 3.0})
    context = toy_context("ab", victim, hotflip.parameters(), target=0)
    result, asked = drive(hotflip.run(Words.split("ab"), context), toy_answers(victim))
    assert asked[0].requests[0].label == 0
    assert result is not None
    assert victim.forward([result])[0].argmax() == 0
