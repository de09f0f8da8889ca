"""The tables of a summary as rows of text, for HTML, Markdown and the terminal alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from weaklink.measures import AttackSummary, ChainSummary, Summary
from weaklink.report.figures import (
    UNKNOWN,
    difference,
    estimate,
    number,
    p_value,
    verdict,
    within,
)
from weaklink.report.names import full_names, short_names
from weaklink.report.spread import QuerySpread
from weaklink.store import Status


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a caption.

    Attributes:
        caption: What the table shows, in one sentence.
        columns: The heading of each column.
        rows: One text for each column; the first names the row.
        texts: How many columns, from the first, hold words; the rest hold figures.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int


def victim_table(summary: Summary) -> Table:
    """Return each victim's accuracy before any attack."""
    names = full_names(summary.campaign)
    return Table(
        caption="Before any attack",
        columns=("model", "accuracy", "texts cut"),
        rows=tuple(
            (names[victim.name], estimate(victim.accuracy), str(victim.texts_cut))
            for victim in summary.victims
        ),
        texts=1,
    )


def attack_table(summary: Summary) -> Table:
    """Return the rates of each attack, with every denominator."""
    repeated = any(entry.repetitions > 1 for entry in summary.attacks)
    columns = ("attack", "model", "asr_correct", "asr_all", "asr_valid", "robust_accuracy")
    return Table(
        caption="Attack success rates and robust accuracy, with 95 % intervals; valid: "
        f"{within(summary.bounds)}",
        columns=(*columns, "asr_all by repetition") if repeated else columns,
        rows=tuple(
            (
                *_row_names(summary, entry),
                estimate(entry.asr_correct),
                estimate(entry.asr_all),
                estimate(entry.asr_valid),
                estimate(entry.robust_accuracy),
                *([_repetitions(entry)] if repeated else []),
            )
            for entry in _by_attack(summary)
        ),
        texts=2,
    )


def status_table(summary: Summary) -> Table:
    """Return how the attempts of each attack ended."""
    statuses = tuple(str(status) for status in Status)
    return Table(
        caption="How the attempts ended; errors and missing attempts enter no rate",
        columns=("attack", "model", *statuses, "missing"),
        rows=tuple(
            (
                *_row_names(summary, entry),
                *(str(entry.statuses.get(status, 0)) for status in statuses),
                str(entry.missing),
            )
            for entry in _by_attack(summary)
        ),
        texts=2,
    )


def chain_tables(summary: Summary) -> list[Table]:
    """Return delta and transfer of each attack, a table for each link."""
    columns = (
        "attack", "downstream is", "test",
        "delta of asr_all", "p", "transfer_rate", "asr_elsewhere",
    )  # fmt: skip
    return [
        Table(
            caption=f"From {upstream} to {downstream}, over the samples attacked on both",
            columns=columns,
            rows=tuple(map(_chain_row, entries)),
            texts=3,
        )
        for (upstream, downstream), entries in links(summary).items()
    ]


def links(summary: Summary) -> dict[tuple[str, str], list[ChainSummary]]:
    """Return the entries of each (upstream, downstream)."""
    found: dict[tuple[str, str], list[ChainSummary]] = {}
    for entry in summary.chain:
        found.setdefault((entry.upstream, entry.downstream), []).append(entry)
    return found


def query_table(summary: Summary, spreads: Mapping[tuple[str, str], QuerySpread]) -> Table:
    """Return the queries that the successes of each attack took."""
    return Table(
        caption="Queries: percentiles of successes, then median and mean of all attempts",
        columns=(
            "attack", "model", "successes", "5 %", "25 %", "50 %", "75 %", "95 %",
            "median of all", "mean of all",
        ),
        rows=tuple(
            (
                *_row_names(summary, entry),
                *_spread(spreads.get((entry.victim, entry.attack))),
                number(entry.queries_median, digits=0),
                number(entry.queries_mean, digits=0),
            )
            for entry in _by_attack(summary)
        ),
        texts=2,
    )  # fmt: skip


def quality_table(summary: Summary) -> Table:
    """Return what became of the texts, the time that it took, and what the attacks noted."""
    noted = any(entry.notes for entry in summary.attacks)
    columns = (
        "attack", "model",
        "words changed", "characters changed", "similarity", "perplexity ratio", "seconds",
    )  # fmt: skip
    return Table(
        caption="Means over successes, the median perplexity ratio, the seconds of all attempts",
        columns=(*columns, "noted by the attack") if noted else columns,
        rows=tuple(
            (
                *_row_names(summary, entry),
                _percent(entry.words_changed_mean),
                _percent(entry.characters_changed_mean),
                number(entry.similarity_mean),
                number(entry.perplexity_ratio_median),
                number(entry.seconds, digits=1),
                *([_notes(entry)] if noted else []),
            )
            for entry in _by_attack(summary)
        ),
        texts=2,
    )


def _by_attack(summary: Summary) -> list[AttackSummary]:
    """Return the entries so that the victims of one attack stand together."""
    order = {attack.name: index for index, attack in enumerate(summary.campaign.attacks)}
    return sorted(summary.attacks, key=lambda entry: order[entry.attack])


def _chain_row(entry: ChainSummary) -> tuple[str, ...]:
    return (
        entry.attack,
        verdict(entry.delta, entry.p_value),
        entry.test,
        difference(entry.delta),
        p_value(entry.p_value),
        estimate(entry.transfer_rate),
        estimate(entry.asr_elsewhere),
    )


def _row_names(summary: Summary, entry: AttackSummary) -> tuple[str, str]:
    return entry.attack, short_names(summary.campaign)[entry.victim]


def _repetitions(entry: AttackSummary) -> str:
    rates = entry.asr_all_by_repetition if entry.repetitions > 1 else ()
    return ", ".join(number(rate) for rate in rates) or UNKNOWN


def _notes(entry: AttackSummary) -> str:
    means = (f"{name.replace('_', ' ')} {number(mean)}" for name, mean in entry.notes.items())
    return ", ".join(means) or UNKNOWN


def _spread(spread: QuerySpread | None) -> tuple[str, ...]:
    if spread is None:
        return ("0", *(UNKNOWN,) * 5)
    percentiles = (spread.p5, spread.p25, spread.median, spread.p75, spread.p95)
    return (str(spread.successes), *(number(value, digits=0) for value in percentiles))


def _percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{share:.0%}"
