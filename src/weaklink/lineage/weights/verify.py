"""Verify a model's ancestry by its weights: one verdict for each candidate, and the parent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from weaklink.lineage.weights.compare import ALIKE, WeightsComparison, compare
from weaklink.lineage.weights.direction import Direction, direction
from weaklink.lineage.weights.layout import Anatomy, anatomy
from weaklink.lineage.weights.lowrank import low_rank
from weaklink.lineage.weights.sources import Weights
from weaklink.lineage.weights.verdict import DESCENDED, Verdict, judge

MERGED = 0.25
"""What an average leaves unexplained of the distance to its nearer parent."""
FEWEST_SHARES = 0.05

_AVERAGE = "an average is younger than what it is of"


@dataclass(frozen=True)
class Verified:
    """One candidate.

    Attributes:
        upstream: Its name.
        verdict: What the downstream is to it.
        direction: Which came first, if they are related.
        comparison: What was seen.
        parent: Whether it is the parent, of all candidates.
    """

    upstream: str
    verdict: Verdict
    direction: Direction | None
    comparison: WeightsComparison
    parent: bool = False


def verify(downstream: Weights, upstreams: Sequence[Weights]) -> list[Verified]:
    """Compare a model with candidates for its upstream.

    The parent is the related candidate that is not younger and from which the weights moved least;
    several are parents if the model is their average.

    Args:
        downstream: The model.
        upstreams: The candidates.
    """
    mine, theirs = anatomy(downstream), [anatomy(w) for w in upstreams]
    found = [_one(downstream, w, mine, a) for w, a in zip(upstreams, theirs, strict=True)]
    related = [place for place, v in enumerate(found) if v.verdict.kind in DESCENDED]
    if merged := _merged(downstream, upstreams, found, related):
        return [
            _as_merge(v, merged[place]) if place in merged else v for place, v in enumerate(found)
        ]
    older = [p for p in related if (d := found[p].direction) is None or d.downward is not False]
    if older:
        parent = _nearest([found[place].comparison for place in older], older)
        found[parent] = replace(found[parent], parent=True)
    return found


def _nearest(seen: Sequence[WeightsComparison], places: Sequence[int]) -> int:
    """Return the place of the comparison whose weights moved least, over the same matrices."""
    moved = [{m.mine: m.moved for m in s.layers if m.correlation > ALIKE} for s in seen]
    shared = set(moved[0]).intersection(*moved)
    far = [
        float(np.mean([m[name] for name in shared])) if shared else s.moved
        for m, s in zip(moved, seen, strict=True)
    ]
    return places[int(np.argmin(far))]


def _one(downstream: Weights, upstream: Weights, mine: Anatomy, theirs: Anatomy) -> Verified:
    seen = compare(downstream, upstream, mine, theirs)
    verdict = judge(downstream, upstream, mine, theirs, seen)
    if verdict.kind not in DESCENDED:
        return Verified(upstream.name, verdict, None, seen)
    if verdict.kind == "fine-tuned from" and (rank := low_rank(downstream, upstream, seen)):
        said = f"the difference has rank {rank}: a low-rank adapter was merged in"
        verdict = replace(verdict, signals=(*verdict.signals, said))
    if verdict.kind == "merge of":
        return Verified(upstream.name, verdict, Direction(downward=True, decided=_AVERAGE), seen)
    way = direction(downstream, upstream, mine, theirs, seen)
    return Verified(upstream.name, verdict, way, seen)


def _merged(
    downstream: Weights, upstreams: Sequence[Weights], found: list[Verified], related: list[int]
) -> dict[int, float]:
    """Return the share of each candidate of which the model is an average; none if it is none."""
    for first, second in combinations(related, 2):
        sides = (found[first], found[second])
        if any(v.verdict.kind in {"same weights", "quantised or converted copy"} for v in sides):
            continue
        shares = _shares(downstream, (upstreams[first], upstreams[second]), sides)
        if shares:
            return dict(zip((first, second), shares, strict=True))
    return {}


def _shares(
    downstream: Weights, pair: tuple[Weights, Weights], sides: tuple[Verified, Verified]
) -> tuple[float, float] | None:
    by_mine = [{m.here: m.there for m in v.comparison.layers} for v in sides]
    weights, left = list[np.ndarray](), list[float]()
    for here in by_mine[0].keys() & by_mine[1].keys():
        rows = [here.read(downstream)]
        rows += [named[here].read(source) for source, named in zip(pair, by_mine, strict=True)]
        target, basis = rows[0].ravel(), np.stack([r.ravel() for r in rows[1:]], axis=1)
        gap = basis[:, 0] - basis[:, 1]
        nearest = min(float(np.linalg.norm(target - column)) for column in basis.T)
        if nearest == 0 or not gap.any():
            continue
        part = float(((target - basis[:, 1]) @ gap) / (gap @ gap))
        rest = np.linalg.norm(target - part * basis[:, 0] - (1 - part) * basis[:, 1])
        weights.append(np.array([part, 1 - part]))
        left.append(float(rest) / nearest)
    if not left or float(np.median(left)) > MERGED:
        return None
    shares = np.median(np.stack(weights), axis=0)
    return (float(shares[0]), float(shares[1])) if shares.min() > FEWEST_SHARES else None


def _as_merge(verified: Verified, share: float) -> Verified:
    said = f"together with another candidate it explains the model: {share:.0%} is its share"
    verdict = replace(verified.verdict, kind="merge of", signals=(*verified.verdict.signals, said))
    return replace(
        verified, verdict=verdict, parent=True, direction=Direction(downward=True, decided=_AVERAGE)
    )
