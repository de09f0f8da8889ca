"""Drives many attempts at once and sends what they ask to the models in bulk."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple, Protocol, cast, runtime_checkable

from weaklink.engine.attempt import Attempt, EngineAsk
from weaklink.engine.services import AskService
from weaklink.errors import WeaklinkError
from weaklink.store import Outcome, Status
from weaklink.victims import ModelGone

_FIRST_TEXTS = 256
_LEAST_TEXTS = 128
_ROUND_SECONDS = 2.0
_PATIENCE = 25


class ModelFailure(WeaklinkError):  # noqa: N818 - it says what happened
    """A model is gone, or failed on many asks in a row: going on with it makes no sense."""


@dataclass(eq=False)
class _Live:
    """An attempt under way, what it waits for, and the time that it has cost."""

    blank: Outcome
    attempt: Attempt
    ask: EngineAsk | None = None
    outcome: Outcome | None = None
    seconds: float = 0.0

    @property
    def size(self) -> int:
        """How many texts a model must look at for its ask."""
        return 0 if self.ask is None else len(self.ask)

    def advance(self, reply: Any = None) -> None:  # noqa: ANN401 - each ask has its own
        """Send a reply, and note the next ask or the outcome."""
        start = time.perf_counter()
        try:
            self.ask = self.attempt.send(reply)
        except StopIteration as stop:
            self.outcome = stop.value
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever an attack raises is its outcome
            self.fail(error)
        self.seconds += time.perf_counter() - start

    def fail(self, error: BaseException) -> None:
        """Make an outcome of an exception."""
        self.attempt.close()
        trace = "".join(traceback.format_exception(error))
        self.outcome = replace(self.blank, status=Status.ERROR, error=trace)


@runtime_checkable
class Starting(Protocol):
    """A service that can begin to answer, and be read later."""

    def start(self, asks: Sequence[Any], /) -> Callable[[], Sequence[Any]]:
        """Begin, and return what reads one reply for each ask."""


class _Begun(NamedTuple):
    """Asks that a service has begun to answer, and the seconds that this took."""

    kind: type
    asking: Sequence[_Live]
    asks: Sequence[Any]
    read: Callable[[], Sequence[Any]]
    seconds: float


class Scheduler:
    """Keeps up to ``width`` attempts alive and answers their asks kind by kind.

    Kinds that come first in ``services`` are answered first, so that the last kind, the victim's
    scores, is asked when every live attempt waits for it and batches are fullest. Every other
    round, only the oldest quarter of the attempts chooses the kind, so that attempts end in the
    order that they began in. A model is given what it answers in some two seconds, the oldest
    attempts first. So outcomes come one by one, and little is lost when the process is killed.

    Args:
        services: What answers each kind of ask, the one that costs most last.
        width: Attempts alive at once. Outcomes do not depend on it.
    """

    def __init__(self, services: Mapping[type, AskService], width: int = 64) -> None:
        self._services = services
        self._width = width
        self._failures = 0
        self._rounds = 0
        self._begun: _Begun | None = None
        self._most = dict.fromkeys(services, _FIRST_TEXTS)

    def run(
        self, work: Iterable[tuple[Outcome, Attempt]], stop: Callable[[], bool] = lambda: False
    ) -> Iterator[Outcome]:
        """Yield the outcome of each attempt as it ends.

        Args:
            work: Outcomes with what is known beforehand, and their attempts.
            stop: Asked before each round; once it is true, attempts under way are given up.

        An exception in an attempt, or in a model that was given its ask alone, becomes an outcome
        of status ``error`` with its traceback.

        Raises:
            ModelFailure: A model is gone, or failed on many asks in a row. What has ended is not
                lost.
        """
        waiting = iter(work)
        live: list[_Live] = []
        while not stop():
            while len(live) < self._width and (item := next(waiting, None)) is not None:
                one = _Live(*item)
                one.advance()
                live.append(one)
            if not live:
                return
            self._answer_next(live)
            for one in live:
                if one.outcome is not None:
                    yield replace(one.outcome, seconds=one.seconds)
            live = [one for one in live if one.outcome is None]

    def _answer_next(self, live: Sequence[_Live]) -> None:
        """Answer the asks of the first kind that anybody waits for, the oldest attempts first.

        A service that can begin on its own is given half of the attempts at a time: one half goes
        on while the asks of the other are answered.
        """
        begun = self._begun.asking if self._begun else ()
        idle = [one for one in live if one.outcome is None and one not in begun]
        self._rounds += 1
        choosing = idle[: max(1, self._width // 4)] if self._rounds % 2 else idle
        wanted = {type(one.ask) for one in choosing}
        for kind, service in self._services.items():
            if kind in wanted:
                asking = [one for one in idle if type(one.ask) is kind]
                asking = _up_to(asking, self._most[kind])
                if isinstance(service, Starting):
                    self._start(kind, service, asking[: max(1, self._width // 2)])
                else:
                    self._answer(kind, asking)
                return
        if self._begun:
            self._end()
        for one in choosing:
            one.fail(TypeError(f"an attack may not ask {one.ask!r:.200}"))

    def _start(self, kind: type, service: Starting, asking: Sequence[_Live]) -> None:
        """Begin to answer some asks; first read what was begun before, then pass it on."""
        before = self._read() if self._begun else None
        start = time.perf_counter()
        asks = [one.ask for one in asking]
        try:
            read = service.start(asks)
        except Exception:  # noqa: BLE001 - each is tried alone
            read = partial(self._replies, self._services[kind], asks)
        self._begun = _Begun(kind, asking, asks, read, time.perf_counter() - start)
        if before:
            self._reply(*before)

    def _end(self) -> None:
        self._reply(*self._read())

    def _read(self) -> tuple[type, Sequence[_Live], Sequence[Any], float]:
        """Wait for what was begun."""
        begun, self._begun = cast("_Begun", self._begun), None
        start = time.perf_counter()
        try:
            replies = begun.read()
            self._failures = 0
        except Exception:  # noqa: BLE001 - each is tried alone
            replies = self._replies(self._services[begun.kind], begun.asks)
        return begun.kind, begun.asking, replies, begun.seconds + time.perf_counter() - start

    def _answer(self, kind: type, asking: Sequence[_Live]) -> None:
        start = time.perf_counter()
        replies = self._replies(self._services[kind], [one.ask for one in asking])
        self._reply(kind, asking, replies, time.perf_counter() - start)

    def _reply(
        self, kind: type, asking: Sequence[_Live], replies: Sequence[Any], seconds: float
    ) -> None:
        sizes = [one.size for one in asking]
        share = seconds / max(1, sum(sizes))
        self._most[kind] = max(_LEAST_TEXTS, int(_ROUND_SECONDS / max(share, 1e-6)))
        for one, reply, size in zip(asking, replies, sizes, strict=True):
            one.seconds += share * size
            if isinstance(reply, Exception):
                one.fail(reply)
            else:
                one.advance(reply)

    def _replies(self, service: AskService, asks: Sequence[Any]) -> Sequence[Any]:
        """Return replies; where a model fails on many asks together, each is tried alone."""
        try:
            replies = service(asks)
        except ModelGone as error:
            raise ModelFailure(error.problem, error.remedy) from error
        except Exception as error:
            if len(asks) > 1:
                return [self._replies(service, [ask])[0] for ask in asks]
            self._failures += 1
            if self._failures >= _PATIENCE:
                raise ModelFailure(
                    f"A model failed {self._failures} times in a row, last with: {error!r}",
                    "Fix the cause, then run the same command again to resume.",
                ) from error
            return [error]
        self._failures = 0
        return replies


def _up_to(asking: Sequence[_Live], most: int) -> list[_Live]:
    """Return the first attempts, as many as ask for up to ``most`` texts, but at least one."""
    chosen: list[_Live] = []
    total = 0
    for one in asking:
        total += one.size
        if chosen and total > most:
            break
        chosen.append(one)
    return chosen
