"""The surroundings of one model in a table of edges, without building the whole graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from weaklink.errors import WeaklinkError
from weaklink.lineage.catalogue import same
from weaklink.lineage.edges import EdgeTable
from weaklink.lineage.evidence import Tier
from weaklink.lineage.graph import STATED_TIERS, strongest

MAX_DEPTH = 50

Edge = dict[str, Any]


@dataclass(frozen=True)
class Surroundings:
    """A model with all its ancestors and descendants.

    Attributes:
        model: Its id.
        edges: Rows of ``EDGES`` between the ancestors, it, and the descendants.
        depths: Every model's distance: negative for ancestors, 0 for the model itself.
    """

    model: str
    edges: pl.DataFrame
    depths: dict[str, int]

    @property
    def descendants(self) -> list[str]:
        """The models that descend from it, nearest first."""
        below = [(depth, model) for model, depth in self.depths.items() if depth > 0]
        return [model for _, model in sorted(below)]

    def upstreams(self, model: str) -> list[Edge]:
        """Return the edges from a model to its direct upstreams."""
        return self._by("downstream", model)

    def downstreams(self, model: str) -> list[Edge]:
        """Return the edges from a model's direct downstreams to it."""
        return self._by("upstream", model)

    def _by(self, end: str, model: str) -> list[Edge]:
        table = self._sorted[end]
        first = table[end].search_sorted(model, "left")
        return table[first : table[end].search_sorted(model, "right")].to_dicts()

    @cached_property
    def _sorted(self) -> dict[str, pl.DataFrame]:
        ends = ("downstream", "upstream")
        return {end: self.edges.sort(end, maintain_order=True) for end in ends}


def surroundings(
    table: EdgeTable,
    model_id: str,
    *,
    tiers: Collection[Tier] = STATED_TIERS,
    downwards: bool = True,
) -> Surroundings:
    """Collect the ancestry and, unless ``downwards`` is false, all descendants of a model.

    Args:
        table: The edges.
        model_id: The model, under its id of today or an older one.
        tiers: The tiers of evidence that count.
        downwards: Whether to collect descendants.

    Raises:
        WeaklinkError: No edge touches the model.
    """
    ends = strongest(table.frame.select("downstream", "upstream", "tier"), tiers).collect()
    model = _in_edges(ends, model_id)
    up = _walk(ends, model, "downstream", "upstream")
    down = _walk(ends, model, "upstream", "downstream") if downwards else {model: 0}
    depths = down | {ancestor: -depth for ancestor, depth in up.items()}
    inside = pl.col("downstream").is_in(list(depths)) & pl.col("upstream").is_in(list(depths))
    wanted = ends.filter(inside)
    edges = (
        table.frame.filter(pl.col("downstream").is_between(*_ends_of(wanted["downstream"])))
        .join(wanted.lazy(), on=["downstream", "upstream", "tier"], how="semi")
        .collect()
    )
    return Surroundings(model, edges, depths)


def _ends_of(ids: pl.Series) -> tuple[pl.Expr, pl.Expr]:
    """Return the first and last id, between which the reader looks for row groups."""
    return pl.lit(ids.min(), pl.String()), pl.lit(ids.max(), pl.String())


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


def _walk(ends: pl.DataFrame, model: str, start: str, end: str) -> dict[str, int]:
    """Return every model reached from one, and its distance; cycles end where they began."""
    depths, frontier = {model: 0}, [model]
    for depth in range(1, MAX_DEPTH + 1):
        reached: Iterable[str] = ends.filter(pl.col(start).is_in(frontier))[end].unique().sort()
        frontier = [found for found in reached if found not in depths]
        if not frontier:
            break
        depths |= dict.fromkeys(frontier, depth)
    return depths
