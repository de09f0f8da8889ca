"""What changed between two snapshots, a model that was renamed counting as the same model."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

import polars as pl

from weaklink.document import Document, now
from weaklink.lineage.catalogue import current
from weaklink.popularity.downloads import Figures, Popularity, popularity

if TYPE_CHECKING:
    from weaklink.hub import Snapshot

_COMPARED = ("sha", "card_digest", "licence", "base_models", "pipeline")


class Rename(Figures):
    """A model that stands under another id in the newer snapshot."""

    old: str
    new: str


class Mover(Figures):
    """A model in both snapshots, by its newer id, and its downloads of 30 days in each."""

    id: str
    old: int
    new: int


class SnapshotComparison(Document):
    """The older snapshot against the newer, for the models of one task."""

    kind: Literal["snapshot-comparison"] = "snapshot-comparison"
    schema_version: Literal[1] = 1
    task: str | None
    old: Popularity
    new: Popularity
    kept: int
    """Models in both, renamed ones included."""
    added: tuple[str, ...]
    gone: tuple[str, ...]
    """Models that the newer snapshot has not, or only as deleted."""
    renamed: tuple[Rename, ...]
    changed: dict[str, int]
    """Models in both that differ in a column; a value that either does not know is not a change."""
    risen: tuple[Mover, ...]
    fallen: tuple[Mover, ...]


def compare(
    old: Snapshot,
    new: Snapshot,
    *,
    task: str | None = "text-classification",
    rows: int = 10,
    created: datetime | None = None,
) -> SnapshotComparison:
    """Compare two snapshots.

    Args:
        old: The older one.
        new: The newer one.
        task: Pipeline tag of the models that count, in each snapshot by its own tags.
        rows: Most models that rose and fell to name.
        created: When this is measured; None: now.
    """
    before, after = _members(old, task), _members(new, task)
    absent = before.join(after.select("id"), on="id", how="anti")["id"].to_list()
    renames = _renames(absent, set(after["id"]), new)
    before = before.with_columns(pl.col("id").replace(renames).alias("now"))
    both = before.join(after, left_on="now", right_on="id", suffix="_new")
    gone = before.join(after.select("id"), left_on="now", right_on="id", how="anti")["id"]
    added = after.join(both.select("now"), left_on="id", right_on="now", how="anti")["id"]
    moved = both.select(
        pl.col("now").alias("id"),
        pl.col("downloads").alias("old"),
        pl.col("downloads_new").alias("new"),
        by=pl.col("downloads_new") - pl.col("downloads"),
    ).drop_nulls()
    return SnapshotComparison(
        created=created or now(),
        task=task,
        old=popularity(before["downloads"]),
        new=popularity(after["downloads"]),
        kept=len(both),
        added=tuple(added.sort()),
        gone=tuple(gone.sort()),
        renamed=tuple(Rename(old=name, new=renames[name]) for name in sorted(renames)),
        changed={name: _changes(both, name) for name in _COMPARED},
        risen=_movers(
            moved.filter(pl.col("by") > 0).sort(["by", "id"], descending=[True, False]), rows
        ),
        fallen=_movers(moved.filter(pl.col("by") < 0).sort("by", "id"), rows),
    )


def _members(snapshot: Snapshot, task: str | None) -> pl.DataFrame:
    kept = pl.col("status").is_in(["ok", "gated"])
    if task is not None:
        kept &= pl.col("pipeline") == task
    return snapshot.models.filter(kept).select("id", "downloads", *_COMPARED).collect()


def _renames(absent: list[str], present: set[str], new: Snapshot) -> dict[str, str]:
    """Return the present id of each absent one that was renamed, by the Hub or the alias table."""
    told = (
        new.models.filter(pl.col("renamed_to").is_not_null()).select("id", "renamed_to").collect()
    )
    renamed = {old.lower(): renamed_to for old, renamed_to in told.iter_rows()}
    found = {name: current(name, renamed) for name in absent}
    return {name: now for name, now in found.items() if now in present}


def _changes(both: pl.DataFrame, column: str) -> int:
    pair = both.select(column, f"{column}_new").drop_nulls()
    return pair.filter(pl.col(column) != pl.col(f"{column}_new")).height


def _movers(moved: pl.DataFrame, rows: int) -> tuple[Mover, ...]:
    table = moved.head(rows).select("id", "old", "new")
    return tuple(Mover(**row) for row in table.iter_rows(named=True))
