"""A dated, immutable copy of what the Hub said: models, cards, and a manifest, in one folder.

The folder holds ``models.parquet`` and ``cards.parquet``, both sorted by id with one row per id,
and ``manifest.json``. The manifest is written last, so a folder without one is not a snapshot.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import polars as pl
from pydantic import BaseModel, ConfigDict

from weaklink.cache import digest_of_file, require_files
from weaklink.errors import WeaklinkError
from weaklink.files import whole_folder
from weaklink.guards.parquet_file import scan_parquet
from weaklink.validation import read_model
from weaklink.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES = pl.List(pl.String())

MODELS = pl.Schema(
    {
        "id": pl.String(),
        "sha": pl.String(),
        "created": pl.Datetime("us"),
        "modified": pl.Datetime("us"),
        "downloads": pl.Int64(),  # of the last 30 days
        "downloads_all_time": pl.Int64(),
        "likes": pl.Int64(),
        "tags": _NAMES,
        "pipeline": pl.String(),
        "library": pl.String(),
        "architecture": pl.String(),
        "model_type": pl.String(),
        "name_or_path": pl.String(),  # of the configuration; recent transformers no longer save it
        "base_models": _NAMES,  # as declared
        "base_model_relation": pl.String(),  # finetune, adapter, quantized, merge or null
        "datasets": _NAMES,
        "languages": _NAMES,
        "licence": pl.String(),
        "gated": pl.String(),  # auto, manual or null
        "has_card": pl.Boolean(),  # null where the source does not say
        "card_digest": pl.String(),  # SHA-256 of the text in cards.parquet
        "status": pl.String(),  # ok, gated, deleted or renamed
        "renamed_to": pl.String(),
    }
)
"""Columns of ``models.parquet``. A null means that the source does not say; times are UTC."""

CARDS = pl.Schema(
    {
        "id": pl.String(),
        "text": pl.String(),
        "digest": pl.String(),
        "status": pl.String(),
    }
)
"""Columns of ``cards.parquet``: one row for each model whose card was asked for.

``status`` is ``ok``; ``cut`` (longer than the limit, its beginning kept); ``mended`` (not UTF-8,
undecodable bytes replaced); ``missing``, ``gated``, ``deleted`` or ``failed`` (text and digest
null).
"""


class SnapshotManifest(BaseModel):
    """Where a snapshot came from and what it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    layout: int = 1
    """Version of the folder's layout."""
    source: str
    """The Hub's address, or the names of the imported files."""
    query: dict[str, Any]
    """What was asked for."""
    started: datetime
    finished: datetime
    models: int
    cards: int
    model_statuses: dict[str, int]
    card_statuses: dict[str, int]
    digests: dict[str, str]
    """SHA-256 of each data file, by name."""
    weaklink: str
    """Version of weaklink that wrote the snapshot."""


class Snapshot:
    """A snapshot on disk, read lazily."""

    def __init__(self, folder: Path, manifest: SnapshotManifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """Open a snapshot.

        Raises:
            WeaklinkError: The folder has no manifest, or one that this version cannot read, or its
                files are not those of the manifest.
        """
        folder = Path(folder)
        missing = WeaklinkError(
            f"{folder} is not a snapshot: it has no readable manifest.json.",
            "Make one with `weaklink hub collect` or `weaklink hub import`.",
        )
        broken = WeaklinkError(
            f"The manifest of {folder} cannot be read",
            "Make the snapshot again with this version of weaklink.",
        )
        manifest = read_model(folder / "manifest.json", SnapshotManifest, missing, broken)
        require_files(folder, manifest.digests, "Make the snapshot again.")
        return cls(folder, manifest)

    @cached_property
    def models(self) -> pl.LazyFrame:
        """All models, with the columns of ``MODELS``, sorted by id."""
        return scan_parquet(self.folder / "models.parquet", MODELS)

    @cached_property
    def cards(self) -> pl.LazyFrame:
        """All cards, with the columns of ``CARDS``, sorted by id."""
        return scan_parquet(self.folder / "cards.parquet", CARDS)


def write_snapshot(
    folder: Path,
    models: Iterable[pl.DataFrame],
    cards: Iterable[pl.DataFrame],
    *,
    source: str,
    query: dict[str, Any],
    started: datetime,
    finished: datetime,
) -> Snapshot:
    """Write a snapshot so that it appears whole or not at all.

    Args:
        folder: Where it will stand; must not exist.
        models: Frames with the columns of ``MODELS``, sorted by id across frames, ids unique.
        cards: Frames with the columns of ``CARDS``, likewise.
        source: See ``SnapshotManifest``.
        query: See ``SnapshotManifest``.
        started: See ``SnapshotManifest``.
        finished: See ``SnapshotManifest``.

    Raises:
        WeaklinkError: The folder exists.
    """
    if folder.exists():
        raise WeaklinkError(
            f"{folder} already exists, and a snapshot cannot be changed.",
            "Name another folder with --out.",
        )
    with whole_folder(folder) as partial:
        paths = {name: partial / f"{name}.parquet" for name in ("models", "cards")}
        model_statuses = _write_frames(paths["models"], MODELS, models)
        card_statuses = _write_frames(paths["cards"], CARDS, cards)
        manifest = SnapshotManifest(
            source=source,
            query=query,
            started=started,
            finished=finished,
            models=sum(model_statuses.values()),
            cards=sum(card_statuses.values()),
            model_statuses=model_statuses,
            card_statuses=card_statuses,
            digests={path.name: digest_of_file(path) for path in paths.values()},
            weaklink=__version__,
        )
        text = manifest.model_dump_json(indent=2)
        (partial / "manifest.json").write_text(text, encoding="utf-8")
    return Snapshot(folder, manifest)


def _write_frames(path: Path, schema: pl.Schema, frames: Iterable[pl.DataFrame]) -> dict[str, int]:
    """Write the frames as one Parquet file; return the number of rows of each status."""
    import pyarrow.parquet as pq

    statuses: dict[str, int] = {}
    arrow_schema = pl.DataFrame(schema=schema).to_arrow().schema
    with pq.ParquetWriter(path, arrow_schema, compression="zstd") as writer:
        for frame in frames:
            writer.write_table(frame.match_to_schema(schema).to_arrow())
            for status, count in frame["status"].value_counts().iter_rows():
                statuses[status] = statuses.get(status, 0) + count
    return dict(sorted(statuses.items()))
