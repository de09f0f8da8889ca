"""Finding 4 as tables: delta by architecture, and every two architectures against each other."""

from __future__ import annotations

from weaklink.measures.results import Results
from weaklink.report.tables import link_outcomes
from weaklink.report.tables.chain_tables import deltas_table
from weaklink.report.tables.table import Column, Row, Table


def architectures_table(results: Results) -> Table:
    """Return RQ3.1: delta of every architecture."""
    title = "RQ3.1: delta by architecture of the downstream"
    found = results.architectures
    counted = [link_outcomes.of_architecture(results, one.name) for one in found]
    return deltas_table("delta_architectures", "", title, "architecture", found, counted)


def families_table(results: Results) -> Table:
    """Return RQ3.1: delta of every family of architectures."""
    title = "RQ3.1: delta by family of the downstream's architecture, as the paper groups them"
    found = results.families
    counted = [link_outcomes.of_family(results, one.name) for one in found]
    return deltas_table("delta_families", "", title, "family", found, counted)


def contrasts_table(results: Results) -> Table:
    """Return Finding 4: whether two architectures change otherwise along their chains."""
    return Table(
        key="contrasts",
        number="Finding 4",
        title="RQ3.1: architectures against each other",
        columns=(
            Column("grouping", "by"),
            Column("unit", "over"),
            Column("first", "first"),
            Column("n_first", "n", "count"),
            Column("second", "second"),
            Column("n_second", "n", "count"),
            Column("difference", "delta of the first less that of the second", "difference"),
            Column("p_value", "p", "p"),
            Column("p_holm", "p, Holm", "p"),
            Column("p_greater", "p, first greater", "p"),
            Column("p_least", "least p, one-sided", "p"),
            Column("contrast_detectable", "detectable", "difference"),
        ),
        rows=tuple(
            Row(
                (
                    one.grouping, one.unit, one.first, one.n_first, one.second, one.n_second,
                    one.difference, one.p_value, one.p_holm, one.p_greater, one.p_least,
                    one.detectable,
                )
            )
            for one in results.contrasts
        ),
        note="Labels are permuted over chains, as the paper counts them, and over lineages, which "
        "are independent. With few units no p-value can be small: of 8 chains against 2 the least "
        "is 1/45 one-sided, 0.022. Detectable: the difference that would show in 80 % of studies "
        "(two-sided, 5 % level) at the spread between units seen here; empty where none would. "
        "Family: RoBERTa, DistilBERT and others of BERT's kin count as BERT, as in the paper.",
    )  # fmt: skip
