"""Where tables are printed."""

from __future__ import annotations

from rich.console import Console

_WIDE = 120


def wide_console(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, or wide enough for tables where there is none."""
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=_WIDE)
