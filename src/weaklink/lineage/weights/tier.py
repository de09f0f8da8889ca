"""The tier of weights: edges that signatures confirm, refute or find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from weaklink.lineage.evidence import Evidence, Relation
from weaklink.lineage.graph.edges import REFUTED, stated, stated_frame
from weaklink.lineage.weights.index import Kinship, Neighbours, kinship
from weaklink.lineage.weights.signatures import Signature

CONFIRMED, FOUND = 0.99, 0.9


@dataclass(frozen=True, slots=True)
class WeightEdges:
    """What weights say of a snapshot.

    Attributes:
        edges: Edges that they confirm or find, with the columns ``STATED``.
        refuted: Edges of other tiers that they refute, with the columns ``REFUTED``.
        confirmed: Number of edges confirmed.
        found: Number of edges found where nothing else gave one.
        silent: Number of edges of which one end has no weights that can be read.
    """

    edges: pl.DataFrame
    refuted: pl.DataFrame
    confirmed: int
    found: int
    silent: int


def weigh(
    edges: pl.DataFrame, signatures: Mapping[str, Signature], models: Iterable[str]
) -> WeightEdges:
    """Confirm or refute edges, and find those that are missing.

    Args:
        edges: Edges of the other tiers, with the columns ``STATED``.
        signatures: Signatures of models and of bases.
        models: The models whose missing upstream to look for.
    """
    rows, refuted, silent, settled = list[tuple[object, ...]](), [], 0, set[str]()
    pairs = edges.unique(["downstream", "upstream"], keep="first", maintain_order=True)
    for edge in pairs.iter_rows(named=True):
        mine, theirs = signatures.get(edge["downstream"]), signatures.get(edge["upstream"])
        if mine is None or theirs is None:
            silent += 1
            continue
        seen = kinship(mine, theirs)
        if seen.related:
            settled.add(edge["downstream"])
            rows.append(
                _row(edge["downstream"], edge["upstream"], edge["relation"], seen, "confirmed")
            )
        elif seen.strangers and edge["relation"] not in {"distill", "adapter"}:
            said = f"declares {edge['upstream']}; {_said(seen)}"
            refuted.append((*(edge[c] for c in ("downstream", "upstream", "tier", "quote")), said))
    confirmed = len(rows)
    stated_already = set(edges["downstream"]) - {row[0] for row in refuted}
    wanted = [m for m in models if m in signatures and m not in settled | stated_already]
    neighbours = Neighbours(signatures) if wanted else None
    for model in wanted:
        if neighbours and (parent := _parent(model, signatures, neighbours)):
            rows.append(_row(model, parent[0], "finetune", parent[1], "found"))
    return WeightEdges(
        stated_frame(rows),
        pl.DataFrame(refuted, schema=REFUTED, orient="row"),
        confirmed,
        len(rows) - confirmed,
        silent,
    )


def _parent(
    model: str, signatures: Mapping[str, Signature], neighbours: Neighbours
) -> tuple[str, Kinship] | None:
    """Return the nearest relative that is older: made before, or without a head for a task."""
    mine = signatures[model]
    for name, seen in neighbours.near(model):
        theirs = signatures[name]
        earlier = mine.created and theirs.created and theirs.created < mine.created
        bare = mine.task_head and not theirs.task_head
        deeper = theirs.layers > mine.layers > 0
        if bare or deeper or (earlier and mine.task_head == theirs.task_head):
            return name, seen
    return None


def _row(
    downstream: str, upstream: str, relation: Relation, seen: Kinship, how: str
) -> tuple[object, ...]:
    trust = CONFIRMED if how == "confirmed" else FOUND
    evidence = Evidence(upstream, relation, "tensors", how, trust, _said(seen))
    return stated(downstream, evidence)


def _said(seen: Kinship) -> str:
    if not seen.compared:
        return "no matrix of its weights has the width of one of the other's"
    text = f"{seen.matched} of {seen.of} matrices have a common start"
    return f"{text}, and moved by {seen.distance:.2%}" if seen.matched else text
