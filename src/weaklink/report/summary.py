"""The answer and the tables of a report for a terminal, and as a section of Markdown."""

from __future__ import annotations

from weaklink.measures.results import Results
from weaklink.report.answers.answer import answer
from weaklink.report.audited import audited
from weaklink.report.page.definitions import DEFINITIONS
from weaklink.report.page.notices import notices
from weaklink.report.tables.all_tables import of_goal
from weaklink.report.tables.attempt_tables import quality_table, statuses_table
from weaklink.report.tables.chain_tables import brief_link_table, links_table
from weaklink.report.tables.defence_tables import defences_table
from weaklink.report.tables.markdown import to_markdown
from weaklink.report.tables.robustness_tables import (
    brief_scenarios_table,
    models_table,
    worst_table,
)
from weaklink.report.tables.table import Table
from weaklink.report.tables.transfer_tables import transfer_by_link
from weaklink.store.studies import Study
from weaklink.text import as_markdown


def terminal_tables(study: Study, results: Results) -> list[Table]:
    """Return the tables that a command prints: few, and not wide."""
    if audited(study, results) is None:
        return [models_table(results, study.record)]
    tables = [
        brief_scenarios_table(results).without("by_repetition"),
        *(brief_link_table(results, link) for link in results.links),
        *([defences_table(results)] if results.defences else []),
    ]
    return [of_goal(table, results.goal) for table in tables]


def markdown(study: Study, results: Results) -> str:
    """Return a section of Markdown; names and messages are escaped, so they stay text."""
    parts = [
        "## Adversarial robustness",
        as_markdown(" ".join(answer(study, results))),
        _warnings(study, results),
        *(
            f"### {as_markdown(table.caption)}\n\n{to_markdown(table)}"
            for table in _tables(study, results)
        ),
        "### What the figures mean",
        "\n".join(f"- **{as_markdown(term)}**: {as_markdown(text)}" for term, text in DEFINITIONS),
    ]
    return "\n\n".join(parts) + "\n"


def _tables(study: Study, results: Results) -> list[Table]:
    links = [links_table(results), transfer_by_link(results)] if results.links else []
    return [
        worst_table(results),
        *terminal_tables(study, results),
        *links,
        statuses_table(results),
        quality_table(results),
    ]


def _warnings(study: Study, results: Results) -> str:
    lines = [
        f"- **{as_markdown(one.about)}** ({as_markdown(one.check)}): {as_markdown(one.message)}"
        for one in notices(study, results)
    ]
    return "\n".join(["### Warnings", "", *lines]) if lines else "No trust check raised a warning."
