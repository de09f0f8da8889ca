"""Why we believe that one model came from another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Relation = Literal["finetune", "adapter", "quantized", "merge", "distill", "convert", "copy"]
Tier = Literal["declared", "text", "name"]
EvidenceKind = Literal[
    "base_model", "framework", "prose", "key_value", "table", "code", "config", "llm", "name"
]

TIERS: tuple[Tier, ...] = ("declared", "text", "name")
"""All tiers, the strongest first."""
STATED_TIERS: tuple[Tier, ...] = ("declared", "text")
"""Those that figures count unless told otherwise."""


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
        """Whether it was declared, is read from text, or is guessed from the model's name."""
        if self.kind == "base_model":
            return "declared"
        return "name" if self.kind == "name" else "text"
