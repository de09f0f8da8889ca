"""Replies to any number of questions, with nothing asked twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q", bound=Hashable)
R = TypeVar("R")


class Recall(Generic[Q, R]):
    """Asks, and remembers the replies while there is room; the oldest are forgotten first.

    Args:
        ask: Replies to distinct questions, in their order; each reply on its question alone.
        capacity: How many replies are remembered.
    """

    def __init__(self, ask: Callable[[Sequence[Q]], Sequence[R]], capacity: int) -> None:
        self._ask = ask
        self._capacity = capacity
        self._replies: OrderedDict[Q, R] = OrderedDict()

    def __call__(self, questions: Sequence[Q]) -> list[R]:
        """Return the reply to each question."""
        fresh = [q for q in dict.fromkeys(questions) if q not in self._replies]
        if fresh:
            self._replies.update(zip(fresh, self._ask(fresh), strict=True))
        found = [self._replies[question] for question in questions]
        while len(self._replies) > self._capacity:
            self._replies.popitem(last=False)
        return found
