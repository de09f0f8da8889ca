"""Results as a notebook shows them: the answer and the brief tables, every value escaped."""

from __future__ import annotations

from markupsafe import Markup

from weaklink.measures.results import Results
from weaklink.report.answers.answer import answer
from weaklink.report.summary import terminal_tables
from weaklink.report.tables.table import Table
from weaklink.store.studies import Study
from weaklink.text import visible


def html_of_figures(results: Results, study: Study) -> str:
    """Return the answer and the tables that the terminal has, as HTML without styles or scripts."""
    said = Markup().join(_tag("p", sentence) for sentence in answer(study, results))
    tables = Markup().join(_table(table) for table in terminal_tables(study, results))
    return str(_wrapped("div", said + tables))


def _table(table: Table) -> Markup:
    head = Markup().join(_tag("th", column.heading) for column in table.columns)
    rows = Markup().join(
        _wrapped("tr", Markup().join(_tag("td", _words(cell.text, cell.interval)) for cell in row))
        for row in table.cells()
    )
    caption = _tag("caption", table.caption)
    body = _wrapped("thead", _wrapped("tr", head)) + _wrapped("tbody", rows)
    return _wrapped("table", caption + body)


def _words(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _tag(name: str, text: str) -> Markup:
    return _wrapped(name, Markup.escape(visible(text)))


def _wrapped(name: str, inner: Markup) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(Markup(name), inner)  # noqa: S704 - our own tags
