"""All tables of a report, by their names among files."""

from __future__ import annotations

from dataclasses import replace

from weaklink.measures.results import GoalResult, Results
from weaklink.report.tables import (
    architecture_tables,
    attempt_tables,
    chain_tables,
    defence_tables,
    design_tables,
    published_tables,
    robustness_tables,
    transfer_tables,
)
from weaklink.report.tables.table import Table
from weaklink.store.studies import Study


def all_tables(study: Study, results: Results) -> dict[str, Table]:
    """Return every table of the report by its name among files."""
    record = study.record
    tables = [
        published_tables.published_table(results),
        published_tables.findings_table(results),
        published_tables.sets_table(results),
        design_tables.failures_table(results),
        design_tables.funnel_table(record),
        design_tables.excluded_table(record),
        design_tables.chains_table(record),
        design_tables.models_table(record),
        robustness_tables.models_table(results, record),
        robustness_tables.attacks_table(results),
        robustness_tables.datasets_table(results),
        robustness_tables.cells_table(results),
        robustness_tables.worst_table(results),
        robustness_tables.mapped_table(results),
        robustness_tables.scenarios_table(results),
        attempt_tables.statuses_table(results),
        attempt_tables.queries_table(results),
        attempt_tables.quality_table(results),
        chain_tables.chains_table(results),
        chain_tables.links_table(results),
        architecture_tables.architectures_table(results),
        architecture_tables.families_table(results),
        architecture_tables.contrasts_table(results),
        chain_tables.link_scenarios_table(results),
        transfer_tables.transfer_by_attack(results),
        transfer_tables.transfer_by_chain(results),
        transfer_tables.transfer_by_link(results),
        transfer_tables.references_table(results),
        *(defence_tables.defence_tables(results) if results.defences else ()),
        chain_tables.advice_table(results),
    ]
    return {table.key: of_goal(table, results.goal) for table in tables}


def of_goal(table: Table, goal: GoalResult) -> Table:
    """Return a table whose title says so where its asr are evasion rates."""
    named = any("asr" in column.heading for column in table.columns)
    if goal.kind != "evasion" or not named or "evasion" in table.title.lower():
        return table
    return replace(table, title=f"{table.title} (every asr is an evasion rate)")
