"""Runs under way, from one look to the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from weaklink.measures.runs.under_way import UnderWay, under_way
from weaklink.report.site.progress import RunUnderWay, run_under_way

if TYPE_CHECKING:
    from weaklink.campaigns.python.sources import FoundRun
    from weaklink.store.studies import Study

Find: TypeAlias = "Callable[[], Iterable[tuple[str, FoundRun]]]"
"""Returns the runs as they are now, each under its name in addresses."""
_AGAIN = 20.0
"""Seconds until runs that were not there before are looked for."""
_FEW = 3.0
"""Seconds over which a pace is not known yet."""


class Follower:
    """Says how far runs are, and how fast they go.

    A run that was seen under way is told of until it is begun anew, even once it is complete.

    Args:
        find: Returns the runs.
        clock: Tells the time in seconds.
    """

    def __init__(self, find: Find, clock: Callable[[], float] = time.monotonic) -> None:
        self._find, self._clock = find, clock
        self._studies: Mapping[str, Study] = {}
        self._read = clock()
        self._known = dict[str, UnderWay]()
        self._paces = dict[str, _Pace]()
        self._seen = set[str]()

    def begin(self, found: Mapping[str, FoundRun]) -> None:
        """Take the runs as they are, and forget those that are complete."""
        self._studies = {name: one.study for name, one in found.items()}
        self._read, self._seen = self._clock(), set()

    def look(self) -> list[RunUnderWay]:
        """Return the runs that are not complete, and those that have become so."""
        if self._clock() - self._read > _AGAIN:
            self._studies = {name: one.study for name, one in self._find()}
            self._read = self._clock()
        found = []
        for name, study in self._studies.items():
            known = self._known[name] = under_way(study, self._known.get(name))
            now = self._clock()
            pace = self._paces.setdefault(name, _Pace(now, known.done, now, known.done))
            pace.see(now, known.done)
            if known.done < known.asked:
                self._seen.add(name)
            if name in self._seen:
                left = pace.left(known.asked)
                quiet = now - pace.last
                found.append(run_under_way(name, study, known, left=left, quiet=quiet))
        return found


@dataclass
class _Pace:
    """When a run was first seen, when it last went on, and how many outcomes it had then."""

    first: float
    had: int
    last: float
    has: int

    def see(self, now: float, done: int) -> None:
        if done != self.has:
            self.last, self.has = now, done

    def left(self, asked: int) -> float | None:
        if self.last - self.first < _FEW or self.has <= self.had:
            return None
        return (self.last - self.first) * (asked - self.has) / (self.has - self.had)
