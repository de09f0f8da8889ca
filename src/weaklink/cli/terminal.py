"""Where tables are printed."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from weaklink.text import unbroken, visible

_WIDE = 120
_ENDLESS = 10**6
_KEPT = "\ue000"
"""Stands for a blank that no line ends at: rich breaks lines at those that Unicode has for it."""


def wide_console(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, or wide enough for tables where there is none."""
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=_WIDE)


def say(console: Console, sentence: str, style: str = "") -> None:
    """Print a sentence, of which no figure and no interval is broken at the end of a line."""
    kept = visible(unbroken(sentence)).replace("\u00a0", _KEPT)
    for line in Text(kept).wrap(console, console.width):
        whole = line.plain.rstrip().replace(_KEPT, " ")
        console.print(whole, style=style, markup=False, highlight=False, soft_wrap=True)


def tell(sentence: str, *, err: bool = False) -> None:
    """Print a sentence: like ``say`` in a terminal, in one line elsewhere."""
    console = Console(stderr=err)
    if console.is_terminal:
        say(console, sentence)
    else:
        typer.echo(visible(sentence), err=err)


def print_table(table: Table, console: Console) -> None:
    """Print a table of which no cell is cut and no word is broken.

    The names in its first column stay in one line, unless they would take more than half of the
    width, or other columns ask for one line. Where the words do not fit beside each other, each
    row becomes lines of a heading and its cell; empty cells are left out.
    """
    if _needed(table, console) > console.width:
        for part in _rows(table):
            console.print(part)
        return
    for column in table.columns:
        column.overflow = "fold"
    names, *others = table.columns
    longest = max(console.measure(cell).maximum for cell in (names.header, *names.cells))
    asked = any(column.no_wrap for column in others)
    names.no_wrap = longest <= console.width // 2 and not asked
    console.print(table)


def _needed(table: Table, console: Console) -> int:
    """Return how wide a table is whose words are not broken."""
    options = console.options.update(max_width=_ENDLESS)
    return Measurement.get(console, options, table).minimum


def _rows(table: Table) -> Iterator[Table]:
    """Yield each row as a table of headings and cells; a title stands before, a caption behind."""
    rows = [*zip(*(column.cells for column in table.columns), strict=True)]
    for number, row in enumerate(rows, 1):
        part = Table.grid(padding=(0, 2, 0, 0))
        part.title = table.title if number == 1 else None
        part.caption = table.caption if number == len(rows) else None
        part.title_justify = part.caption_justify = "left"
        part.add_column(no_wrap=True, style="bold")
        part.add_column(overflow="fold")
        for column, cell in zip(table.columns, row, strict=True):
            if cell:
                part.add_row(column.header, cell)
        part.add_row()
        yield part


def show_what_the_terminal_can() -> None:
    """Let characters that the terminal's encoding lacks be printed as their escapes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
