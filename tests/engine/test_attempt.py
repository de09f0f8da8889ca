import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.attacks import Context, Gradients, Parameters, Score, Steps, attack
from weaklink.engine.attempt import Verify, VerifySimilarity, attempt_random
from weaklink.store import Status
from weaklink.testing import ToyVictim, drive, toy_answers
from weaklink.text import Words
from weaklink.text.pairs import Beside
from weaklink.victims import Gradient

from .work import blank, job

TEXT = "good film"


def finish(attack, *, text=TEXT, victim=None, verify=None, **kwargs):
    victim = victim or ToyVictim({"good": 1.0, "film": 0.5, "bad": -3.0})
    answers = toy_answers(victim) | {
        Verify: verify or (lambda ask: victim.forward([ask.text])[0]),
        VerifySimilarity: lambda _: 0.9,
    }
    steps = job(attack, victim, **kwargs).attempt(blank(text, "made"), 1)
    return drive(steps, answers)


def made(run):
    return attack(name="made", paper="None", parameters=Parameters)(run)


@made
def honest(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Replace the first word."""
    text = str(words.replace(0, "bad"))
    yield Score((text,))
    return text


@made
def liar(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Claim that a text wins, without asking."""
    return f"{words} {words}"
    yield


def test_a_success_is_recorded_with_all_that_the_measures_need():
    outcome, _ = finish(honest)
    assert outcome.status is Status.SUCCEEDED
    assert outcome.adversarial_text == "bad film"
    assert (outcome.original_label, outcome.adversarial_label) == ("positive", "negative")
    assert outcome.original_probability > 0.5 > outcome.adversarial_probability
    assert (outcome.queries, outcome.words, outcome.words_changed) == (2, 2, 1)
    assert 0 < outcome.similarity < 1
    assert not outcome.cut
    assert outcome.correct


def test_a_claim_that_the_victim_does_not_confirm_is_no_success():
    outcome, _ = finish(liar)
    assert outcome.status is Status.FAILED
    assert outcome.adversarial_text is None


def test_a_success_that_rests_on_the_last_bits_is_no_success():
    """The text flipped inside a batch; on its own it does not."""

    def verify(ask):
        return np.array([0.1, 0.9] if ask.text == TEXT else [0.5 - 1e-9, 0.5 + 1e-9])

    outcome, _ = finish(honest, verify=verify)
    assert outcome.status is Status.FAILED


@given(st.floats(0, 1), st.floats(0, 1), st.lists(st.floats(0, 1), max_size=4))
def test_no_false_success(before, after, batched):
    """Whatever a batch said and the attack claims, both labels are those of the text alone."""

    @made
    def claims(words: Words, context: Context[Parameters]) -> Steps[str | None]:
        """Ask a few times and claim a text."""
        for i in range(len(batched)):
            yield Score((f"{words} {i}",))
        return f"{words} won"

    alone, scores = iter([before, after]), iter(batched)
    answers = toy_answers(ToyVictim()) | {
        Score: lambda _: np.array([[1 - (p := next(scores)), p]]),
        Verify: lambda _: np.array([1 - (p := next(alone)), p]),
        VerifySimilarity: lambda _: 0.9,
    }
    outcome, _ = drive(job(claims).attempt(blank(TEXT, "made"), 1), answers)
    flipped = np.argmax([1 - before, before]) != np.argmax([1 - after, after])
    assert (outcome.status is Status.SUCCEEDED) == flipped


def test_verification_is_asked_of_the_text_alone_and_not_charged():
    outcome, asked = finish(honest)
    assert [type(ask) for ask in asked] == [Verify, Score, Verify, VerifySimilarity]
    assert outcome.queries == 2


def test_a_targeted_goal_that_already_holds_is_skipped():
    outcome, asked = finish(honest, target=1)
    assert (outcome.status, outcome.queries, len(asked)) == (Status.SKIPPED, 1, 1)


def test_a_budget_that_runs_out_is_told_from_a_failure():
    assert finish("pwws", max_queries=2)[0].status is Status.EXHAUSTED
    assert finish("pwws", max_queries=None)[0].status is Status.FAILED


@pytest.mark.parametrize("budget", range(1, 12))
def test_no_more_queries_than_the_budget(budget):
    victim = ToyVictim({"good": 9.0})
    outcome, asked = finish("textbugger", text="good old film", victim=victim, max_queries=budget)
    assert outcome.queries <= budget
    assert outcome.queries == 1 + sum(len(ask) for ask in asked if isinstance(ask, Score))


def test_what_the_victim_does_not_read_is_not_attacked():
    class ShortSighted(ToyVictim):
        def visible(self, text):
            return 5

    outcome, asked = finish("pwws", text="good film and more", victim=ShortSighted())
    assert outcome.cut
    assert outcome.words == 1
    assert all(t.endswith(" film and more") for ask in asked for t in getattr(ask, "texts", [])
               if isinstance(t, str))  # fmt: skip


def test_draws_depend_on_seed_attack_sample_and_repetition_but_not_on_the_victim():
    key = blank(TEXT, "a").key
    draw = lambda key, attack="a": attempt_random(key, attack).random()  # noqa: E731
    assert draw(key) == draw(replace(key, victim_fingerprint="other"))
    others = [
        draw(replace(key, seed=1)),
        draw(replace(key, sample_id="train:9")),
        draw(replace(key, repetition=1)),
        draw(key, "b"),
    ]
    assert len({draw(key), *others}) == 5


def test_draws_leave_the_global_generator_alone():
    random.seed(3)
    before = random.getstate()
    finish("textbugger")
    assert random.getstate() == before


@pytest.mark.parametrize("beside", [Beside(before="bad plot"), Beside(after="bad plot")])
def test_only_the_victim_is_asked_for_the_whole_pair(beside):
    victim = ToyVictim({"good": 4.0, "film": 1.0, "bad": -3.0, "plot": 0.0})
    known = replace(blank(TEXT, "made"), text_before=beside.before, text_after=beside.after)
    asked = []

    @made
    def curious(words: Words, context: Context[Parameters]) -> Steps[str | None]:
        """Ask for all that a victim is asked."""
        asked.append((str(words), context.beside))
        yield Gradients((Gradient(words, 1, ((), ())),))
        return (yield from honest.run(words, context))

    def answer(ask):
        return victim.forward([text.replace("\ufdd0", " ").replace("\ufdd1", " ") for text in ask])

    answers = toy_answers(victim) | {
        Score: lambda ask: answer(ask.texts),
        Verify: lambda ask: answer([ask.text])[0],
        VerifySimilarity: lambda _: 0.9,
        Gradients: lambda ask: [victim.gradients(ask.requests)[0]],
    }
    outcome, asks = drive(job(curious, victim).attempt(known, 1), answers)
    assert asked == [(TEXT, beside)]
    assert [one.text for one in asks if isinstance(one, Verify)] == [
        beside.whole(TEXT), beside.whole("bad film"),
    ]  # fmt: skip
    assert Score((beside.whole("bad film"),)) in asks
    assert next(one for one in asks if isinstance(one, Gradients)).requests[0].beside == beside
    assert VerifySimilarity(TEXT, "bad film") in asks
    assert (outcome.status, outcome.adversarial_text) == (Status.SUCCEEDED, "bad film")
    assert (outcome.beside, outcome.words, outcome.words_changed) == (beside, 2, 1)
