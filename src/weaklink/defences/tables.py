"""Detectors' figures as tables."""

from __future__ import annotations

from weaklink.defences.documents import DetectionReport, EvaluatedDetector
from weaklink.measures.defences.detection import Detection
from weaklink.report.tables.table import Column, Row, Table, Value

_FIGURES = (
    Column("auroc", "AUROC", "share", interval=True),
    Column("tpr_at_1", "found at 1 % false", "share", interval=True),
    Column("tpr_at_5", "found at 5 % false", "share", interval=True),
    Column("f1", "F1 at 10 % false", "share", interval=True),
)
_NOTE = (
    "AUROC: the chance that an adversarial text scores above an unaltered one. F1 is for as many "
    "texts of either kind. Intervals are the bootstrap over samples; n counts samples."
)


def detectors_table(report: DetectionReport) -> Table:
    """Return each detector on all texts, by what it learnt from, and its false positives."""
    rows = [row for one in report.detectors for row in _rows(one)]
    columns = (Column("detector", "detector"), Column("texts", "adversarial texts"), *_FIGURES)
    title = f"Detectors on texts made for {report.victim}"
    return Table("detectors", "", title, columns, tuple(rows), _NOTE)


def attacks_table(report: DetectionReport) -> Table:
    """Return each detector on each attack, with what its authors published."""
    several = len({found.dataset for one in report.detectors for found in one.by_attack}) > 1
    rows = []
    for one in report.detectors:
        for found in one.by_attack:
            told = "; ".join(
                f"{figure.figure} {figure.value:.3f} ({figure.setting})"
                for figure in found.published
            )
            head: tuple[Value, ...] = (one.detector, found.attack)
            learnt = "yes" if found.learnt else "no"
            rows.append(
                Row(
                    (
                        *head, *([found.dataset] if several else []), learnt,
                        *_figures(found.figures), found.caught, told or None,
                    )
                )
            )  # fmt: skip
    columns = (
        Column("detector", "detector"),
        Column("attack", "attack"),
        *([Column("dataset", "data set")] if several else []),
        Column("learnt", "learnt from it"),
        *_FIGURES,
        Column("caught", "rejected by a guard", "share", interval=True),
        Column("published", "published"),
    )
    table = Table("detection_attacks", "", "Detectors by attack", columns, tuple(rows), _NOTE)
    return table if any(row.values[-1] for row in rows) else table.without("published")


def cost_table(report: DetectionReport) -> Table:
    """Return false positives and the cost of a text for each detector."""
    columns = (
        Column("detector", "detector"),
        Column("allowed", "allowed", "share"),
        Column("flagged", "unaltered texts rejected", "share", interval=True),
        Column("flagged_right", "of those it gets right", "share", interval=True),
        Column("flagged_wrong", "of those it gets wrong", "share", interval=True),
        Column("asked", "queries a text", "amount"),
        Column("milliseconds", "ms a text", "amount"),
        Column("left_out", "samples left out", "count"),
    )
    rows = [
        Row(
            (
                one.detector, one.false_positives, one.flagged, one.flagged_right,
                one.flagged_wrong, one.asked, 1000 * one.seconds, one.left_out,
            )
        )
        for one in report.detectors
    ]  # fmt: skip
    note = "A sample is left out where the detector saw its text while it was made."
    return Table("detection_cost", "", "False positives and cost", columns, tuple(rows), note)


def _rows(one: EvaluatedDetector) -> list[Row]:
    groups = {
        "all attacks": one.overall,
        "attacks that it learnt from": one.on_learnt,
        "all other attacks": one.on_others,
        "all, against texts that the victim gets wrong": one.from_wrong,
    }
    return [
        Row((one.detector, name, *_figures(found)))
        for name, found in groups.items()
        if found is not None
    ]


def _figures(found: Detection | None) -> tuple[Value, ...]:
    if found is None:
        return (None,) * len(_FIGURES)
    return found.auroc, found.tpr_at_1, found.tpr_at_5, found.f1
