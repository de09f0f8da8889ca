"""From a number to the outcomes behind it: a filter of the page's browser, as a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

_NUMERATORS: Mapping[str, Mapping[str, Any]] = {
    "asr_all": {"statuses": ("succeeded",)},
    "asr_correct": {"statuses": ("succeeded",), "correct": True},
    "asr_valid": {"statuses": ("succeeded",), "valid": True},
    "robust_accuracy": {"statuses": ("failed", "exhausted"), "correct": True},
    "accuracy": {"correct": True},
}


@dataclass(frozen=True, slots=True)
class Query:
    """Which outcomes to show; None, False and an empty tuple choose nothing.

    Attributes:
        models: Any of these.
        attack: By this attack.
        dataset: On this data set.
        statuses: That ended in any of these ways.
        links: Handed down along any of these, ``upstream → downstream``: against the downstream,
            where the same attempt succeeded against the upstream.
        correct: Where the original text was classified correctly.
        valid: Where the adversarial text is within the bounds.
        falls: On samples that fall to so many of the attacks.
        replays: Whether texts found on an upstream are shown in place of attacks.
    """

    models: tuple[str, ...] = ()
    attack: str | None = None
    dataset: str | None = None
    statuses: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    correct: bool = False
    valid: bool = False
    falls: int | None = None
    replays: bool = False

    @property
    def href(self) -> str:
        """The link into the page's list of outcomes."""
        asked = {
            "model": self.models,
            "attack": self.attack,
            "dataset": self.dataset,
            "status": self.statuses,
            "link": self.links,
            "correct": "yes" if self.correct else None,
            "valid": "yes" if self.valid else None,
            "falls": self.falls,
            "kind": "replay" if self.replays else None,
        }
        told = {name: value for name, value in asked.items() if value is not None}
        return "#outcomes?" + urlencode(told, doseq=True, quote_via=quote)

    def numerator(self, rate: str) -> Query:
        """Return those of the outcomes that a rate counts."""
        return replace(self, **_NUMERATORS[rate])
