"""A table on the terminal."""

from __future__ import annotations

from rich.table import Table as RichTable
from rich.text import Text

from weaklink.report.tables.table import Cell, Table
from weaklink.text import visible


def to_rich(table: Table) -> RichTable:
    """Return the table for ``rich.console.Console.print``; nothing in it is read as markup."""
    rich = RichTable(title=Text(visible(table.caption)))
    for column in table.columns:
        rich.add_column(
            Text(visible(column.heading)), justify="left" if column.kind == "text" else "right"
        )
    for row in table.cells():
        rich.add_row(*map(_text, row))
    return rich


def _text(cell: Cell) -> Text:
    """Return the value, and under it its interval and the number of samples."""
    lines = (cell.text, " ".join(filter(None, (cell.interval, cell.counted))))
    return Text("\n".join(visible(line) for line in lines if line))
