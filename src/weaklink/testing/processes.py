"""Processes that report to a test, and that it may kill."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any, NamedTuple


class Child(NamedTuple):
    """A process, and where its acknowledgements come from."""

    process: ForkServerProcess
    receiver: Connection

    def receive(self, limit: int | None = None) -> list[int]:
        """Return up to ``limit`` acknowledgements, or all until the process ends."""
        received = list[int]()
        with suppress(EOFError):
            while limit is None or len(received) < limit:
                received.append(self.receiver.recv())
        return received

    def end(self) -> int | None:
        """Wait for its end, and return its exit code."""
        self.process.join()
        code = self.process.exitcode
        self.receiver.close()
        self.process.close()
        return code


def start(target: Callable[..., None], *arguments: Any) -> Child:  # noqa: ANN401 - the target's
    """Start a process.

    Args:
        target: What it does: a function of a module, which is given a connection after its
            arguments, to send numbers of what it has done.
        arguments: Its arguments, which can be pickled.
    """
    processes: ForkServerContext = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([target.__module__])
    receiver, sender = processes.Pipe(duplex=False)
    process = processes.Process(target=target, args=(*arguments, sender))
    process.start()
    sender.close()
    return Child(process, receiver)
