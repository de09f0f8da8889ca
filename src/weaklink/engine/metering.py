"""Counting queries, ending an attack that has spent its budget, and keeping what it notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from weaklink.attacks import Gradients, Note, Score, Steps
from weaklink.victims import FirstOrder, Floats, Gradient

T = TypeVar("T")


class ExhaustedError(Exception):
    """The attack asks the victim, and nothing of its query budget is left."""


@dataclass
class Meter:
    """The accounts of one attempt: every text asked is charged, asked before or not.

    Attributes:
        most: The query budget; None: no bound.
        charged: Queries so far.
        original: Probabilities of the original text.
        spent: Whether an ask could not be answered whole.
        notes: What the attack has noted, by name.
    """

    most: int | None
    charged: int
    original: Floats
    spent: bool = False
    notes: dict[str, float] = field(default_factory=dict)

    def run(self, steps: Steps[T]) -> Steps[T]:
        """Drive ``steps``, charging what they ask of the victim and keeping their notes.

        An ask that the budget covers in part is answered in part: of what lies beyond, it is said
        that it changes nothing. The attack may still win with what was answered.

        Raises:
            ExhaustedError: The attack asks the victim again after that.
        """
        reply: Any = None
        while True:
            try:
                ask = steps.send(reply)
            except StopIteration as stop:
                result: T = stop.value
                return result
            match ask:
                case Score(texts):
                    reply = yield from self._score(texts)
                case Gradients(requests):
                    reply = yield from self._gradients(requests)
                case Note(name, value):
                    self.notes[name] = value
                    reply = None
                case _:
                    reply = yield ask

    def _score(self, texts: tuple[str, ...]) -> Steps[Floats]:
        affordable = texts[: self._charge(len(texts))]
        if not affordable:
            return np.tile(self.original, (len(texts), 1))
        scores: Floats = yield Score(affordable)
        if len(affordable) == len(texts):
            return scores
        unanswered = np.tile(self.original, (len(texts) - len(affordable), 1))
        return np.concatenate([scores, unanswered])

    def _gradients(self, requests: tuple[Gradient, ...]) -> Steps[list[FirstOrder]]:
        affordable = requests[: self._charge(len(requests))]
        views: list[FirstOrder] = yield Gradients(affordable)
        return views + [_flat(request) for request in requests[len(affordable) :]]

    def _charge(self, wanted: int) -> int:
        """Charge up to ``wanted`` queries and return how many there were left for it."""
        left = wanted if self.most is None else self.most - self.charged
        if wanted > left:
            if self.spent or left <= 0:
                self.spent = True
                raise ExhaustedError
            self.spent = True
        affordable = min(wanted, left)
        self.charged += affordable
        return affordable


def _flat(request: Gradient) -> FirstOrder:
    """The view of a loss that nothing changes."""
    return FirstOrder(np.zeros(len(request.words)), np.zeros(sum(map(len, request.edits))))
