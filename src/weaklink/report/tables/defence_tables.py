"""Defences as tables: what each is worth, by attack, and what becomes of it along a chain."""

from __future__ import annotations

from weaklink.measures.results import Change, DefenceGroup, DefenceResult, Results
from weaklink.report.tables.table import Column, Row, Table, Value

_WORTH = (
    Column("before", "asr_all without it", "share", interval=True),
    Column("asr_oblivious", "oblivious attacker", "share", interval=True),
    Column("adaptive", "adaptive attacker", "share", interval=True),
    Column("change", "adaptive less without it", "difference", interval=True),
)
_NOTE = (
    "The oblivious attacker attacks the bare model and sends what was found to the defended one. "
    "The adaptive attacker attacks the defended one: it must flip the label and pass a guard. "
    "Changes are paired by sample. A text that a guard rejects is not classified correctly."
)


def defence_tables(results: Results) -> list[Table]:
    """Return all tables about defences."""
    return [
        defences_table(results), defence_attacks_table(results), inheritance_table(results),
    ]  # fmt: skip


def defences_table(results: Results) -> Table:
    """Return what each defence is worth, over all attacks and over those it did not learn from."""
    columns = (
        Column("defended", "with the defence"),
        Column("method", "defence"),
        Column("attacks", "attacks"),
        *_WORTH,
        Column("p_holm", "p, Holm", "p"),
        Column("verdict", "it is"),
        Column("accuracy_before", "accuracy without it", "share", interval=True),
        Column("accuracy", "accuracy", "share", interval=True),
        Column("accuracy_change", "change of accuracy", "difference", interval=True),
        Column("rejected", "unaltered texts rejected", "share", interval=True),
    )
    rows = []
    for one in results.defences:
        rows.append(
            Row(
                (
                    one.defended, one.method, "all", *_worth(one.all), one.p_holm, one.verdict,
                    *_change(one.accuracy), one.rejected,
                )
            )
        )  # fmt: skip
        if one.unknown is not None:
            nothing: tuple[Value, ...] = (None,) * 6
            rows.append(
                Row((one.defended, one.method, "not learnt from", *_worth(one.unknown), *nothing))
            )
    title = "What each defence is worth"
    return Table("defences", "", title, columns, tuple(rows), _NOTE)


def defence_attacks_table(results: Results) -> Table:
    """Return every rate of every attack on every data set, without and with each defence."""
    columns = (
        Column("defended", "with the defence"),
        Column("attack", "attack"),
        Column("dataset", "data set"),
        Column("learnt", "learnt from it"),
        *_WORTH,
        Column("asr_correct", "change of asr_correct", "difference", interval=True),
        Column("robust_accuracy", "change of robust accuracy", "difference", interval=True),
        Column("asr_valid", "change of asr_valid", "difference", interval=True),
        Column("text_transfer", "old texts that still work", "share", interval=True),
        Column("words_before", "words changed without it", "share"),
        Column("words_after", "words changed", "share"),
        Column("queries_before", "queries without it", "amount"),
        Column("queries_after", "queries", "amount"),
    )
    rows = [
        Row(
            (
                one.defended, found.attack, found.dataset, "yes" if found.learnt else "no",
                *_worth(found.figures),
                *(_difference(getattr(found.figures, name)) for name in
                  ("asr_correct", "robust_accuracy", "asr_valid")),
                found.figures.text_transfer, *found.words_changed, *found.queries,
            )
        )
        for one in results.defences
        for found in one.scenarios
    ]  # fmt: skip
    title = "Defences by attack"
    return Table("defence_attacks", "", title, columns, tuple(rows), _NOTE)


def inheritance_table(results: Results) -> Table:
    """Return whether a defence learnt upstream is worth as much downstream.

    A row is a defence that learnt from the vulnerable samples of another model than it defends, or
    a model that was fine-tuned from a hardened one, beside the model fine-tuned from the bare one.
    """
    columns = (
        Column("defended", "with the defence"),
        Column("method", "defence"),
        Column("learnt_on", "learnt on"),
        *_WORTH,
        Column("verdict", "it is"),
    )
    rows = [
        Row((one.defended, one.method, one.learnt_on, *_worth(one.all), one.verdict))
        for one in results.defences
        if _elsewhere(one)
    ]
    title = "Defences that learnt on another model of the chain"
    return Table("defence_inheritance", "", title, columns, tuple(rows), _NOTE)


def _elsewhere(one: DefenceResult) -> bool:
    return one.learnt_on is not None and one.learnt_on != one.model


def _worth(group: DefenceGroup) -> tuple[Value, ...]:
    change = group.asr_all
    if change is None:
        return None, group.asr_oblivious, None, None
    return change.before, group.asr_oblivious, change.after, change.difference


def _change(change: Change | None) -> tuple[Value, ...]:
    if change is None:
        return None, None, None
    return change.before, change.after, change.difference


def _difference(change: Change | None) -> Value:
    return None if change is None else change.difference
