"""Which models are related: those that share an ancestor in the record, or that are the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from weaklink.models.encoder import DEFAULT_ENCODER
from weaklink.store.record import ModelEntry, StudyRecord


def lineages_of(record: StudyRecord) -> tuple[int, ...]:
    """Return the number of the lineage of every model that could be loaded, references last.

    Two models are of one lineage where chains of the record connect them, through models that were
    not measured too; where the study made both from the same base; or where both names load the
    same model.
    """
    loaded = _loaded(record)
    numbers = connected([one.name for one in loaded], paths_of(record))
    return tuple(numbers[one.name] for one in loaded)


def paths_of(record: StudyRecord) -> list[Sequence[str]]:
    """Return what connects the models of a record: chains, bases, and equal models."""
    return [
        *(chain.models for chain in record.chains),
        *bases_of(record.specification),
        *((one.name, f"print {one.fingerprint}") for one in _loaded(record)),
    ]


def _loaded(record: StudyRecord) -> list[ModelEntry]:
    return [one for one in (*record.models, *record.references) if one.fingerprint]


def bases_of(specification: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each model that a specification makes, with what it starts from.

    An encoder that is pre-trained here starts from the packaged one.
    """
    made = (*(specification.get("finetuned") or ()), *(specification.get("hardened") or ()))
    tuned = [(one["base"], one["name"]) for one in made]
    return [*tuned, *((DEFAULT_ENCODER, o["name"]) for o in specification.get("pretrained") or ())]


def connected(names: Collection[str], paths: Iterable[Sequence[str]]) -> dict[str, int]:
    """Return the number of each name's component, where each path connects its names.

    >>> connected(["a", "b", "c"], [["a", "base"], ["base", "b"]])
    {'a': 0, 'b': 0, 'c': 1}
    """
    places: dict[str, int] = {}
    edges = [(_place(places, name),) * 2 for name in names]
    edges += [(_place(places, a), _place(places, b)) for path in paths for a, b in pairwise(path)]
    numbers = _components(edges, len(places))
    return {name: numbers[place] for name, place in places.items() if name in names}


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
