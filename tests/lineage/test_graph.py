"""The graph: cycles, tiers, chains against an enumeration of every path."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weaklink.lineage.graph.edges import EDGES
from weaklink.lineage.graph.lineage import Lineage


def edges(*pairs, tier="declared", confidence=1.0):
    rows = [
        {"downstream": d, "upstream": u, "tier": tier, "confidence": confidence} for u, d in pairs
    ]
    return pl.DataFrame(rows, schema={name: EDGES[name] for name in rows[0]})


def brute_force(pairs):
    """Return every path from a root to a leaf by plain recursion."""
    below = {}
    for upstream, downstream in pairs:
        below.setdefault(upstream, set()).add(downstream)

    def paths(node):
        for child in below.get(node, ()):
            yield from ([node, *rest] for rest in paths(child))
        if node not in below:
            yield [node]

    roots = below.keys() - {d for _, d in pairs}
    return sorted(tuple(path) for root in roots for path in paths(root))


DAGS = st.sets(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda e: e[0] < e[1]), min_size=1
).map(lambda pairs: sorted((f"m{a}", f"m{b}") for a, b in pairs))


@settings(deadline=None)
@given(DAGS)
def test_chains_are_those_of_an_enumeration(pairs):
    lineage = Lineage(edges(*pairs))
    expected = brute_force(pairs)
    assert sorted(lineage.paths()) == expected
    chains = lineage.chains()
    assert chains.paths == len(expected)
    assert chains.pairs == len(pairs)
    assert chains.lengths == {n: sum(len(p) == n for p in expected) for n in map(len, expected)}
    assert chains.mean_length == pytest.approx(sum(map(len, expected)) / len(expected))


@settings(deadline=None)
@given(DAGS, st.sets(st.sampled_from([f"m{i}" for i in range(8)])))
def test_restriction_to_a_set(pairs, members):
    within = Lineage(edges(*pairs)).restricted(members, any_upstream=False)
    assert set(map(tuple, within.edges.select("upstream", "downstream").rows())) == {
        pair for pair in pairs if members.issuperset(pair)
    }
    spanned = set(members)
    for _ in pairs:
        spanned |= {upstream for upstream, downstream in pairs if downstream in spanned}
    above = Lineage(edges(*pairs)).restricted(members, any_upstream=True)
    assert set(map(tuple, above.edges.select("upstream", "downstream").rows())) == {
        pair for pair in pairs if spanned.issuperset(pair)
    }


def test_a_cycle_loses_its_least_trusted_edge_with_a_warning():
    found = pl.concat([edges(("a", "b"), ("b", "c")), edges(("c", "a"), confidence=0.8)])
    with pytest.warns(UserWarning, match="1 edges closed cycles.*a from c"):
        lineage = Lineage(found)
    assert lineage.chains().lengths == {3: 1}
    assert lineage.broken["downstream"].to_list() == ["a"]


@settings(deadline=None)
@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda e: e[0] != e[1])))
@pytest.mark.filterwarnings("ignore:.*closed cycles")
def test_whatever_the_edges_the_graph_has_no_cycle(pairs):
    if pairs:
        lineage = Lineage(edges(*sorted((f"m{a}", f"m{b}") for a, b in pairs)))
        assert len(lineage.edges) + len(lineage.broken) == len(pairs)
        assert all(len(set(path)) == len(path) for path in lineage.paths())


def test_the_strongest_tier_of_each_model_counts():
    found = pl.concat(
        [
            edges(("a", "x")),
            edges(("b", "x"), ("b", "y"), tier="text"),
            edges(("c", "z"), tier="name"),
        ]
    )
    counted = {tuple(e) for e in Lineage(found).edges.select("upstream", "downstream").rows()}
    assert counted == {("a", "x"), ("b", "y")}
    assert len(Lineage(found, ["declared", "text", "name"]).edges) == 3


def test_no_edges_no_chains():
    chains = Lineage(edges(("a", "b")).clear()).chains()
    assert (chains.paths, chains.pairs, chains.lengths) == (0, 0, {})


def test_path_counts_that_no_enumeration_could_reach():
    pairs = [(f"{i}", f"{i}{s}") for i in range(40) for s in "ab"]
    pairs += [(f"{i}{s}", f"{i + 1}") for i in range(40) for s in "ab"]
    assert Lineage(edges(*pairs)).chains().lengths == {81: 2**40}
