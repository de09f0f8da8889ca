"""A table on the terminal."""

from __future__ import annotations

from rich.table import Table as RichTable
from rich.text import Text

from weaklink.report.tables import Table
from weaklink.text import visible


def to_rich(table: Table) -> RichTable:
    """Return the table for ``rich.console.Console.print``; nothing in it is read as markup."""
    rich = RichTable(title=Text(table.caption))
    for index, column in enumerate(table.columns):
        rich.add_column(Text(column), justify="left" if index < table.texts else "right")
    for row in table.rows:
        rich.add_row(*(Text(visible(cell)) for cell in row))
    return rich
