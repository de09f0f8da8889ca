"""The figures of runs, from one look to the next."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from weaklink.campaigns.python.sources import FoundRun
    from weaklink.measures import Results

_State: TypeAlias = "tuple[str, int, dict[str, int]]"
"""The record of a run, its outcomes, and those of each victim that are not errors."""


class _KnownFigures(NamedTuple):
    state: _State
    results: Results


class KnownFigures:
    """Works figures out once for the outcomes that a run has, also where its store is read-only."""

    def __init__(self) -> None:
        self._known: dict[str, _KnownFigures] = {}

    def now(self, name: str, run: FoundRun) -> Results:
        """Return the figures of a run as it is, which may take seconds."""
        known, state = self._known.get(name), _state(run)
        if known is None or known.state != state:
            known = self._known[name] = _KnownFigures(state, run.figures())
        return known.results

    def last(self, name: str, run: FoundRun) -> Results | None:
        """Return the last figures of a run that were worked out, here or by its own command."""
        if (kept := run.kept_figures()) is not None:
            self._known[name] = _KnownFigures(_state(run), kept)
        known = self._known.get(name)
        return known.results if known else None

    def keep(self, names: Collection[str]) -> None:
        """Forget the figures of other runs."""
        self._known = {name: one for name, one in self._known.items() if name in names}


def _state(run: FoundRun) -> _State:
    outcomes = run.study.outcomes
    return run.study.record.model_dump_json(), outcomes.count(), outcomes.done()
