"""Work that may never end: a function of a user's, a server that drips."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


class OutOfTime(TimeoutError):  # noqa: N818 - it says what happened
    """The work itself took too long; what it raises on its own is no such error."""


def within(seconds: float | None, work: Callable[[], T]) -> T:
    """Return what ``work`` returns, or raise what it raises.

    Args:
        seconds: How long it may take; None: as long as it likes.
        work: What to do. Where it takes longer, its thread is left alone and ends with the process.

    Raises:
        OutOfTime: It takes longer.
    """
    if seconds is None:
        return work()
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - the caller raises it
            done.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        return done.result(timeout=seconds)
    except TimeoutError as error:
        if done.done():
            raise
        raise OutOfTime from error
