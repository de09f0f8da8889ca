"""One attempt: an attack on one sample, from the first query to the outcome."""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np

from weaklink.attacks import (
    Ask,
    Attack,
    Context,
    Goal,
    Gradients,
    Lexicon,
    Parameters,
    Score,
)
from weaklink.engine.metering import ExhaustedError, Meter
from weaklink.store import Outcome, OutcomeKey, Status
from weaklink.store.outcome import REJECTED
from weaklink.text import Words
from weaklink.text.changes import count_changed_words
from weaklink.text.pairs import ALONE, Beside
from weaklink.victims import Floats, Victim


@dataclass(frozen=True, slots=True)
class Verify:
    """The engine's own ask: the probabilities of one text, computed on its own. Not charged."""

    text: str

    def __len__(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class VerifySimilarity:
    """The engine's own ask: the cosine of two texts' embeddings in float32, shape ()."""

    reference: str
    text: str

    def __len__(self) -> int:
        return 2


EngineAsk: TypeAlias = Ask | Verify | VerifySimilarity
Attempt: TypeAlias = Generator[EngineAsk, Any, Outcome]


@dataclass(frozen=True)
class Job:
    """What all attempts of one attack against one victim share.

    Attributes:
        victim: The victim; an attempt reads its labels and limits, and asks it nothing itself.
        attack: The attack.
        parameters: Its parameters.
        lexicon: What it looks words up in.
        target: The label to reach, an index into the victim's labels; None: any other label.
        source: The label of the samples that are attacked, likewise; None: all samples are.
        max_queries: The query budget of an attempt; None: no bound.
    """

    victim: Victim
    attack: Attack[Any]
    parameters: Parameters
    lexicon: Lexicon
    target: int | None = None
    max_queries: int | None = None
    source: int | None = None

    def attempt(self, blank: Outcome, gold: int | None) -> Attempt:
        """Attack the sample of ``blank`` and return that outcome, filled in.

        Args:
            blank: The outcome before the attempt: key, names, text and gold label.
            gold: The gold label, an index into the data set's labels.
        """
        steps = self._steps(blank, gold)
        return steps if blank.beside == ALONE else _in_pair(steps, blank.beside)

    def _steps(self, blank: Outcome, gold: int | None) -> Attempt:
        """Attack the segment of a pair, or a text, as if nothing stood beside it."""
        text = blank.original_text
        whole = blank.beside.whole(text)
        visible = self.victim.visible(whole)
        words = Words.split(text, until=visible)
        original: Floats = yield Verify(text)
        labels = len(self.victim.labels)
        guarded = len(original) > labels
        goal = Goal(
            int(original[:labels].argmax()), self.target, rejected=labels if guarded else None
        )
        known = replace(
            blank,
            original_label=self.victim.labels[goal.original],
            original_index=goal.original,
            original_probability=float(original[goal.original]),
            words=len(words),
            cut=visible < len(text),
            queries=1,
            notes={REJECTED: float(original.argmax() == labels)} if guarded else {},
        )
        covered = self.attack.covers is None or self.attack.covers(whole)
        wanted = self.source in (None, goal.original)
        if goal.reached(original) or not covered or not wanted:
            return replace(known, status=Status.SKIPPED)
        if not words.words:
            return replace(known, status=Status.FAILED)
        context = Context(
            parameters=self.parameters,
            goal=goal,
            original=original,
            gold=gold,
            unknown=self.victim.unknown,
            lexicon=self.lexicon,
            random=attempt_random(blank.key, self.attack.name),
            beside=blank.beside,
        )
        meter = Meter(self.max_queries, charged=1, original=original)
        try:
            adversarial = yield from meter.run(self.attack.run(words, context))
        except ExhaustedError:
            adversarial = None
        known = replace(known, queries=meter.charged, notes={**known.notes, **meter.notes})
        if adversarial is None:
            return replace(known, status=Status.EXHAUSTED if meter.spent else Status.FAILED)
        return (yield from self._verified(known, adversarial, goal))

    def _verified(self, known: Outcome, adversarial: str, goal: Goal) -> Attempt:
        """Score the adversarial text on its own: it counts only if it still reaches the goal."""
        scores: Floats = yield Verify(adversarial)
        if not goal.reached(scores):
            return replace(known, status=Status.FAILED)
        seen = adversarial
        if self.attack.seen is not None:
            seen = self.attack.seen(adversarial, known.original_text)
        similarity: float = yield VerifySimilarity(known.original_text, seen)
        return replace(
            known,
            status=Status.SUCCEEDED,
            adversarial_text=adversarial,
            adversarial_label=self.victim.labels[int(scores.argmax())],
            adversarial_probability=float(scores[goal.original]),
            words_changed=count_changed_words(known.original_text, seen),
            similarity=float(np.clip(similarity, -1.0, 1.0)),
        )


def _in_pair(steps: Attempt, beside: Beside) -> Attempt:
    """Ask the victim for pairs where an attempt asks it for a segment; all else stays."""
    reply: Any = None
    while True:
        try:
            ask = steps.send(reply)
        except StopIteration as stop:
            outcome: Outcome = stop.value
            return outcome
        match ask:
            case Score(texts):
                ask = Score(tuple(map(beside.whole, texts)))
            case Gradients(requests):
                ask = Gradients(tuple(replace(one, beside=beside) for one in requests))
            case Verify(text):
                ask = Verify(beside.whole(text))
        reply = yield ask


def attempt_random(key: OutcomeKey, attack: str) -> random.Random:
    """Return the random generator of an attempt.

    It depends on the seed, the attack, the sample and the repetition, and not on the victim: two
    victims are attacked with the same draws.
    """
    parts = (str(key.seed), attack, key.data_fingerprint, key.sample_id, str(key.repetition))
    digest = blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return random.Random(int.from_bytes(digest))  # noqa: S311 - reproducibility is the point
