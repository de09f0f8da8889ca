"""How long-running work reports its progress."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Progress(Protocol):
    """Is told the phase that begins, and each step of it."""

    def begin(self, phase: str, total: int | None = None) -> None:
        """A phase begins; ``total`` steps, where that is known."""

    def advance(self, steps: int = 1) -> None:
        """So many steps of the phase are done."""

    def tell(self, line: str) -> None:
        """Something to read once."""

    def show(self, lines: Sequence[str]) -> None:
        """What is known so far, in place of what was shown before."""


class Silent:
    """Tells nobody."""

    def begin(self, phase: str, total: int | None = None) -> None:
        """Say nothing."""

    def advance(self, steps: int = 1) -> None:
        """Say nothing."""

    def tell(self, line: str) -> None:
        """Say nothing."""

    def show(self, lines: Sequence[str]) -> None:
        """Say nothing."""
