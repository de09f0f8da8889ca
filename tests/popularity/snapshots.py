"""Snapshots made by hand for the tests of popularity."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from weaklink.hub import CARDS, MODELS, Snapshot, write_snapshot
from weaklink.lineage.graph.edges import EDGES, EdgesManifest, EdgeTable, write_edges

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
    table = pl.DataFrame(full, schema=dict.fromkeys(EDGE_COLUMNS, pl.String()), orient="row")
    return table.with_columns(confidence=pl.lit(1.0))


def edge_table(folder: Path, source: Snapshot, found: pl.DataFrame) -> EdgeTable:
    """Write edges as `lineage build` would."""
    absent = [pl.lit(None, EDGES[name]).alias(name) for name in EDGES if name not in found.columns]
    manifest = EdgesManifest(
        snapshot=source.manifest.model_dump(mode="json"),
        snapshot_folder=source.folder.name, edges=len(found), tiers={}, kinds={},
    )  # fmt: skip
    return write_edges(folder, found.with_columns(absent).select(EDGES.names()), manifest)
