"""A table on the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from textwrap import wrap

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions
from rich.table import Table as RichTable
from rich.text import Text

from weaklink.report.tables.table import Cell, Column, Table
from weaklink.text import visible

_EDGES = 1
"""Characters that stand between two columns, and around the table."""
_NAME = 12
"""Characters of a name that stay in one line where the terminal is narrow."""


_PART = re.compile(r"[^_]+_*|_+")


@dataclass(frozen=True, slots=True)
class TerminalTable:
    """A table that ``rich.console.Console.print`` shows in as many parts as its width takes.

    Figures and their intervals are never broken or cut. Where the terminal is too narrow, names go
    on in the next line, and columns in a next part, after the names of the rows.
    """

    table: Table

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> Iterator[RichTable]:
        cells = [*self.table.cells()]
        for number, places in enumerate(_parts(self.table.columns, cells, options.max_width)):
            going_on = " (its other columns)" if number else ""
            yield _part(self.table, cells, places, visible(self.table.caption) + going_on)


def to_rich(table: Table) -> TerminalTable:
    """Return the table for ``rich.console.Console.print``; nothing in it is read as markup."""
    return TerminalTable(table)


def _parts(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: int
) -> Iterator[list[int]]:
    """Yield the places of the columns of each part, the names of the rows first in each."""
    needed = [_needed(column, [row[i] for row in rows]) for i, column in enumerate(columns)]
    names = [*takewhile(lambda place: columns[place].kind == "text", range(len(columns)))]
    part = names.copy()
    for place in range(len(names), len(columns)):
        if part != names and _EDGES + sum(needed[i] for i in [*part, place]) > width:
            yield part
            part = names.copy()
        part.append(place)
    yield part


def _needed(column: Column, cells: Sequence[Cell]) -> int:
    """Return how many characters of a line a column takes at least."""
    widest = _widest(column, cells)
    return max([widest, *map(len, _heading(column, widest))]) + _EDGES


def _widest(column: Column, cells: Sequence[Cell]) -> int:
    """Return how many characters the cells of a column take at least."""
    widest = max((len(line) for cell in cells for line in _text(cell).plain.split("\n")), default=0)
    return min(widest, _NAME) if column.kind == "text" else widest


def _part(
    table: Table, rows: Sequence[Sequence[Cell]], places: Sequence[int], caption: str
) -> RichTable:
    rich = RichTable(title=Text(caption), title_justify="left", box=SIMPLE_HEAD, padding=0)
    for place in places:
        column = table.columns[place]
        words = column.kind == "text"
        widest = _widest(column, [row[place] for row in rows])
        rich.add_column(
            Text("\n".join(_heading(column, widest))),
            justify="left" if words else "right",
            overflow="fold",
            no_wrap=not words,
        )
    for row in rows:
        rich.add_row(*(_text(row[place]) for place in places))
    return rich


def _heading(column: Column, width: int) -> list[str]:
    """Return a heading in lines no wider than ``width``; a longer word goes on after its ``_``."""
    lines = wrap(visible(column.heading), max(width, 1), break_long_words=False)
    return [
        part for line in lines for part in (_PART.findall(line) if len(line) > width else [line])
    ]


def _text(cell: Cell) -> Text:
    """Return the value, and under it its interval and the number of samples."""
    lines = (cell.text, cell.interval, cell.counted)
    return Text("\n".join(visible(line) for line in lines if line))
