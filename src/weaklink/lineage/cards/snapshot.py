"""Edges that the texts of cards and the names of models speak for, for a whole snapshot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import polars as pl

from weaklink.hub import Snapshot
from weaklink.lineage.cards.card import read_card
from weaklink.lineage.cards.copies import Copies
from weaklink.lineage.cards.extract import BELIEVED, believed, read_evidence
from weaklink.lineage.cards.inferred import infer_from_name
from weaklink.lineage.cards.names import read_name
from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.evidence import Evidence
from weaklink.lineage.graph.edges import stated, stated_frame

COPIED = 0.75
BATCH = 2_000

Watch = Callable[[int], None]


def catalogue_of(snapshot: Snapshot) -> Catalogue:
    """Return the catalogue of the models in a snapshot."""
    columns = ("model_type", "architecture", "renamed_to")
    models = snapshot.models.select("id", *columns, "languages").collect()
    types, architectures, renamed = (
        dict(models.select("id", column).drop_nulls().iter_rows()) for column in columns
    )
    spoken = models.select("id", "languages").filter(pl.col("languages").list.len() > 0)
    return Catalogue(models["id"], renamed, types, architectures, dict(spoken.iter_rows()))


def card_edges(
    snapshot: Snapshot,
    *,
    only: Collection[str] | None = None,
    workers: int = 1,
    watch: Watch = lambda _: None,
) -> pl.DataFrame:
    """Return the edges that the texts of a snapshot's cards speak for.

    Args:
        snapshot: The snapshot.
        only: The models whose cards to read; None: all.
        workers: Processes to read cards with.
        watch: Told of the number of cards read since it was last told.
    """
    copies = Copies(snapshot)
    rows = list[tuple[object, ...]]()
    for batch, found in _read_all(snapshot, only, workers):
        for downstream, evidence in found:
            doubtful = evidence.kind != "framework" and copies.copied(downstream, evidence.quote)
            trust = evidence.confidence * (COPIED if doubtful else 1.0)
            if trust >= BELIEVED:
                rows.append(stated(downstream, replace(evidence, confidence=trust)))
        watch(batch)
    return stated_frame(rows)


def inferred_edges(snapshot: Snapshot, but: pl.DataFrame) -> pl.DataFrame:
    """Return the edges that name and configuration speak for, but of downstreams of other edges."""
    return _by_name(snapshot, but, infer_from_name)


def name_edges(snapshot: Snapshot, but: pl.DataFrame) -> pl.DataFrame:
    """Return the edges that names alone speak for, except for the downstreams of other edges."""
    return _by_name(snapshot, but, read_name)


def _by_name(
    snapshot: Snapshot, but: pl.DataFrame, read: Callable[[str, Catalogue], Evidence | None]
) -> pl.DataFrame:
    catalogue = catalogue_of(snapshot)
    names = (
        snapshot.models.select("id")
        .collect()
        .join(but, left_on="id", right_on="downstream", how="anti")
    )
    found = ((name, read(name, catalogue)) for name in names["id"])
    return stated_frame(stated(name, evidence) for name, evidence in found if evidence)


def texts(
    snapshot: Snapshot, only: Collection[str] | None = None
) -> Iterator[list[tuple[str, str]]]:
    """Yield the ids and texts of the cards that are there, in batches."""
    cards = snapshot.cards.filter(pl.col("text").is_not_null()).select("id", "text")
    if only is not None:
        cards = cards.filter(pl.col("id").is_in(list(only)))
    for batch in cards.collect_batches(chunk_size=BATCH, maintain_order=True):
        yield from (batch.slice(start, BATCH).rows() for start in range(0, len(batch), BATCH))


Found = list[tuple[str, Evidence]]


def _read_all(
    snapshot: Snapshot, only: Collection[str] | None, workers: int
) -> Iterator[tuple[int, Found]]:
    if workers == 1:
        catalogue = catalogue_of(snapshot)
        for batch in texts(snapshot, only):
            yield len(batch), _read(batch, catalogue)
        return
    with ProcessPoolExecutor(
        workers, get_context("spawn"), _start, (str(snapshot.folder),)
    ) as pool:
        yield from pool.map(_read_in_worker, texts(snapshot, only))


def _read(batch: list[tuple[str, str]], catalogue: Catalogue) -> Found:
    return [
        (name, evidence)
        for name, text in batch
        for evidence in believed(read_evidence(read_card(text), name, catalogue))
    ]


_catalogue: Catalogue


def _start(folder: str) -> None:
    global _catalogue  # noqa: PLW0603 - a pool's initialiser hands over what is slow to make
    _catalogue = catalogue_of(Snapshot.open(folder))


def _read_in_worker(batch: list[tuple[str, str]]) -> tuple[int, Found]:
    return len(batch), _read(batch, _catalogue)
