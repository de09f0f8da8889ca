"""What was measured and what was left out, as tables: Table 2, the funnel, the failures."""

from __future__ import annotations

from weaklink.measures.results import Results
from weaklink.popularity.paper_tables import paper_model
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.report.tables.table import Column, Row, Table
from weaklink.store.record import Excluded, StudyRecord


def funnel_table(record: StudyRecord) -> Table:
    """Return the selection's criteria with what each left out."""
    return Table(
        key="selection",
        number="Section 5.1.1",
        title="How the chains were selected",
        columns=(
            Column("criterion", "criterion"),
            Column("kept", "chains kept", "count"),
            Column("dropped", "left out", "count"),
            Column("examples", "for example"),
        ),
        rows=tuple(
            Row(
                (
                    step.criterion, step.kept, step.dropped,
                    next((f"{_path(one)}: {one.reason}" for one in step.excluded), None),
                )
            )
            for step in record.funnel
        ),
    )  # fmt: skip


def excluded_table(record: StudyRecord) -> Table:
    """Return every chain that the selection left out, with the reason."""
    listed = sum(len(step.excluded) for step in record.funnel)
    dropped = sum(step.dropped for step in record.funnel)
    return Table(
        key="excluded_chains",
        number="Section 5.1.1",
        title="The chains that were left out",
        columns=(
            Column("criterion", "criterion"),
            Column("chain", "chain, the root first"),
            Column("reason", "reason"),
        ),
        rows=tuple(
            Row((step.criterion, _path(one), one.reason))
            for step in record.funnel
            for one in step.excluded
        ),
        note=f"{listed:,} of {dropped:,} are listed." if listed < dropped else "",
    )


def _path(one: Excluded) -> str:
    return " → ".join(one.models)


def chains_table(record: StudyRecord) -> Table:
    """Return the chains of the study, the root first."""
    return Table(
        key="table_2_chains",
        number="Table 2",
        title="The chains",
        columns=(
            Column("chain", "chain"),
            Column("models", "models, the root first"),
            Column("measured", "of these with a classification head and measured"),
        ),
        rows=tuple(
            Row((chain.name, " → ".join(chain.models), " → ".join(chain.measured)))
            for chain in record.chains
        ),
        note="An upstream without a classification head has no robustness of its own: it ends the "
        "part of a chain that can be measured.",
    )


def models_table(record: StudyRecord) -> Table:
    """Return the models of the study."""
    of = {
        model.name: ", ".join(chain.name for chain in record.chains if model.name in chain.measured)
        for model in record.models
    }
    return Table(
        key="models",
        number="",
        title="The models",
        columns=(
            Column("model", "model"),
            Column("architecture", "architecture"),
            Column("languages", "languages"),
            Column("downloads", "downloads", "count"),
            Column("chains", "chains"),
            Column("paper", "in the paper"),
            Column("fingerprint", "fingerprint"),
        ),
        rows=tuple(
            Row(
                (
                    model.name, model.architecture, ", ".join(model.languages) or None,
                    model.downloads, of[model.name] or None, _in_the_paper(model.name),
                    None if model.fingerprint is None else model.fingerprint[:12],
                ),
                {"model": OutcomeLink(models=(model.name,))} if model.fingerprint else {},
            )
            for model in record.models
        ),
    )  # fmt: skip


def _in_the_paper(name: str) -> str | None:
    """Return what Table 2 says of a model."""
    found = paper_model(name)
    if found is None:
        return None
    return f"{found.number}, {found.chains}: {found.architecture}, {found.downloads:,} downloads"


def failures_table(results: Results) -> Table:
    """Return the models, data sets and resources that failed to load."""
    return Table(
        key="failures",
        number="",
        title="What is missing",
        columns=(Column("what", "what"), Column("reason", "why")),
        rows=tuple(Row((failure.what, failure.reason)) for failure in results.failures),
    )
