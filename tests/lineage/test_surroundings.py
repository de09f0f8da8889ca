"""The surroundings of a model against plain recursion; a tree of a part against that of all."""

import tempfile
from collections import Counter
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from weaklink.errors import WeaklinkError
from weaklink.lineage.evidence import TIERS
from weaklink.lineage.exports import to_tree
from weaklink.lineage.graph.edges import EDGES, EdgesManifest, EdgeTable, write_edges
from weaklink.lineage.graph.lineage import strongest
from weaklink.lineage.graph.surroundings import surroundings

MODELS = st.integers(0, 9)
GRAPHS = st.dictionaries(
    st.tuples(MODELS, MODELS).filter(lambda ends: ends[0] != ends[1]),
    st.sampled_from(TIERS),
    min_size=1,
)


def edge_frame(graph):
    rows = [
        dict.fromkeys(EDGES, "x")
        | {"upstream": f"m{u}", "downstream": f"m{d}", "tier": tier, "confidence": 0.9}
        | {"in_snapshot": True}
        for (u, d), tier in graph.items()
    ]
    return pl.DataFrame(rows, schema=EDGES).sort("downstream", "tier", "upstream")


def written(graph, folder):
    manifest = EdgesManifest(snapshot={}, snapshot_folder="s", edges=len(graph), tiers={}, kinds={})
    return write_edges(Path(folder) / "edges", edge_frame(graph), manifest)


def distances(pairs, start, steps):
    found, frontier = {start: 0}, {start}
    for depth in range(1, steps + 1):
        frontier = {b for a, b in pairs if a in frontier} - found.keys()
        found |= dict.fromkeys(frontier, depth)
    return found


@settings(deadline=None)
@given(GRAPHS, st.sets(st.sampled_from(TIERS), min_size=1), st.integers(0, 3), st.data())
def test_surroundings_are_those_of_a_plain_walk(graph, tiers, generations, data):
    counting = strongest(edge_frame(graph).lazy(), tiers).collect()
    pairs = set(counting.select("upstream", "downstream").rows())
    model = data.draw(st.sampled_from([f"m{n}" for n in sorted({n for e in graph for n in e})]))
    with tempfile.TemporaryDirectory() as folder:
        around = surroundings(written(graph, folder), model, tiers=tiers, generations=generations)
    below = distances(pairs, model, generations)
    above = {m: -d for m, d in distances({(b, a) for a, b in pairs}, model, 50).items()}
    depths = above | below
    assert dict(around.models.rows()) == depths
    assert around.models["depth"].is_sorted()
    assert around.edges.equals(
        counting.filter(pl.col("upstream").is_in([*depths]), pl.col("downstream").is_in([*depths]))
        .sort("downstream", "tier", "upstream")
    )  # fmt: skip


@settings(deadline=None)
@given(GRAPHS, st.integers(1, 9), st.data())
def test_the_tree_of_what_it_unfolds_is_that_of_all_edges(graph, most, data):
    model = data.draw(st.sampled_from([f"m{u}" for u, _ in sorted(graph)]))
    with tempfile.TemporaryDirectory() as folder:
        table = written(graph, folder)
        whole = surroundings(table, model, tiers=TIERS)
        part = surroundings(table, model, tiers=TIERS, most=most)
    assert drawn(part, most) == drawn(whole, most)
    left_out = Counter(whole.edges["upstream"]) - Counter(part.edges["upstream"])
    assert part.left_out.items() <= left_out.items()


def drawn(around, most):
    console = Console(width=200, record=True, file=StringIO())
    console.print(to_tree(around, most))
    return console.export_text()


def test_edges_of_another_layout_are_refused(tmp_path):
    table = written({(0, 1): "text"}, tmp_path)
    manifest = table.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"layout": 3', '"layout": 2'))
    with pytest.raises(WeaklinkError, match="has no edges"):
        EdgeTable.open(table.folder)
