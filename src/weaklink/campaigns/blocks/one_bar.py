"""One bar for a whole campaign, whatever its parts report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from weaklink.progress import Progress


class OneBar:
    """Passes progress on; while a phase is held, only its own steps.

    Args:
        progress: Is told.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._held = False

    @contextmanager
    def hold(self, phase: str, total: int | None = None) -> Iterator[None]:
        """Begin a phase that lasts until the context ends; a total of None is unknown."""
        self._progress.begin(phase, total)
        self._held = True
        try:
            yield
        finally:
            self._held = False

    def step(self) -> None:
        """A step of the phase that is held."""
        self._progress.advance()

    def begin(self, phase: str, total: int | None = None) -> None:
        """A phase begins, unless one is held."""
        if not self._held:
            self._progress.begin(phase, total)

    def advance(self, steps: int = 1) -> None:
        """So many steps are done of a phase that is not held."""
        if not self._held:
            self._progress.advance(steps)

    def tell(self, line: str) -> None:
        """Pass it on."""
        self._progress.tell(line)

    def show(self, lines: Sequence[str]) -> None:
        """Pass it on."""
        self._progress.show(lines)
