"""The figures of a summary as data frames."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from pydantic import BaseModel

from weaklink.measures.summary import (
    AttackSummary,
    ChainSummary,
    Estimate,
    Summary,
    VictimSummary,
)

PARTS = (
    ("", "value", pl.Float64),
    ("_low", "low", pl.Float64),
    ("_high", "high", pl.Float64),
    ("_n", "n", pl.Int64),
)
"""The columns that an estimate becomes: ending of the name, part of the estimate, type."""


def victims_frame(summary: Summary) -> pl.DataFrame:
    """Return one row per victim."""
    return _frame(VictimSummary, summary.victims)


def attacks_frame(summary: Summary) -> pl.DataFrame:
    """Return one row per victim and attack.

    ``asr_all`` has ``asr_all_low`` and so on beside it, and each note a column of its own.
    """
    return _frame(AttackSummary, summary.attacks)


def chain_frame(summary: Summary) -> pl.DataFrame:
    """Return one row per chain link and attack."""
    return _frame(ChainSummary, summary.chain)


def _frame(kind: type[BaseModel], entries: Sequence[BaseModel]) -> pl.DataFrame:
    columns = []
    for name, field in kind.model_fields.items():
        values = [getattr(entry, name) for entry in entries]
        if field.annotation == Estimate | None:
            for ending, part, dtype in PARTS:
                parts = [None if value is None else getattr(value, part) for value in values]
                columns.append(pl.Series(name + ending, parts, dtype))
        elif field.annotation == dict[str, float]:
            for key in sorted({key for value in values for key in value}):
                parts = [value.get(key) for value in values]
                columns.append(pl.Series(f"{name}_{key}", parts, pl.Float64))
        else:
            columns.append(pl.Series(name, values))
    return pl.DataFrame(columns)
