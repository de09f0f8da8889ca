"""What was verified, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from weaklink.document import Document, now
from weaklink.lineage.weights.sources import Weights
from weaklink.lineage.weights.verdict import Kind
from weaklink.lineage.weights.verify import Verified


class VerifiedCandidate(BaseModel):
    """What a model is to one candidate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    upstream: str
    verdict: Kind
    probability: float
    """That the verdict, as to a common start, is right."""
    signals: tuple[str, ...]
    older: bool | None
    """Whether the candidate came first; None if unrelated or if nothing tells."""
    decided: str | None
    """What decided which came first."""
    parent: bool
    correlation: float
    """Median correlation of the compared matrices."""
    share: float
    """Share of the compared matrices that have a common start."""
    moved: float | None
    """Median distance of these, over their length; None where there is none."""


class VerifiedLineage(Document):
    """What weights say about where a model came from."""

    kind: Literal["verified-lineage"] = "verified-lineage"
    schema_version: Literal[2] = 2
    verdict: Literal["upstream found", "upstream not found", "cannot tell"]
    """Whether a candidate is the parent. It cannot be told where none is, and of one nothing can be
    told."""
    downstream: str
    candidates: tuple[VerifiedCandidate, ...]
    bytes_read: int
    requests: int


def document(
    mine: Weights, theirs: Sequence[Weights], found: Sequence[Verified]
) -> VerifiedLineage:
    """Return what was verified, and what it cost."""
    return VerifiedLineage(
        created=now(),
        verdict=_overall(found),
        downstream=mine.name,
        candidates=tuple(_candidate(one) for one in found),
        bytes_read=sum(w.bytes_read for w in (mine, *theirs)),
        requests=sum(w.requests for w in (mine, *theirs)),
    )


def _overall(
    found: Sequence[Verified],
) -> Literal["upstream found", "upstream not found", "cannot tell"]:
    if any(one.parent for one in found):
        return "upstream found"
    unknown = any(one.verdict.kind == "cannot tell" for one in found)
    return "cannot tell" if unknown else "upstream not found"


def _candidate(one: Verified) -> VerifiedCandidate:
    moved = one.comparison.moved
    return VerifiedCandidate(
        upstream=one.upstream,
        verdict=one.verdict.kind,
        probability=one.verdict.probability,
        signals=one.verdict.signals,
        older=one.direction.downward if one.direction else None,
        decided=one.direction.decided if one.direction else None,
        parent=one.parent,
        correlation=one.comparison.correlation,
        share=one.comparison.share,
        moved=None if moved == float("inf") else moved,
    )
