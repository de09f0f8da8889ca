"""Where tables are printed."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

_WIDE = 120


def wide_console(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, or wide enough for tables where there is none."""
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=_WIDE)


def print_table(table: Table, console: Console) -> None:
    """Print a table of which no cell is cut; the names in its first column stay in one line.

    Where they would take more than half of the width, or other columns ask for one line, they go on
    in the next line as the other columns do.
    """
    for column in table.columns:
        column.overflow = "fold"
    names, *others = table.columns
    longest = max(console.measure(cell).maximum for cell in (names.header, *names.cells))
    asked = any(column.no_wrap for column in others)
    names.no_wrap = longest <= console.width // 2 and not asked
    console.print(table)


def show_what_the_terminal_can() -> None:
    """Let characters that the terminal's encoding lacks be printed as their escapes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
