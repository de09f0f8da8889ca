"""Where the models of a lineage stand in a picture: upstreams left, downstreams right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import rustworkx as rx
from numpy.typing import NDArray

COLUMN, ROW = 200, 44
"""Pixels between two generations, and between two models of one that have their names beside."""
DOT = 24
"""Pixels between models of a crowded generation, which have no names beside."""
CROWDED = 30
"""A generation of more models is folded into lines of several."""
MARGIN = 100
_SWEEPS = 5
"""To the right and back; the last one to the right, so that a tree has no crossings."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """Places in pixels, from the upper left corner.

    Attributes:
        x: Of each model.
        y: Likewise.
        crowded: Whether its generation is folded.
        width: Of the picture.
        height: Likewise.
    """

    x: Floats
    y: Floats
    crowded: NDArray[np.bool_]
    width: float
    height: float


def layered(size: int, ends: Sequence[tuple[int, int]]) -> GraphLayout:
    """Place models in layers (Sugiyama, Tagawa and Toda 1981), without their dummy vertices.

    A model stands right of all its upstreams; models on a cycle stand in one layer. Within a layer
    the barycentre of their neighbours orders models, and isotonic regression places them as near to
    it as the distance between two allows. A layer of more than ``CROWDED`` models is folded into
    lines, so that the picture of thousands stays as wide as it is high.

    Args:
        size: The number of models.
        ends: Upstream and downstream of each edge, as numbers under ``size``.
    """
    layers = _layers(size, ends)
    links = _adjacent(size, ends, layers)
    members = [np.flatnonzero(layers == layer) for layer in range(layers.max(initial=0) + 1)]
    members = _ordered(members, links)
    x, y, crowded, left = np.zeros(size), np.zeros(size), np.zeros(size, dtype=bool), 0.0
    for layer in members:
        across = _across(len(layer))
        x[layer] = left + np.arange(len(layer)) % across * DOT
        crowded[layer] = across > 1
        left += COLUMN + (across - 1) * DOT
    _place(members, links, y)
    y += MARGIN / 2 - y.min(initial=0)
    width = float(x.max(initial=0)) + 2 * MARGIN
    return GraphLayout(x + MARGIN, y, crowded, width, float(y.max(initial=0)) + MARGIN / 2)


def _layers(size: int, ends: Sequence[tuple[int, int]]) -> Integers:
    """Return the generation of each model; a root stands right before its first downstream."""
    graph: rx.PyDiGraph[int, None] = rx.PyDiGraph()
    graph.add_nodes_from(range(size))
    graph.add_edges_from([(up, down, None) for up, down in ends])
    component = np.zeros(size, dtype=np.int64)
    groups = rx.strongly_connected_components(graph)
    for number, group in enumerate(groups):
        component[group] = number
    whole: rx.PyDiGraph[int, None] = rx.PyDiGraph()
    whole.add_nodes_from(range(len(groups)))
    pairs = {(int(component[up]), int(component[down])) for up, down in ends}
    whole.add_edges_from([(up, down, None) for up, down in pairs if up != down])
    layers = np.zeros(len(groups), dtype=np.int64)
    for layer, generation in enumerate(rx.topological_generations(whole)):
        layers[list(generation)] = layer
    for root in range(len(groups)):
        below = whole.successor_indices(root)
        if below and not whole.in_degree(root):
            layers[root] = min(layers[list(below)]) - 1
    return layers[component]


@dataclass(frozen=True, slots=True)
class _LayerNeighbours:
    """Of each model the numbers of its neighbours to the left and to the right."""

    left: Sequence[Integers]
    right: Sequence[Integers]


def _adjacent(size: int, ends: Sequence[tuple[int, int]], layers: Integers) -> _LayerNeighbours:
    left: list[list[int]] = [[] for _ in range(size)]
    right: list[list[int]] = [[] for _ in range(size)]
    for up, down in ends:
        if layers[up] < layers[down]:
            left[down].append(up)
            right[up].append(down)
    return _LayerNeighbours([*map(_numbers, left)], [*map(_numbers, right)])


def _numbers(found: Sequence[int]) -> Integers:
    return np.array(found, dtype=np.int64)


def _ordered(members: list[Integers], links: _LayerNeighbours) -> list[Integers]:
    """Order each layer by the mean place of its neighbours, in both directions."""
    place = np.zeros(sum(map(len, members)))
    for layer in members:
        place[layer] = np.linspace(0, 1, len(layer))
    for sweep in range(_SWEEPS):
        rightward = sweep % 2 == 0
        sides, numbers = (links.left, range(len(members)))
        if not rightward:
            sides, numbers = links.right, range(len(members) - 1, -1, -1)
        for number in numbers:
            layer = members[number]
            means = _means(layer, sides, place)
            members[number] = layer = layer[np.argsort(means, kind="stable")]
            place[layer] = (np.arange(len(layer)) + 0.5) / len(layer)
    return members


def _means(layer: Integers, sides: Sequence[Integers], place: Floats) -> Floats:
    """Return the mean place of each model's neighbours on a side; its own where there is none."""
    return np.array([place[sides[m]].mean() if len(sides[m]) else place[m] for m in layer])


def _place(members: Sequence[Integers], links: _LayerNeighbours, y: Floats) -> None:
    """Give each layer its heights: in order, apart, and else where its neighbours are."""
    for layer in members:
        heights = np.arange(len(layer)) // _across(len(layer)) * _apart(len(layer))
        y[layer] = heights - heights.mean()
    for sides, order in ((links.left, members), (links.right, members[::-1])):
        for layer in order:
            y[layer] = _near(_means(layer, sides, y))


def _near(wanted: Floats) -> Floats:
    """Return the heights nearest to the wanted ones that keep the order and the distance."""
    line = np.arange(len(wanted)) // _across(len(wanted))
    counts = np.bincount(line)
    if len(counts) == 1:
        return np.full(len(wanted), wanted.mean())
    from scipy.optimize import isotonic_regression

    offsets = np.arange(len(counts)) * _apart(len(wanted))
    means = np.bincount(line, weights=wanted) / counts
    fitted = isotonic_regression(means - offsets, weights=counts).x + offsets
    heights: Floats = fitted[line]
    return heights


def _across(count: int) -> int:
    """Return how many models of a layer stand in one line."""
    return max(1, round((count / 2) ** 0.5)) if count > CROWDED else 1


def _apart(count: int) -> float:
    """Return the pixels between two lines of a layer."""
    return DOT if _across(count) > 1 else ROW
