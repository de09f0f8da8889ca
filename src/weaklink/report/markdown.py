"""The answer and the tables of a summary as Markdown, for a README or a model card."""

from __future__ import annotations

from weaklink.measures import Summary
from weaklink.report.answer import plain_answer
from weaklink.report.definitions import DEFINITIONS
from weaklink.report.notices import notices
from weaklink.report.tables import (
    Table,
    attack_table,
    chain_tables,
    quality_table,
    status_table,
    victim_table,
)
from weaklink.text import as_markdown


def to_markdown(summary: Summary) -> str:
    """Return a section of Markdown; names and messages are escaped, so they stay text."""
    parts = [
        "## Adversarial robustness",
        as_markdown(" ".join(plain_answer(summary))),
        _warnings(summary),
        *(_table(table) for table in _tables(summary)),
        "### What the figures mean",
        "\n".join(f"- **{as_markdown(term)}**: {as_markdown(text)}" for term, text in DEFINITIONS),
    ]
    return "\n\n".join(parts) + "\n"


def _tables(summary: Summary) -> list[Table]:
    return [
        victim_table(summary),
        attack_table(summary),
        status_table(summary),
        *chain_tables(summary),
        quality_table(summary),
    ]


def _warnings(summary: Summary) -> str:
    lines = [
        f"- **{as_markdown(one.about)}** ({as_markdown(one.check)}): {as_markdown(one.message)}"
        for one in notices(summary)
    ]
    return "\n".join(["### Warnings", "", *lines]) if lines else "No trust check raised a warning."


def _table(table: Table) -> str:
    rules = (":--" if index < table.texts else "--:" for index in range(len(table.columns)))
    heading, *rows = (map(as_markdown, row) for row in (table.columns, *table.rows))
    body = "\n".join(f"| {' | '.join(row)} |" for row in (heading, rules, *rows))
    return f"### {as_markdown(table.caption)}\n\n{body}"
