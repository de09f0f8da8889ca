"""The table of edges, and the folder that it is kept in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from weaklink.cache import digest_of_file, require_files
from weaklink.errors import WeaklinkError
from weaklink.files import whole_folder
from weaklink.guards.parquet_file import scan_parquet
from weaklink.lineage.evidence import Evidence
from weaklink.lineage.graph.index import INDEX, Index, write_index
from weaklink.version import __version__

EDGES = pl.Schema(
    {
        "downstream": pl.String(),
        "upstream": pl.String(),
        "relation": pl.String(),  # finetune, adapter, quantized, merge, distill, convert or copy
        "evidence_kind": pl.String(),
        "tier": pl.String(),  # one of ``TIERS``
        "method": pl.String(),
        "confidence": pl.Float64(),
        "quote": pl.String(),
        "downstream_sha": pl.String(),
        "upstream_sha": pl.String(),  # null where the upstream is not in the snapshot
        "in_snapshot": pl.Boolean(),
    }
)
"""Columns of ``edges.parquet``; one row for each pair and tier, sorted by downstream."""

UNRESOLVED = pl.Schema(
    {
        "downstream": pl.String(),
        "written": pl.String(),  # as its card or tags have it
        "reason": pl.String(),
    }
)
"""Columns of ``unresolved.parquet``: declared bases that are not known models."""

REFUTED = pl.Schema(
    {
        "downstream": pl.String(),
        "upstream": pl.String(),
        "tier": pl.String(),  # of the edge that is refuted
        "quote": pl.String(),
        "said": pl.String(),  # what the weights say
    }
)
"""Columns of ``refuted.parquet``: edges that the weights of both ends refute."""

STATED = (
    "downstream",
    "upstream",
    "relation",
    "evidence_kind",
    "tier",
    "method",
    "confidence",
    "quote",
)


_FILES = {
    "edges.parquet": EDGES,
    "unresolved.parquet": UNRESOLVED,
    "refuted.parquet": REFUTED,
    **INDEX,
}
_REMEDY = "Make them with `weaklink lineage build SNAPSHOT --out DIR`."


class EdgesManifest(BaseModel):
    """Where edges came from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    layout: Literal[3] = 3
    """Version of the folder's layout."""
    snapshot: dict[str, Any]
    """The manifest of the snapshot that was read."""
    snapshot_folder: str
    edges: int
    unresolved: int = 0
    """Declared bases that are not known models."""
    tiers: dict[str, int]
    """Edges of each tier."""
    kinds: dict[str, int]
    """Edges of each kind of evidence."""
    llm: dict[str, Any] | None = None
    """The model asked, the prompt's version, what it was asked and what that cost; null if none."""
    weights: dict[str, Any] | None = None
    """What was read of weights and what came of it; null if they were not asked."""
    digests: dict[str, str] = {}
    """SHA-256 of each file, by name; empty where an older version wrote none."""
    weaklink: str = __version__


class EdgeTable:
    """Edges on disk, read lazily."""

    def __init__(self, folder: Path, manifest: EdgesManifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """Open the folder that ``weaklink lineage build`` wrote.

        Raises:
            WeaklinkError: It holds no edges that this version can read, or they are damaged.
        """
        folder = Path(folder)
        try:
            text = (folder / "manifest.json").read_text(encoding="utf-8")
            manifest = EdgesManifest.model_validate_json(text)
        except (OSError, UnicodeDecodeError, ValidationError) as error:
            raise WeaklinkError(
                f"{folder} has no edges that this version of weaklink can read.",
                _REMEDY,
            ) from error
        require_files(folder, manifest.digests, _REMEDY)
        for name, schema in _FILES.items() if not manifest.digests else ():
            scan_parquet(folder / name, schema)
        return cls(folder, manifest)

    @cached_property
    def frame(self) -> pl.LazyFrame:
        """All edges, with the columns of ``EDGES``, sorted by downstream."""
        return scan_parquet(self.folder / "edges.parquet", EDGES)

    @cached_property
    def unresolved(self) -> pl.LazyFrame:
        """Declared bases that are not known models, with the columns of ``UNRESOLVED``."""
        return scan_parquet(self.folder / "unresolved.parquet", UNRESOLVED)

    @cached_property
    def refuted(self) -> pl.LazyFrame:
        """Edges that weights refute, with the columns of ``REFUTED``."""
        return scan_parquet(self.folder / "refuted.parquet", REFUTED)

    def index(self) -> Index:
        """Read the ends of all edges as numbers.

        Raises:
            WeaklinkError: They are not those of the edges.
        """
        index = Index(self.folder)
        if len(index.downstream) != self.frame.select(pl.len()).collect().item():
            raise WeaklinkError(f"{self.folder} is damaged: its index is of other edges.", _REMEDY)
        return index


def stated(downstream: str, evidence: Evidence) -> tuple[object, ...]:
    """Return the row of ``STATED`` that evidence makes."""
    return (
        downstream,
        evidence.upstream,
        evidence.relation,
        evidence.kind,
        evidence.tier,
        evidence.method,
        evidence.confidence,
        evidence.quote,
    )


def stated_frame(rows: Iterable[tuple[object, ...]]) -> pl.DataFrame:
    """Return rows of ``STATED`` as a table."""
    schema = {name: EDGES[name] for name in STATED}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def complete(edges: pl.DataFrame, models: pl.LazyFrame) -> pl.DataFrame:
    """Add revisions to edges; of several edges of a pair and tier keep the most trusted."""
    shas = models.select("id", "sha", in_snapshot=pl.lit(value=True)).collect()
    downstream = shas.select(
        pl.col("id").alias("downstream"), pl.col("sha").alias("downstream_sha")
    )
    upstream = shas.rename({"id": "upstream", "sha": "upstream_sha"})
    return (
        edges.filter(pl.col("downstream") != pl.col("upstream"))
        .sort("confidence", descending=True, maintain_order=True)
        .unique(["downstream", "upstream", "tier"], keep="first", maintain_order=True)
        .join(downstream, on="downstream", how="left")
        .join(upstream, on="upstream", how="left")
        .with_columns(pl.col("in_snapshot").fill_null(value=False))
        .sort("downstream", "tier", "upstream")
        .match_to_schema(EDGES)
    )


def write_edges(
    folder: Path,
    edges: pl.DataFrame,
    manifest: EdgesManifest,
    unresolved: pl.DataFrame | None = None,
    refuted: pl.DataFrame | None = None,
) -> EdgeTable:
    """Write a new folder: edges, their index, unresolved bases, refuted edges, the manifest.

    Raises:
        WeaklinkError: The folder exists.
    """
    if folder.exists():
        raise WeaklinkError(f"{folder} already exists.", "Name another folder with --out.")
    with whole_folder(folder) as partial:
        edges.write_parquet(partial / "edges.parquet", row_group_size=50_000)
        bases = pl.DataFrame(schema=UNRESOLVED) if unresolved is None else unresolved
        bases.write_parquet(partial / "unresolved.parquet")
        wrong = pl.DataFrame(schema=REFUTED) if refuted is None else refuted
        wrong.write_parquet(partial / "refuted.parquet")
        write_index(partial, edges)
        digests = {name: digest_of_file(partial / name) for name in _FILES}
        manifest = manifest.model_copy(update={"digests": digests})
        text = manifest.model_dump_json(indent=2)
        (partial / "manifest.json").write_text(text, encoding="utf-8")
    return EdgeTable(folder, manifest)
