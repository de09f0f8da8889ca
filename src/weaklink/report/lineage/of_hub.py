"""Lineages of the Hub: what is around one model, and the most downloaded of a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from weaklink.hub import Snapshot
from weaklink.hub.pages import hub_page
from weaklink.lineage.evidence import COUNTED_TIERS, TIERS
from weaklink.lineage.graph.edges import EdgeTable
from weaklink.lineage.graph.lineage import strongest
from weaklink.lineage.graph.surroundings import MAX_DEPTH, Surroundings
from weaklink.measures.results import Results
from weaklink.report.lineage.known import KnownEdge, KnownLineage, KnownModel
from weaklink.report.lineage.of_study import links_by_ends, rates_of_models
from weaklink.report.page.bounded import bounded_name, bounded_text

MOST_POPULAR = 200
"""Models with an upstream whose lineage the page of popularity draws."""
MOST_AROUND = 3000
"""Models of a lineage that are drawn."""
_EDGES = ("downstream", "upstream", "relation", "tier", "method", "confidence", "quote")


def lineage_around(
    around: Surroundings,
    models: pl.LazyFrame | None = None,
    measured: Iterable[Results] = (),
    most: int = MOST_AROUND,
) -> KnownLineage:
    """Return a model with its ancestors and descendants.

    Args:
        around: They.
        models: Those of the snapshot, for their downloads.
        measured: Figures of audits and studies, for rates and deltas.
        most: Models to draw; the most downloaded of the nearest generations come first.
    """
    downloads = {} if models is None else _downloads(models, around.models["id"])
    counts = pl.Series([downloads.get(name) for name in around.models["id"]], dtype=pl.Int64())
    ranked = around.models.with_columns(downloads=counts).sort(
        pl.col("depth").clip(0), "downloads", descending=[False, True], nulls_last=True
    )
    kept = ranked["id"].head(most)
    edges = around.edges.filter(
        pl.col("upstream").is_in(kept.to_list()) & pl.col("downstream").is_in(kept.to_list())
    )
    left_out = len(ranked) - len(kept)
    below, name = len(around.descendants), bounded_name(around.model)
    above = len(around.models) - 1 - below
    about = f"{_are(above)} above {name}, and {below:,} below it."
    if left_out:
        about += f" {left_out:,} are not drawn: the farthest, and the least downloaded."
    return _known(edges, downloads, about, [*measured], subject=around.model)


def lineage_of_popular(
    snapshot: Snapshot,
    table: EdgeTable,
    *,
    task: str | None,
    names: bool = False,
    most: int = MOST_POPULAR,
) -> KnownLineage:
    """Return the most downloaded models of a task that have an upstream, with all their ancestors.

    Args:
        snapshot: The models.
        table: The edges of its lineage.
        task: Pipeline tag; None for all models.
        names: Whether upstreams guessed from models' names count.
        most: Models of the task to draw.
    """
    counted = TIERS if names else COUNTED_TIERS
    edges = strongest(table.frame.select(_EDGES), counted).collect()
    wanted = pl.lit(value=True) if task is None else pl.col("pipeline") == task
    members = snapshot.models.filter(wanted).select("id", "downloads").collect()
    kept = (
        members.filter(pl.col("id").is_in(edges["downstream"].unique().to_list()))
        .sort("downloads", "id", descending=[True, False], nulls_last=True)
        .head(most)["id"]
    )
    parts, frontier, seen = [edges.clear()], kept, set(kept)
    for _ in range(MAX_DEPTH):
        found = edges.filter(pl.col("downstream").is_in(frontier.to_list()))
        parts.append(found)
        frontier = found["upstream"].unique(maintain_order=True)
        frontier = frontier.filter(~frontier.is_in([*seen]))
        if frontier.is_empty():
            break
        seen.update(frontier)
    shown = pl.concat(parts)
    about = (
        f"The {len(kept):,} most downloaded models with a known upstream, and all their ancestors."
    )
    return _known(shown, _downloads(snapshot.models, pl.Series([*seen])), about)


def _are(models: int) -> str:
    """Write how many models are somewhere.

    >>> _are(0), _are(1), _are(1200)
    ('No known model is', '1 model is', '1,200 models are')
    """
    known = {0: "No known model is", 1: "1 model is"}
    return known.get(models, f"{models:,} models are")


def _downloads(models: pl.LazyFrame, names: pl.Series) -> Mapping[str, int | None]:
    wanted = models.filter(pl.col("id").is_in(names.to_list())).select("id", "downloads")
    return dict(wanted.collect().iter_rows())


def _known(
    edges: pl.DataFrame,
    downloads: Mapping[str, int | None],
    about: str,
    measured: Iterable[Results] = (),
    *,
    subject: str | None = None,
) -> KnownLineage:
    rates = {k: v for results in measured for k, v in rates_of_models(results).items()}
    links = {k: v for results in measured for k, v in links_by_ends(results).items()}
    ends = edges.select("upstream", "downstream").rows()
    names = dict.fromkeys(
        [*([subject] if subject else []), *(name for pair in ends for name in pair)]
    )
    models = [
        KnownModel(bounded_name(name), hub_page(name), downloads.get(name), rates.get(name))
        for name in names
    ]
    known = []
    for row in edges.iter_rows(named=True):
        link = links.get((row["upstream"], row["downstream"]))
        known.append(
            KnownEdge(
                upstream=bounded_name(row["upstream"]),
                downstream=bounded_name(row["downstream"]),
                relation=row["relation"],
                tier=row["tier"],
                method=row["method"] or "",
                quote=bounded_text(row["quote"] or ""),
                delta=None if link is None else link.all.delta,
                verdict=None if link is None else link.all.verdict,
            )
        )
    return KnownLineage(models, known, about, subject and bounded_name(subject))
