"""A bounded memory of replies, so that nothing is asked twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
R = TypeVar("R")


def _itself(question: Hashable) -> Hashable:
    return question


class Recall(Generic[Q, R]):
    """Asks, and remembers the replies while there is room; the least recently used go first.

    Args:
        ask: Replies to distinct questions, in their order; each reply on its question alone.
        capacity: How many replies are remembered.
        key: What tells questions apart; by default the question itself.
    """

    def __init__(
        self,
        ask: Callable[[Sequence[Q]], Iterable[R]],
        capacity: int,
        key: Callable[[Q], Hashable] = _itself,
    ) -> None:
        self._ask = ask
        self._capacity = capacity
        self._key = key
        self._replies: OrderedDict[Hashable, R] = OrderedDict()

    def __call__(self, questions: Iterable[Q]) -> list[R]:
        """Return the reply to each question."""
        return self.start(questions)()

    def start(self, questions: Iterable[Q]) -> Callable[[], list[R]]:
        """Ask what is not remembered, and return what reads the reply to each question.

        Nothing else may be asked before it has been read.
        """
        asked = [(self._key(question), question) for question in questions]
        fresh = {key: question for key, question in asked if key not in self._replies}
        begun = self._ask([*fresh.values()]) if fresh else ()

        def read() -> list[R]:
            self._replies.update(zip(fresh, begun, strict=True))
            replies = [self._recall(key) for key, _ in asked]
            while len(self._replies) > self._capacity:
                self._replies.popitem(last=False)
            return replies

        return read

    def _recall(self, key: Hashable) -> R:
        self._replies.move_to_end(key)
        return self._replies[key]
