"""The surroundings of one model in a table of edges, without building the whole graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weaklink.errors import WeaklinkError
from weaklink.lineage.catalogue import same
from weaklink.lineage.evidence import COUNTED_TIERS, Tier
from weaklink.lineage.graph.edges import EdgeTable
from weaklink.lineage.graph.index import Index, Mask, Numbers

MAX_DEPTH = 50
FEWER = 4

Depths = NDArray[np.int64]

_FAR = np.iinfo(np.int64).max

Edge = dict[str, Any]


@dataclass(frozen=True)
class Surroundings:
    """A model with its ancestors and descendants.

    Attributes:
        model: Its id.
        edges: Rows of ``EDGES``, between the ancestors, it, and the descendants.
        models: Columns ``id`` and ``depth``: the distance, negative for ancestors, 0 for itself;
            sorted by distance.
        left_out: Edges to downstreams that were left out, by model.
        unresolved: Declared bases that are not known models, by the model that declares them.
        refuted: What weights say against stated upstreams, by downstream.
    """

    model: str
    edges: pl.DataFrame
    models: pl.DataFrame
    left_out: Mapping[str, int] = field(default_factory=dict)
    unresolved: Mapping[str, Sequence[str]] = field(default_factory=dict)
    refuted: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def descendants(self) -> pl.DataFrame:
        """The part of ``models`` that descends from it, nearest first."""
        return self.models.filter(pl.col("depth") > 0)

    @property
    def doubts(self) -> dict[str, Mapping[str, Sequence[str]]]:
        """What is said against stated upstreams, by kind and by model."""
        return {"unresolved": self.unresolved, "refuted": self.refuted}

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
    tiers: Collection[Tier] = COUNTED_TIERS,
    generations: int = MAX_DEPTH,
    most: int | None = None,
) -> Surroundings:
    """Collect the whole ancestry of a model, and its descendants.

    Args:
        table: The edges.
        model_id: The model, under its id of today or an older one.
        tiers: The tiers of evidence that count.
        generations: How many generations of descendants to collect.
        most: To how many direct downstreams to read edges; of each of these to a quarter as many,
            and so on. None: to all.

    Raises:
        WeaklinkError: No edge touches the model, and nothing is said against one of its own.
    """
    index = table.index()
    model = _number(index, model_id)
    if model is None:
        return _alone(table, model_id)
    counting, size = index.counting(tiers), len(index.ids)
    downstream, upstream = index.downstream[counting], index.upstream[counting]
    above = _distances(downstream, upstream, model, size, MAX_DEPTH)
    below = _distances(upstream, downstream, model, size, generations)
    depths = np.where(below == _FAR, -above, below)
    member = np.abs(depths) != _FAR
    models = pl.DataFrame({"id": index.ids.filter(member), "depth": depths[member]})
    inside = counting & member[index.upstream] & member[index.downstream]
    left_out = dict[str, int]()
    if most is not None:
        inside, left_out = _thinned(inside, index, model, above != _FAR, most)
    return Surroundings(
        model=index.ids[model],
        edges=table.frame.filter(pl.Series(inside)).collect(),
        models=models.sort("depth", maintain_order=True),
        left_out=left_out,
        unresolved=_by_model(table.unresolved, "written", models["id"]),
        refuted=_by_model(table.refuted, "said", models["id"]),
    )


def _by_model(frame: pl.LazyFrame, column: str, models: pl.Series) -> dict[str, list[str]]:
    """Return what a table says of each model."""
    found = frame.filter(pl.col("downstream").is_in(models.to_list()))
    listed = found.group_by("downstream", maintain_order=True).agg(column).collect()
    return dict(listed.iter_rows())


def _number(index: Index, model_id: str) -> int | None:
    """Return the number of a model, under whatever id the edges have it; None if they have none."""
    if (number := index.number(model_id)) is not None:
        return number
    tail = model_id.rpartition("/")[2].lower()
    alike = index.ids.filter(index.ids.str.to_lowercase().str.ends_with(tail))
    aliases = [candidate for candidate in alike if same(candidate, model_id)]
    return int(index.ids.search_sorted(aliases[0])) if aliases else None


def _alone(table: EdgeTable, model: str) -> Surroundings:
    """Return a model without edges, of which weights refuted or nobody knew what it states."""
    models = pl.DataFrame({"id": [model], "depth": [0]})
    unresolved = _by_model(table.unresolved, "written", models["id"])
    refuted = _by_model(table.refuted, "said", models["id"])
    if not unresolved and not refuted:
        raise WeaklinkError(
            f"No edge touches {model}.",
            "Check the id; a model with no known upstream and no known downstream has no lineage.",
        )
    none = table.frame.clear().collect()
    return Surroundings(model, none, models, unresolved=unresolved, refuted=refuted)


def _distances(starts: Numbers, ends: Numbers, model: int, size: int, steps: int) -> Depths:
    """Return how many edges every model is from one, following edges from start to end."""
    depths = np.full(size, _FAR)
    depths[model] = 0
    for depth in range(steps):
        reached = ends[depths[starts] == depth]
        reached = reached[depths[reached] == _FAR]
        if not len(reached):
            break
        depths[reached] = depth + 1
    return depths


def _thinned(
    inside: Mask, index: Index, model: int, ancestors: Mask, most: int
) -> tuple[Mask, dict[str, int]]:
    """Return the edges above a model and the first of those below, and how many are left out."""
    kept = inside & ancestors[index.downstream]
    left_out, parents, seen = dict[str, int](), {model}, set[int]()
    while parents:
        seen |= parents
        rows = np.flatnonzero(inside & np.isin(index.upstream, list(parents)))
        first = {parent: rows[index.upstream[rows] == parent] for parent in parents}
        for parent, edges in first.items():
            kept[edges[:most]] = True
            if more := int((~kept[edges]).sum()):
                left_out[index.ids[parent]] = more
        found = [index.downstream[edges[:most]].tolist() for edges in first.values()]
        parents = set(chain.from_iterable(found)) - seen
        most //= FEWER
    return kept, left_out
