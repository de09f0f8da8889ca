"""Reading from the Hub, several things at once, and giving up where it hands out nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from weaklink.errors import WeaklinkError

PATIENCE = 100

Asked = TypeVar("Asked")
Read = TypeVar("Read")


def in_turn(
    asked: Sequence[Asked],
    read: Callable[[Asked], Read | None],
    workers: int,
    what: str,
    watch: Callable[[int, int], None] = lambda *_: None,
) -> Iterator[tuple[Asked, Read | None]]:
    """Yield what is read of each thing, in order; None where it could not be read now.

    Args:
        asked: The things.
        read: Reads one.
        workers: How many to read at once.
        what: What they are, in a word.
        watch: Told of how many are done, and of how many.

    Raises:
        WeaklinkError: Very many in a row could not be read.
    """
    pool, failures = ThreadPoolExecutor(workers), 0
    try:
        for done, (one, found) in enumerate(zip(asked, pool.map(read, asked), strict=True), 1):
            failures = failures + 1 if found is None else 0
            if failures == PATIENCE:
                raise WeaklinkError(
                    f"The weights of {PATIENCE} {what} in a row could not be read.",
                    "Run the command again later; what was read is kept.",
                )
            yield one, found
            watch(done, len(asked))
    finally:
        pool.shutdown(cancel_futures=True)
