"""From a number to the outcomes that it counts: a filter of the list on the page, as a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from weaklink.report.visible_lines import visible_lines

MOST_NAMES = 100
"""Models and links that one link into the list names at most."""

_NUMERATORS: Mapping[str, Mapping[str, Any]] = {
    "asr_all": {"statuses": ("succeeded",)},
    "asr_correct": {"statuses": ("succeeded",), "correct": True},
    "asr_valid": {"statuses": ("succeeded",), "valid": True},
    "robust_accuracy": {"statuses": ("failed", "exhausted"), "correct": True},
    "accuracy": {"correct": True},
}


@dataclass(frozen=True, slots=True)
class OutcomeLink:
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
    def href(self) -> str | None:
        """The link into the page's list of outcomes; None where it would name too many models."""
        if len(self.models) + len(self.links) > MOST_NAMES:
            return None
        asked = {
            "model": _shown(self.models),
            "attack": _shown(self.attack),
            "dataset": _shown(self.dataset),
            "status": self.statuses,
            "link": _shown(self.links),
            "correct": "yes" if self.correct else None,
            "valid": "yes" if self.valid else None,
            "falls": self.falls,
            "kind": "replay" if self.replays else None,
        }
        told = {name: value for name, value in asked.items() if value is not None}
        return "#outcomes?" + urlencode(told, doseq=True, quote_via=quote)

    def numerator(self, rate: str) -> OutcomeLink:
        """Return those of the outcomes that a rate counts."""
        return replace(self, **_NUMERATORS[rate])

    def with_status(self, status: str) -> OutcomeLink:
        """Return those of the outcomes that ended so."""
        return replace(self, statuses=(status,))


def _shown(names: str | tuple[str, ...] | None) -> list[str]:
    """Return names as the list of outcomes has them."""
    found = () if names is None else (names,) if isinstance(names, str) else names
    return [visible_lines(name) for name in found]
