"""From a snapshot to edges: metadata first, then texts, then an LLM if there is one, then names."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from weaklink.hub import Snapshot
from weaklink.lineage.cards.declared import Lookup, configured_edges, declared
from weaklink.lineage.cards.snapshot import Watch, card_edges, inferred_edges, name_edges
from weaklink.lineage.evidence import TIERS, Tier
from weaklink.lineage.graph.edges import (
    EdgesManifest,
    EdgeTable,
    complete,
    stated_frame,
    write_edges,
)

Reader = Callable[[pl.DataFrame], tuple[pl.DataFrame, dict[str, Any]]]
"""Reads what rules leave open: from the edges so far to further edges and a report."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What weights say of edges.

    Attributes:
        edges: Edges that they confirm or find, with the columns ``STATED``.
        refuted: Edges that they refute, with the columns ``REFUTED``.
        report: What was read, and how many were confirmed, refuted and found.
    """

    edges: pl.DataFrame
    refuted: pl.DataFrame
    report: dict[str, Any]


Weigher = Callable[[pl.DataFrame], Weighed]
"""Confirms or refutes edges by weights, and finds missing ones."""


def build(
    snapshot: Snapshot,
    out: Path,
    *,
    tiers: Collection[Tier] = TIERS,
    workers: int = 1,
    reader: Reader | None = None,
    lookup: Lookup = lambda _: None,
    weigher: Weigher | None = None,
    watch: Watch = lambda _: None,
) -> EdgeTable:
    """Find the edges of a snapshot and write them to a new folder.

    Args:
        snapshot: The snapshot.
        out: The folder to write.
        tiers: The tiers of evidence to read.
        workers: Processes to read cards with.
        reader: Reads the cards that rules leave open.
        lookup: Finds declared bases that neither the snapshot nor the tables have.
        weigher: Asks the weights of both ends of each edge.
        watch: Told of the number of cards read since it was last told.

    Raises:
        WeaklinkError: The folder exists.
    """
    parts, report = [stated_frame([])], None
    bases = declared(snapshot.models, lookup)
    if "declared" in tiers:
        parts.append(bases.edges)
    if "text" in tiers:
        told = bases.less_repeated(card_edges(snapshot, workers=workers, watch=watch))
        configured = configured_edges(snapshot.models)
        parts += [told, configured.join(told, on="downstream", how="anti")]
        if reader:
            read, report = reader(pl.concat(parts))
            parts.append(read)
    if "inferred" in tiers:
        parts.append(inferred_edges(snapshot, pl.concat(parts)))
    if "name" in tiers:
        parts.append(name_edges(snapshot, pl.concat(parts)))
    weighed = weigher(pl.concat(parts)) if weigher else None
    if weighed:
        told = pl.concat(parts).join(weighed.refuted, on=["downstream", "upstream"], how="anti")
        parts = [weighed.edges, told]
    edges = complete(pl.concat(parts), snapshot.models)
    manifest = EdgesManifest(
        snapshot=snapshot.manifest.model_dump(mode="json"),
        snapshot_folder=snapshot.folder.name,
        edges=len(edges),
        unresolved=len(bases.unresolved),
        tiers=_counts(edges["tier"]),
        kinds=_counts(edges["evidence_kind"]),
        llm=report,
        weights=weighed.report if weighed else None,
    )
    refuted = weighed.refuted if weighed else None
    return write_edges(out, edges, manifest, bases.unresolved, refuted)


def _counts(column: pl.Series) -> dict[str, int]:
    return dict(column.value_counts().sort(column.name).iter_rows())
