"""Snapshots made by hand for the tests of RQ1."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from weaklink.hub import CARDS, MODELS, Snapshot, write_snapshot

TAKEN = datetime(2024, 1, 12, tzinfo=UTC)
EDGE_COLUMNS = ("downstream", "upstream", "relation", "evidence_kind", "tier")


def snapshot(folder: Path, models: list[dict], **query: object) -> Snapshot:
    """Write a snapshot of rows in which only what matters is given."""
    empty = dict.fromkeys(MODELS.names())
    lists = {"tags": [], "base_models": [], "datasets": [], "languages": []}
    usual = {"status": "ok", "pipeline": "text-classification"}
    rows = [empty | lists | usual | model for model in models]
    frame = pl.DataFrame(rows, schema=MODELS, infer_schema_length=None).sort("id")
    return write_snapshot(
        folder, [frame], [pl.DataFrame(schema=CARDS)],
        source="made by hand", query=query, started=TAKEN, finished=TAKEN,
    )  # fmt: skip


def edges(*rows: tuple[str, str] | tuple[str, str, str, str, str]) -> pl.DataFrame:
    """Return edges; a pair alone is a declared fine-tuning."""
    usual = ("finetune", "base_model", "declared")
    full = [(*row, *usual) if len(row) == 2 else row for row in rows]
    return pl.DataFrame(full, schema=dict.fromkeys(EDGE_COLUMNS, pl.String()), orient="row")
