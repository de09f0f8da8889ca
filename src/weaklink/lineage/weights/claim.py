"""What the weights of both ends say of a link that somebody states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, TypeAlias, get_args

from weaklink.lineage.weights.sources import Weights
from weaklink.lineage.weights.verdict import DESCENDED
from weaklink.lineage.weights.verify import Verified, verify

Said: TypeAlias = Literal["confirmed", "refuted", "cannot tell"]

CLAIM_VERSION = 1
"""Of how weights decide about a claim; raised whenever that changes."""


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A stated link, held against weights.

    Attributes:
        said: ``confirmed`` where both have a common start.
        why: What was seen.
    """

    said: Said
    why: str

    @classmethod
    def read(cls, said: str, why: str) -> Self:
        """Read one that was kept.

        Raises:
            ValueError: Nothing like that is ever said.
        """
        known = {one: one for one in get_args(Said)}
        if said not in known:
            raise ValueError(said)
        return cls(known[said], why)


def check_claim(downstream: Weights, upstream: Weights, relation: str) -> CheckedClaim:
    """Hold the claim that one model was made from another against their weights.

    A student of a teacher has a start of its own, so that weights refute no distillation. Where
    they say that the upstream is the younger one, nothing is told.

    Args:
        downstream: The model.
        upstream: What it is said to be made from.
        relation: What is said to have been done, as in ``Evidence``.
    """
    (found,) = verify(downstream, [upstream])
    why = f"{found.verdict.kind}, probability {found.verdict.probability:.1%}"
    signals = [*found.verdict.signals[:1]]
    if found.direction is not None and found.direction.downward is False:
        signals.append(f"{upstream.name} looks younger: {found.direction.decided}")
    return CheckedClaim(_said(found, relation), f"{why}: {'; '.join(signals)}" if signals else why)


def _said(found: Verified, relation: str) -> Said:
    kind, way = found.verdict.kind, found.direction
    if kind in DESCENDED:
        return "cannot tell" if way is not None and way.downward is False else "confirmed"
    return "cannot tell" if kind == "cannot tell" or relation == "distill" else "refuted"
