"""Which models are related: those that share an ancestor in the record, or that are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from weaklink.store.record import StudyRecord


def lineages_of(record: StudyRecord) -> tuple[int, ...]:
    """Return the number of the lineage of every model that could be loaded, in their order.

    Two models are of one lineage where chains of the record connect them, through models that were
    not measured too, or where both names load the same model.
    """
    places: dict[str, int] = {}
    same = [(f"name:{m.name}", f"print:{m.fingerprint}") for m in record.models if m.fingerprint]
    chained = [pair for chain in record.chains for pair in pairwise(_names(chain.models))]
    edges = [(_place(places, one), _place(places, other)) for one, other in (*same, *chained)]
    numbers = _components(edges, len(places))
    return tuple(numbers[places[name]] for name, _ in same)


def _names(models: Sequence[str]) -> list[str]:
    return [f"name:{model}" for model in models]


def _place(places: dict[str, int], name: str) -> int:
    return places.setdefault(name, len(places))


def _components(edges: Sequence[tuple[int, int]], nodes: int) -> Mapping[int, int]:
    """Return the number of each node's connected component."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not edges:
        return {}
    rows, columns = np.array(edges).T
    graph = coo_array((np.ones(len(edges)), (rows, columns)), shape=(nodes, nodes))
    return dict(enumerate(connected_components(graph, directed=False)[1].tolist()))
