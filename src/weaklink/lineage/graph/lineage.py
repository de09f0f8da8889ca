"""The graph of fine-tuning: from edges to a directed acyclic graph, and its chains.

A **chain** is counted in two ways, which the paper mixes: as every path from a root (a model with
no known upstream) to a leaf (one with no known downstream), and as every pair of a model and its
direct upstream. Either is counted within a set of models, both ends in the set, or with any
upstream: the set and all ancestors of its members, whatever their task.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl
import rustworkx as rx
from numpy.typing import NDArray

from weaklink.errors import refuse_path
from weaklink.lineage.evidence import COUNTED_TIERS, TIERS, Tier
from weaklink.lineage.graph.edges import EdgeTable

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chains:
    """How many chains there are.

    Attributes:
        paths: Paths from a root to a leaf. Counted in double precision: exact below 2**53.
        pairs: Models with a direct upstream, once for each.
        lengths: Of the paths, how many have so many models.
        models: Models on any chain.
    """

    paths: int
    pairs: int
    lengths: dict[int, int]
    models: int

    @property
    def mean_length(self) -> float:
        """Mean number of models on a path; NaN where there is none."""
        models = sum(length * count for length, count in self.lengths.items())
        return models / self.paths if self.paths else float("nan")

    def share(self, lengths: Collection[int]) -> float | None:
        """Return the share of paths that have so many models; None where there is no path."""
        found = sum(self.lengths.get(length, 0) for length in lengths)
        return found / self.paths if self.paths else None


class Lineage:
    """Models and the edges between them, without cycles.

    Args:
        edges: Rows of ``EDGES``; of each downstream only the strongest tier counts.
        tiers: The tiers that count at all.

    Attributes:
        edges: The edges that count, less those that closed cycles.
        broken: Those that closed cycles.
        graph: From upstream to downstream; nodes are positions in ``ids``.
    """

    def __init__(self, edges: pl.DataFrame, tiers: Collection[Tier] = COUNTED_TIERS) -> None:
        refuse_path(edges, "Lineage", "weaklink.Lineage.load(folder) with the folder of edges")
        edges = strongest(edges.lazy(), tiers).collect()
        ids = pl.concat([edges["downstream"], edges["upstream"]]).unique().sort()
        self._index = pl.DataFrame({"id": ids}).with_row_index("index")
        ends = self._ends(edges)
        graph = _graph(len(ids), ends)
        broken = _cycle_breakers(graph, edges["confidence"].to_numpy())
        if broken:
            kept = np.ones(len(edges), dtype=bool)
            kept[broken] = False
            self.broken = edges.filter(~kept)
            edges, ends = edges.filter(kept), (ends[0][kept], ends[1][kept])
            first = self.broken.row(0, named=True)
            warnings.warn(
                f"{len(broken)} edges closed cycles. The least trusted edge of each was left out. "
                f"The first: {first['downstream']} from {first['upstream']}.",
                stacklevel=2,
            )
        else:
            self.broken = edges.clear()
        self.edges = edges
        self.graph = graph
        self._upstream, self._downstream = ends

    @classmethod
    def load(cls, folder: Path | str, tiers: Collection[Tier] = COUNTED_TIERS) -> Self:
        """Read the edges that ``weaklink lineage build`` wrote.

        Raises:
            WeaklinkError: The folder holds no edges.
        """
        columns = ["downstream", "upstream", "relation", "tier", "evidence_kind", "confidence"]
        return cls(EdgeTable.open(folder).frame.select(columns).collect(), tiers)

    @property
    def ids(self) -> pl.Series:
        """The models that an edge touches, sorted."""
        return self._index["id"]

    def restricted(self, members: Iterable[str], *, any_upstream: bool) -> Lineage:
        """Return the lineage of a set of models, within it or with all their ancestors."""
        member = np.zeros(len(self.ids), dtype=bool)
        member[self._positions(pl.Series(list(members), dtype=pl.String()))] = True
        if any_upstream:
            frontier = member.copy()
            while frontier.any():
                reached = np.zeros_like(member)
                reached[self._upstream[frontier[self._downstream]]] = True
                frontier = reached & ~member
                member |= frontier
        return Lineage(self.edges.filter(member[self._upstream] & member[self._downstream]), TIERS)

    def chains(self) -> Chains:
        """Count the chains by both definitions."""
        order = np.argsort(self._upstream, kind="stable")
        targets = self._downstream[order]
        starts = np.searchsorted(self._upstream[order], np.arange(len(self.ids) + 1))
        is_leaf = np.diff(starts) == 0
        is_root = np.ones(len(self.ids), dtype=bool)
        is_root[self._downstream] = False
        nodes, counts = np.flatnonzero(is_root), np.ones(is_root.sum())
        lengths, length = dict[int, int](), 1
        while len(nodes):
            if finished := int(counts[is_leaf[nodes]].sum()):
                lengths[length] = finished
            nodes, counts = _advance(nodes, counts, starts, targets)
            length += 1
        return Chains(sum(lengths.values()), len(self.edges), lengths, len(self.ids))

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Yield every path from a root to a leaf, roots in order; there may be very many."""
        ids, graph = self.ids, self.graph
        for root in (n for n in graph.node_indices() if not graph.in_degree(n)):
            stack: list[tuple[int, ...]] = [(root,)]
            while stack:
                path = stack.pop()
                below = sorted(graph.successor_indices(path[-1]), reverse=True)
                stack += [(*path, child) for child in below]
                if not below:
                    yield tuple(ids[node] for node in path)

    def _ends(self, edges: pl.DataFrame) -> tuple[Indices, Indices]:
        return self._positions(edges["upstream"]), self._positions(edges["downstream"])

    def _positions(self, ids: pl.Series) -> Indices:
        found = pl.DataFrame({"id": ids}).join(
            self._index, on="id", how="inner", maintain_order="left"
        )
        return found["index"].cast(pl.Int64).to_numpy()


def strongest(edges: pl.LazyFrame, tiers: Collection[Tier]) -> pl.LazyFrame:
    """Keep, of the tiers that count, the strongest that each downstream has."""
    kept = edges.filter(pl.lit(value=False))
    for tier in TIERS:
        if tier in tiers:
            weaker = edges.filter(pl.col("tier") == tier)
            kept = pl.concat([kept, weaker.join(kept, on="downstream", how="anti")])
    return kept


def _graph(size: int, ends: tuple[Indices, Indices]) -> rx.PyDiGraph[int, int]:
    graph: rx.PyDiGraph[int, int] = rx.PyDiGraph()
    graph.add_nodes_from(range(size))
    pairs = zip(ends[0].tolist(), ends[1].tolist(), strict=True)
    graph.add_edges_from([(a, b, edge) for edge, (a, b) in enumerate(pairs)])
    return graph


def _cycle_breakers(graph: rx.PyDiGraph[int, int], confidence: NDArray[np.float64]) -> list[int]:
    """Return edges without which there is no cycle; takes them out of ``graph``."""
    broken = list[int]()
    while not rx.is_directed_acyclic_graph(graph):
        for component in rx.strongly_connected_components(graph):
            if len(component) > 1:
                broken += _break(graph, component[0], confidence)
    return sorted(broken)


def _break(graph: rx.PyDiGraph[int, int], node: int, confidence: NDArray[np.float64]) -> list[int]:
    cycle = rx.digraph_find_cycle(graph, node)
    closing = [(graph.get_edge_data(a, b), a, b) for a, b in cycle]
    edge, a, b = min(closing, key=lambda found: (confidence[found[0]], found[0]))
    graph.remove_edge(a, b)
    return [edge]


def _advance(
    nodes: Indices, counts: NDArray[np.float64], starts: Indices, targets: Indices
) -> tuple[Indices, NDArray[np.float64]]:
    """Take every path one edge further; return where paths end now, and how many there."""
    degrees = starts[nodes + 1] - starts[nodes]
    carried = np.repeat(counts, degrees)
    firsts = np.repeat(starts[nodes] - np.concatenate(([0], np.cumsum(degrees)[:-1])), degrees)
    reached = targets[firsts + np.arange(len(firsts))]
    ends, where = np.unique(reached, return_inverse=True)
    summed = np.bincount(where, weights=carried, minlength=len(ends))
    return ends, summed.astype(np.float64)
