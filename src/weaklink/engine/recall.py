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
        asked = [*questions]
        keys = [*map(self._key, asked)]
        known = self._replies
        fresh = {key: one for key, one in zip(keys, asked, strict=True) if key not in known}
        begun = self._ask([*fresh.values()]) if fresh else ()

        def read() -> list[R]:
            known.update(zip(fresh, begun, strict=True))
            for key in keys:
                known.move_to_end(key)
            replies = [known[key] for key in keys]
            while len(known) > self._capacity:
                known.popitem(last=False)
            return replies

        return read
