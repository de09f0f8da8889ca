"""Results as a notebook shows them: the answer and the brief tables."""

from __future__ import annotations

from weaklink.measures.results import Results
from weaklink.report.answers.answer import answer
from weaklink.report.summary import terminal_tables
from weaklink.report.tables.table import Table
from weaklink.store.studies import Study
from weaklink.text.notebook_html import block, paragraphs, table


def html_of_figures(results: Results, study: Study) -> str:
    """Return the answer and the tables that the terminal has, as HTML without styles or scripts."""
    return block(
        paragraphs(answer(study, results)),
        *(
            table(one.caption, _headings(one), _rows(one))
            for one in terminal_tables(study, results)
        ),
    )


def _headings(shown: Table) -> list[str]:
    return [column.heading for column in shown.columns]


def _rows(shown: Table) -> list[list[str]]:
    return [
        [" ".join(part for part in (cell.text, cell.interval) if part) for cell in row]
        for row in shown.cells()
    ]
