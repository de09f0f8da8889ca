"""A campaign's figures as one page, as files, as Markdown and on the terminal."""

from weaklink.report.answers.answer import answer
from weaklink.report.folder import write_report
from weaklink.report.page.notices import Notice, notices
from weaklink.report.summary import markdown, terminal_tables
from weaklink.report.tables.table import Table
from weaklink.report.tables.terminal import to_rich

__all__ = [
    "Notice",
    "Table",
    "answer",
    "markdown",
    "notices",
    "terminal_tables",
    "to_rich",
    "write_report",
]
