"""What the paper's text gives, beside ours: its numbers, and what it says in words."""

from __future__ import annotations

from collections.abc import Mapping

from weaklink.measures.published import OPENATTACK, findings
from weaklink.measures.results import Group, Results
from weaklink.measures.statistics.estimate import Estimate
from weaklink.report.tables.table import Column, Row, Table
from weaklink.report.written import percent

_HIGH_TRANSFER = 0.6
"""What section 6.2.2 calls a high transfer rate."""


def published_table(results: Results) -> Table:
    """Return the figures that the paper's text gives, beside ours."""
    return Table(
        key="published",
        number="",
        title="The paper's figures beside these",
        columns=(
            Column("figure", "figure"),
            Column("label", "what"),
            Column("paper", "paper", "share"),
            Column("ours", "this study", "share", interval=True),
            Column("note", "how the two differ"),
        ),
        rows=tuple(
            Row(
                (one.figure, one.label, one.paper, one.ours, one.note),
                kinds={"paper": one.unit, "ours": one.unit},
            )
            for one in results.published
        ),
    )


def sets_table(results: Results) -> Table:
    """Return the averages of each set of attacks, where there are two."""
    rates = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")
    rows = []
    for one in results.attack_sets:
        averages = (getattr(one.rates, name) for name in rates)
        along = one.all_links.all if one.all_links else None
        moved = (along.delta, along.sample_transfer) if along else (None, None)
        macro = [average and average.macro for average in averages]
        rows.append(Row((one.name, ", ".join(one.attacks), *macro, *moved)))
    return Table(
        key="attack_sets",
        number="",
        title="Attacks as published, and as OpenAttack runs them",
        columns=(
            Column("set", "set"),
            Column("attacks", "attacks"),
            *(Column(name, f"{name}, macro", "share", interval=True) for name in rates),
            Column("delta", "delta, all links", "difference", interval=True),
            Column("sample_transfer", "sample transfer, all links", "share", interval=True),
        ),
        rows=tuple(rows),
        note="The paper ran OpenAttack, so its figures stand beside those of that set. Other "
        "averages of this report are over all attacks.",
    )


def findings_table(results: Results) -> Table:
    """Return what the paper's text says without a number of its own, beside ours."""
    ours = _ours(results)
    return Table(
        key="published_findings",
        number="",
        title="The paper's findings in words",
        columns=(
            Column("figure", "figure"),
            Column("label", "what"),
            Column("paper", "paper"),
            Column("ours", "this study"),
            Column("note", "how the two differ"),
        ),
        rows=tuple(
            Row((one["figure"], one["label"], one["paper"], ours.get(one["key"]), one["note"]))
            for one in findings()
        ),
    )


def _ours(results: Results) -> Mapping[str, str | None]:
    ran = _as_the_paper_ran(results)
    attacks = {str(one.attack): _macro(one) for one in results.by_attack if one.attack in ran}
    datasets = {str(one.dataset): _macro(one) for one in results.by_dataset}
    transfer = {
        one.name: one.all.sample_transfer for one in results.link_attacks if one.name in ran
    }
    high = [name for name, rate in transfer.items() if rate and rate.value > _HIGH_TRANSFER]
    ranked, alike = _ranked(attacks), _ranked(datasets)
    return {
        "attacks_ranked": ", ".join(ranked) if len(ranked) > 1 else None,
        "datasets_alike": ", ".join(alike) if len(alike) > 1 else None,
        "high_transfer": ": ".join(
            filter(None, (f"{len(high)} of {len(transfer)}", ", ".join(_ranked(transfer))))
        )
        if transfer
        else None,
    }


def _as_the_paper_ran(results: Results) -> tuple[str, ...]:
    """Return the attacks by OpenAttack's rules where there are others, too; else all."""
    sets = (one.attacks for one in results.attack_sets if one.name == OPENATTACK)
    return next(sets, results.attacks)


def _macro(group: Group) -> Estimate | None:
    average = group.rates.asr_all
    return None if average is None else average.macro


def _ranked(rates: Mapping[str, Estimate | None]) -> list[str]:
    """Return each name with its rate, the highest first."""
    known = [(-rate.value, name) for name, rate in rates.items() if rate is not None]
    return [f"{name} {percent(-value)}" for value, name in sorted(known)]
