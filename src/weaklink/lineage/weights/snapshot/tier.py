"""The tier of weights: edges that signatures confirm, refute or find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import polars as pl

from weaklink.lineage.evidence import Evidence, Relation
from weaklink.lineage.graph.edges import REFUTED, stated, stated_frame
from weaklink.lineage.weights.claim import CheckedClaim
from weaklink.lineage.weights.snapshot.claim_reader import Claim
from weaklink.lineage.weights.snapshot.index import Kinship, Neighbours, kinship
from weaklink.lineage.weights.snapshot.signatures import Signature

CONFIRMED, FOUND = 0.99, 0.9


@dataclass(frozen=True, slots=True)
class WeightEdges:
    """What weights say of a snapshot.

    Attributes:
        edges: Edges that they confirm or find, with the columns ``STATED``.
        refuted: Edges of other tiers that they refute, with the columns ``REFUTED``.
        confirmed: Number of edges confirmed.
        found: Number of edges found where nothing else gave one.
        silent: Number of edges of which weights cannot tell, or cannot be read at one end.
    """

    edges: pl.DataFrame
    refuted: pl.DataFrame
    confirmed: int
    found: int
    silent: int


def weigh(
    edges: pl.DataFrame,
    signatures: Mapping[str, Signature],
    models: Iterable[str],
    check: Callable[[Iterable[Claim]], Mapping[Claim, CheckedClaim]],
) -> WeightEdges:
    """Confirm or refute edges, and find those that are missing.

    Signatures confirm. What they do not confirm is decided by whole comparisons: a signature holds
    eight matrices, and those of two models need not be the same ones, nor stored alike.

    Args:
        edges: Edges of the other tiers, with the columns ``STATED``.
        signatures: Signatures of models and of bases.
        models: The models whose missing upstream to look for.
        check: Says what the weights of both ends say of claims, where they can be read.
    """
    rows, refuted, silent = list[tuple[object, ...]](), [], 0
    pairs = edges.unique(["downstream", "upstream"], keep="first", maintain_order=True)
    left = list[dict[str, Any]]()
    for edge in pairs.iter_rows(named=True):
        mine, theirs = signatures.get(edge["downstream"]), signatures.get(edge["upstream"])
        if mine is None or theirs is None:
            silent += 1
        elif (seen := kinship(mine, theirs)).related:
            rows.append(_row(*_claim(edge), _said(seen), CONFIRMED))
        else:
            left.append(edge)
    checked = check([_claim(edge) for edge in left])
    for edge in left:
        found = checked.get(_claim(edge))
        if found is None or found.said == "cannot tell":
            silent += 1
        elif found.said == "confirmed":
            rows.append(_row(*_claim(edge), found.why, CONFIRMED))
        else:
            said = f"declares {edge['upstream']}; {found.why}"
            refuted.append((*(edge[c] for c in ("downstream", "upstream", "tier", "quote")), said))
    confirmed = len(rows)
    stated_already = set(edges["downstream"]) - {row[0] for row in refuted}
    settled = {row[0] for row in rows} | stated_already
    wanted = [m for m in models if m in signatures and m not in settled]
    neighbours = Neighbours(signatures) if wanted else None
    for model in wanted:
        if neighbours and (parent := _parent(model, signatures, neighbours)):
            rows.append(_row(model, parent[0], "finetune", _said(parent[1]), FOUND))
    return WeightEdges(
        stated_frame(rows),
        pl.DataFrame(refuted, schema=REFUTED, orient="row"),
        confirmed,
        len(rows) - confirmed,
        silent,
    )


def _claim(edge: Mapping[str, Any]) -> Claim:
    return edge["downstream"], edge["upstream"], edge["relation"]


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
    downstream: str, upstream: str, relation: str, quote: str, trust: float
) -> tuple[object, ...]:
    how = "confirmed" if trust == CONFIRMED else "found"
    made = cast("Relation", relation)
    return stated(downstream, Evidence(upstream, made, "tensors", how, trust, quote))


def _said(seen: Kinship) -> str:
    text = f"{seen.matched} of {seen.of} matrices have a common start"
    return f"{text}, and moved by {seen.distance:.2%}" if seen.matched else text
