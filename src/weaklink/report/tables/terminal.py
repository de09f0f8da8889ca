"""A table on the terminal."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.table import Table as RichTable
from rich.text import Text

from weaklink.report.tables.table import Cell, Table
from weaklink.text import visible


def to_rich(table: Table) -> RichTable:
    """Return the table for ``rich.console.Console.print``; nothing in it is read as markup.

    Figures and their intervals are never broken or cut: where the terminal is too narrow, names
    go on in the next line.
    """
    rich = RichTable(
        title=Text(visible(table.caption)), title_justify="left", box=SIMPLE_HEAD, padding=0
    )
    for column in table.columns:
        words = column.kind == "text"
        rich.add_column(
            _heading(column.heading),
            justify="left" if words else "right",
            overflow="fold",
            no_wrap=not words,
        )
    for row in table.cells():
        rich.add_row(*map(_text, row))
    return rich


def _heading(heading: str) -> Text:
    """Return a heading in lines as short as its words."""
    return Text(visible(heading).replace(" ", "\n").replace("_", "_\n"))


def _text(cell: Cell) -> Text:
    """Return the value, and under it its interval and the number of samples."""
    lines = (cell.text, cell.interval, cell.counted)
    return Text("\n".join(visible(line) for line in lines if line))
