"""The answer and the tables of a summary as Markdown, for a README or a model card."""

from __future__ import annotations

import re

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
from weaklink.text import visible

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~&$])")


def to_markdown(summary: Summary) -> str:
    """Return a section of Markdown; names and messages are escaped, so they stay text."""
    parts = [
        "## Adversarial robustness",
        escape(" ".join(plain_answer(summary))),
        _warnings(summary),
        *(_table(table) for table in _tables(summary)),
        "### What the figures mean",
        "\n".join(f"- **{escape(term)}**: {escape(text)}" for term, text in DEFINITIONS),
    ]
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    r"""Return ``text`` so that Markdown and the HTML in it show it as it is, on one line.

    >>> print(escape("a|b <script> *c*"))
    a\|b \<script\> \*c\*
    """
    return _SPECIAL.sub(r"\\\1", " ".join(visible(text).split()))


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
        f"- **{escape(notice.about)}** ({escape(notice.check)}): {escape(notice.message)}"
        for notice in notices(summary)
    ]
    return "\n".join(["### Warnings", "", *lines]) if lines else "No trust check raised a warning."


def _table(table: Table) -> str:
    rules = (":--" if index < table.texts else "--:" for index in range(len(table.columns)))
    heading, *rows = (map(escape, row) for row in (table.columns, *table.rows))
    body = "\n".join(f"| {' | '.join(row)} |" for row in (heading, rules, *rows))
    return f"### {escape(table.caption)}\n\n{body}"
