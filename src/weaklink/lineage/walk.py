"""The surroundings of one model in a table of edges, without building the whole graph."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import polars as pl

from weaklink.errors import WeaklinkError
from weaklink.lineage.catalogue import same
from weaklink.lineage.edges import EDGES, EdgeTable
from weaklink.lineage.evidence import Tier
from weaklink.lineage.graph import STATED_TIERS, strongest

MAX_DEPTH = 50
FEW = 1_000

Edge = dict[str, Any]


@dataclass(frozen=True)
class Surroundings:
    """A model with its ancestors and descendants.

    Attributes:
        model: Its id.
        edges: Rows of ``EDGES``, or some of its columns: between the ancestors, it, and the
            descendants.
        models: Columns ``id`` and ``depth``: the distance, negative for ancestors, 0 for itself;
            sorted by distance.
    """

    model: str
    edges: pl.DataFrame
    models: pl.DataFrame

    @property
    def descendants(self) -> pl.DataFrame:
        """The part of ``models`` that descends from it, nearest first."""
        return self.models.filter(pl.col("depth") > 0)

    def upstreams(self, model: str) -> list[Edge]:
        """Return the edges from a model to its direct upstreams."""
        return self.edges.filter(pl.col("downstream") == model).to_dicts()

    def downstreams(self, models: Collection[str]) -> pl.DataFrame:
        """Return the edges from the direct downstreams of some models to them."""
        return self.edges.filter(pl.col("upstream").is_in(list(models)))


def surroundings(
    table: EdgeTable,
    model_id: str,
    *,
    tiers: Collection[Tier] = STATED_TIERS,
    generations: int = MAX_DEPTH,
    columns: Collection[str] = tuple(EDGES),
) -> Surroundings:
    """Collect the whole ancestry of a model, and its descendants.

    Args:
        table: The edges.
        model_id: The model, under its id of today or an older one.
        tiers: The tiers of evidence that count.
        generations: How many generations of descendants to collect.
        columns: The columns of ``EDGES`` to read, at least both ends; fewer are much faster.

    Raises:
        WeaklinkError: No edge touches the model.
    """
    numbered = table.frame.with_row_index("row")
    ends = strongest(numbered.select("row", "downstream", "upstream", "tier"), tiers).collect()
    model = _in_edges(ends, model_id)
    up = _walk(ends, model, "downstream", "upstream", MAX_DEPTH)
    down = _walk(ends, model, "upstream", "downstream", generations)
    above = up.filter(pl.col("depth") > 0).join(down, on="id", how="anti")
    models = pl.concat([above.with_columns(-pl.col("depth")), down])
    inside = ends.lazy()
    for end in ("downstream", "upstream"):
        inside = inside.join(models.lazy(), left_on=end, right_on="id", how="semi")
    if len(models) <= FEW:  # then most of the file can be skipped
        numbered = numbered.filter(pl.col("downstream").is_in(models["id"].to_list()))
    rows = inside.select("row").collect()
    edges = numbered.join(rows.lazy(), on="row", how="semi").select(*columns)
    return Surroundings(model, edges.collect(), models.sort("depth", "id"))


def _in_edges(ends: pl.DataFrame, model_id: str) -> str:
    tail = model_id.rpartition("/")[2].lower()
    for end in ("downstream", "upstream"):
        found = ends.filter(pl.col(end) == model_id)
        if len(found):
            return model_id
    for end in ("downstream", "upstream"):
        alike = ends.filter(pl.col(end).str.to_lowercase().str.ends_with(tail))[end].unique()
        if aliases := [candidate for candidate in alike if same(candidate, model_id)]:
            return str(aliases[0])
    raise WeaklinkError(
        f"No edge touches {model_id}.",
        "Check the id; a model with no known upstream and no known downstream has no lineage.",
    )


def _walk(ends: pl.DataFrame, model: str, start: str, end: str, steps: int) -> pl.DataFrame:
    """Return the ids of all models reached from one, each with its distance."""
    seen = pl.DataFrame({"id": [model], "depth": [0]})
    frontier = seen
    for depth in range(1, steps + 1):
        frontier = (
            ends.lazy()
            .join(frontier.lazy(), left_on=start, right_on="id", how="semi")
            .select(pl.col(end).alias("id"), pl.lit(depth, pl.Int64).alias("depth"))
            .unique()
            .join(seen.lazy(), on="id", how="anti")
            .collect()
        )
        if not len(frontier):
            break
        seen = pl.concat([seen, frontier])
    return seen
