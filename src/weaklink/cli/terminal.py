"""Where tables are printed."""

from __future__ import annotations

import sys

from rich.console import Console

_WIDE = 120


def wide_console(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, or wide enough for tables where there is none."""
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=_WIDE)


def show_what_the_terminal_can() -> None:
    """Let characters that the terminal's encoding lacks be printed as their escapes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
