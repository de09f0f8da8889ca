"""How the figures of a campaign are worked out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from weaklink.measures.bounds import Bounds
from weaklink.store.record import StudyRecord

RESAMPLES = 1999
"""Resamples that an interval rests on."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a study is scored.

    Attributes:
        bounds: What makes an adversarial text valid; None: what the specification says.
        seed: Chooses the resamples and the permutations.
        resamples: How many resamples an interval rests on.
        created: When the figures are computed; None: now.
    """

    bounds: Bounds | None = None
    seed: int = 0
    resamples: int = RESAMPLES
    created: datetime | None = None


def looked_at(record: StudyRecord) -> bool:
    """Return whether somebody looked at the figures before they decided to stop."""
    return record.specification.get("until") == "decided"


def stated_bounds(record: StudyRecord) -> Bounds:
    """Return the bounds of the specification, or the default ones where it has none."""
    return Bounds.model_validate(record.specification.get("bounds") or {})
