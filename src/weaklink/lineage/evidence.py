"""Why we believe that one model came from another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Relation = Literal["finetune", "adapter", "quantized", "merge", "distill", "convert", "copy"]
Tier = Literal["weights", "declared", "text", "inferred", "name"]
EvidenceKind = Literal[
    "tensors",
    "base_model",
    "framework",
    "prose",
    "key_value",
    "table",
    "code",
    "config",
    "llm",
    "name_and_config",
    "name",
]

TIERS: tuple[Tier, ...] = ("weights", "declared", "text", "inferred", "name")
"""All tiers, the strongest first."""
COUNTED_TIERS: tuple[Tier, ...] = ("weights", "declared", "text", "inferred")
"""Those that figures count unless told otherwise."""

_TIER_OF: dict[EvidenceKind, Tier] = {
    "tensors": "weights",
    "base_model": "declared",
    "name_and_config": "inferred",
    "name": "name",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One upstream that one piece of a card or of its metadata speaks for.

    Attributes:
        upstream: The id that it resolves to; None where a model is meant but which stays open.
        relation: What was done to the upstream.
        kind: What kind of evidence this is.
        method: The rule that read it, and by what the model was named there (``tuned_from/link``).
        confidence: From 0 to 1, an estimate; comparable within weaklink, no probability.
        quote: The words that say so.
    """

    upstream: str | None
    relation: Relation
    kind: EvidenceKind
    method: str
    confidence: float
    quote: str

    @property
    def tier(self) -> Tier:
        """Where it comes from: weights, metadata, text, name with configuration, name alone."""
        return _TIER_OF.get(self.kind, "text")
