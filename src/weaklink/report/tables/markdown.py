"""A table as Markdown, for a README or a model card."""

from __future__ import annotations

from weaklink.report.tables.table import Table
from weaklink.text import markdown_table


def to_markdown(table: Table) -> str:
    """Return the table; names are escaped, so they stay text."""
    return markdown_table(
        [column.heading for column in table.columns],
        ([cell.plain for cell in row] for row in table.cells()),
        figures={place for place, column in enumerate(table.columns) if column.kind != "text"},
    )
