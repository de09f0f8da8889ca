"""A victim at an operating point: a text gets one label from a certain probability up, only.

A guard blocks a text from p(INJECTION) = 0.9 up, for example, where a bare model gives the most
likely label. With the probability ``p`` of that label, the threshold ``t`` and the largest
probability ``m`` of the other labels:

- a text gets the label if and only if ``p >= t``; otherwise it gets the most likely other label;
- a row has ``m p (1 - t) / ((1 - p) t)`` in the place of ``p``, and is divided by its sum.

The highest probability of such a row is always that of the decision. The row's value for the label
rises with ``p``, is 0.5 at the threshold where there are two labels, and the other labels keep
their proportions. Attacks, goals, trust checks, detectors and reports read rows, so that all of
them are about the decision, and none needs to know of a threshold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from weaklink.cache import digest_of_parts
from weaklink.errors import WeaklinkError, instead
from weaklink.victims.protocol import (
    Differentiable,
    Encoded,
    FirstOrder,
    Floats,
    Gradient,
    Victim,
    exact_rows,
)

if TYPE_CHECKING:
    from weaklink.models.runtimes import Runtime

_EDGE = 1e-12
"""Relative distance that rounding cannot bridge: what is on one side of the threshold stays."""

_ROUNDING = 1e-9
_LEAST, _MOST = 1e-9, 1 - 1e-15
"""The ends of the thresholds that are chosen."""
_DIGITS, _LONGEST = 2, 17
"""Further digits of a threshold than the first that tells it from 0 or 1, and the most."""


class Benign(BaseModel):
    """Benign texts that a threshold was chosen on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    """Their file."""
    texts: int
    flagged: int
    """How many of them get the label at the threshold."""
    allowed: float
    """The share of them that may."""


class OperatingPoint(BaseModel):
    """From which probability up a text gets a label."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    threshold: float = Field(gt=0, lt=1)
    benign: Benign | None = None
    """What the threshold was chosen on; None where it was given."""

    def __str__(self) -> str:
        """As a person reads it."""
        told = f"{self.label} from a probability of {self.threshold!r} up"
        if self.benign is None:
            return told
        return f"{told}; flags {self.benign.flagged} of {self.benign.texts} benign texts"


def parse_point(text: str) -> OperatingPoint:
    """Read an operating point as ``LABEL=PROBABILITY``.

    >>> parse_point("INJECTION=0.9")
    OperatingPoint(label='INJECTION', threshold=0.9, benign=None)

    Raises:
        ValueError: It has another form, or the probability is not between 0 and 1.
    """
    label, _, number = text.rpartition("=")
    try:
        threshold = float(number)
    except ValueError:
        threshold = 0.0
    if not label.strip() or not 0 < threshold < 1:
        raise ValueError(f"{text!r} does not say LABEL=PROBABILITY, as in INJECTION=0.9")
    return OperatingPoint(label=label.strip(), threshold=threshold)


def allowed_flags(texts: int, share: float) -> int:
    """Return how many of so many texts a share of them is, rounded down.

    >>> allowed_flags(100, 0.29), allowed_flags(99, 0.01)
    (29, 0)
    """
    return int(texts * share + _ROUNDING)


def lowest_threshold(probabilities: Floats, share: float) -> float | None:
    """Return the lowest threshold that at most a share of texts reaches.

    It lies just above the highest probability that must not reach it, and is written in as few
    digits as tell it from that and from the next probability.

    >>> lowest_threshold(np.array([0.2, 0.31, 0.9, 0.4]), 0.25)
    0.401

    Args:
        probabilities: Of the label, for each text, shape (texts,).
        share: Of the texts, in [0, 1).

    Returns:
        The threshold, or None where too many texts have a probability of 1.
    """
    ordered = np.sort(probabilities)[::-1]
    place = allowed_flags(len(ordered), share)
    below = float(ordered[place])
    above = min(float(ordered[place - 1]) if place and ordered[place - 1] > below else 1.0, _MOST)
    if below >= _MOST:
        return None
    if below < _LEAST:
        return min(_LEAST, above)
    scale = -math.floor(math.log10(min(below, 1 - below)))
    for digits in range(scale + _DIGITS, _LONGEST):
        rounded = (math.floor(below * 10.0**digits) + 1) / 10.0**digits
        if below < rounded <= above:
            return rounded
    return math.nextafter(below, 1.0)


def decided(rows: Floats, label: int, threshold: float) -> Floats:
    """Return rows of shape (texts, labels) whose highest value is that of the decision.

    >>> decided(np.array([[0.2, 0.8], [0.05, 0.95]]), 1, 0.9).argmax(axis=1).tolist()
    [0, 1]
    """
    own, others = rows[:, label], np.delete(rows, label, axis=1)
    most, rest = others.max(axis=1), others.sum(axis=1)
    share = np.divide(most, rest, out=np.ones_like(rest), where=rest > 0)
    scaled = share * own * ((1 - threshold) / threshold)
    beyond = np.where(
        own >= threshold,
        np.maximum(scaled, most * (1 + _EDGE)),
        np.minimum(scaled, most * (1 - _EDGE)),
    )
    found = rows.copy()
    found[:, label] = beyond
    return np.asarray(found / found.sum(axis=1, keepdims=True))


class VictimAtPoint:
    """A victim whose rows say what is decided at an operating point.

    Args:
        victim: The bare victim.
        point: The operating point.
    """

    def __init__(self, victim: Victim, point: OperatingPoint) -> None:
        self.victim = victim
        self.point = point
        self.name = victim.name
        self.labels = victim.labels
        self.languages: tuple[str, ...] = getattr(victim, "languages", ())
        self.reads_pairs: bool = getattr(victim, "reads_pairs", False)
        self.reads_texts: bool = getattr(victim, "reads_texts", True)
        self.no_pairs: str = getattr(victim, "no_pairs", "")
        self.special_tokens: tuple[str, ...] = getattr(victim, "special_tokens", ())
        self.remote: bool = getattr(victim, "remote", False)
        parts = ["operating point", victim.fingerprint, point.label, repr(point.threshold)]
        self.fingerprint = digest_of_parts(parts)
        self._label = victim.labels.index(point.label)

    @property
    def details(self) -> dict[str, str]:
        """What it is and how it runs, for people."""
        return self.victim.details | {"operating point": str(self.point)}

    @property
    def unknown(self) -> str:
        """A word that the victim reads as unknown."""
        return self.victim.unknown

    @property
    def on_gpu(self) -> bool:
        """Whether the victim computes on a GPU."""
        return bool(getattr(self.victim, "on_gpu", False))

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Return each text as the victim reads it."""
        return self.victim.encode(texts)

    def forward(self, batch: Sequence[Encoded]) -> Floats:
        """Return rows of shape (batch, labels)."""
        return self._decided(self.victim.forward(batch))

    def start(self, batch: Sequence[Encoded]) -> Iterable[Floats]:
        """Begin what ``forward`` does; the rows are waited for when the first is read."""
        begin = getattr(self.victim, "start", self.victim.forward)
        return self._later(begin(batch))

    def exact(self, batch: Sequence[Encoded]) -> Floats:
        """Return rows as exactly as the victim can compute them."""
        return self._decided(exact_rows(self.victim, batch))

    def visible(self, text: str) -> int:
        """Return how many leading characters of ``text`` the victim reads."""
        return self.victim.visible(text)

    def run_on(self, runtime: Runtime, texts: Sequence[str]) -> None:
        """Let ``runtime`` compute the victim, if it supports runtimes."""
        run_on = getattr(self.victim, "run_on", None)
        if run_on is not None:
            run_on(runtime, texts)

    def unknown_share(self, texts: Sequence[str]) -> float:
        """Return the share of tokens that the victim does not know; 0 where it does not tell."""
        share = getattr(self.victim, "unknown_share", None)
        return 0.0 if share is None else float(share(texts))

    def _later(self, rows: Iterable[Floats]) -> Iterator[Floats]:
        yield from self._decided(np.stack(list(rows)))

    def _decided(self, rows: Floats) -> Floats:
        return decided(rows, self._label, self.point.threshold)


class DifferentiableAtPoint(VictimAtPoint):
    """A victim at an operating point whose bare victim has gradients.

    They are those of the bare victim. Where there are two labels, the loss at the operating point
    rises in the same direction, at another speed.
    """

    def gradients(self, requests: Sequence[Gradient]) -> list[FirstOrder]:
        """Return the bare victim's first-order views."""
        assert isinstance(self.victim, Differentiable)  # noqa: S101  ``at_point`` sees to it
        return self.victim.gradients(requests)


def at_point(victim: Victim, point: OperatingPoint) -> VictimAtPoint:
    """Return a victim at an operating point.

    Raises:
        WeaklinkError: It has no such label, or no probabilities that a threshold could cut.
    """
    check_label(victim, point.label)
    kind = DifferentiableAtPoint if isinstance(victim, Differentiable) else VictimAtPoint
    return kind(victim, point)


def at_threshold(victim: Victim, threshold: str | None) -> Victim:
    """Return a victim at the operating point ``LABEL=PROBABILITY``; None: as it is.

    Raises:
        WeaklinkError: The text says no operating point, or none of this victim.
    """
    if threshold is None:
        return victim
    try:
        return at_point(victim, parse_point(threshold))
    except ValueError as error:
        raise WeaklinkError(f"{error}.", "Write the threshold as LABEL=PROBABILITY.") from None


def bare_of(victim: Victim) -> Victim:
    """Return the victim without an operating point."""
    return victim.victim if isinstance(victim, VictimAtPoint) else victim


def point_of(victim: object) -> OperatingPoint | None:
    """Return the operating point of a victim, or of the one behind its guard."""
    if isinstance(victim, VictimAtPoint):
        return victim.point
    behind = getattr(victim, "victim", None)
    return None if behind is None else point_of(behind)


def check_label(victim: Victim, label: str) -> None:
    """Refuse a label of which a victim gives no probability.

    Raises:
        WeaklinkError: It is none of the victim's labels, or the victim answers labels alone.
    """
    if label not in victim.labels:
        raise WeaklinkError(
            f"{label!r} is not a label of {victim.name}.",
            instead(label, victim.labels, "Its labels are"),
        )
    if getattr(victim, "labels_only", False):
        raise WeaklinkError(
            f"{victim.name} answers a label alone, so that no threshold can be set.",
            "Remove the threshold, or ask for probabilities.",
        )
