"""A campaign's summary as a chart, as one HTML file, and as Markdown."""

from weaklink.files import write_atomically
from weaklink.report.answer import plain_answer
from weaklink.report.console import to_rich
from weaklink.report.markdown import to_markdown
from weaklink.report.notices import notices
from weaklink.report.page import write_report
from weaklink.report.tables import (
    Table,
    attack_table,
    chain_tables,
    quality_table,
    query_table,
    status_table,
    victim_table,
)

__all__ = [
    "Table",
    "attack_table",
    "chain_tables",
    "notices",
    "plain_answer",
    "quality_table",
    "query_table",
    "status_table",
    "to_markdown",
    "to_rich",
    "victim_table",
    "write_atomically",
    "write_report",
]
