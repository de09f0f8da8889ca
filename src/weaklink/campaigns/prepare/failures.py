"""Models, data and resources that failed to load: an audit ends, a study records them."""

from __future__ import annotations

from dataclasses import dataclass, field

from weaklink.errors import WeaklinkError
from weaklink.store.record import Failure


@dataclass
class Failures:
    """Keeps what went wrong with one thing while the rest goes on.

    Attributes:
        strict: Whether the first failure ends the run instead.
        entries: The failures so far, each once.
    """

    strict: bool
    entries: list[Failure] = field(default_factory=list)

    def add(self, what: str, error: Exception) -> None:
        """Record why something failed to load.

        Raises:
            Exception: The failures are strict: the error itself.
        """
        if self.strict:
            raise error
        known = isinstance(error, WeaklinkError)
        reason = str(error) if known else f"{type(error).__name__}: {error}"
        entry = Failure(what=what, reason=reason)
        if entry not in self.entries:
            self.entries.append(entry)

    def __contains__(self, what: str) -> bool:
        return any(entry.what == what for entry in self.entries)
