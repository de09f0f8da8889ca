"""Trust checks on a chain: whether its models can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from weaklink.victims import TrustWarning
from weaklink.victims.labels import align

_ANY = frozenset({"multilingual", "mul", "multi"})


@dataclass(frozen=True, slots=True)
class Stated:
    """What a model says of itself: its name, its labels and its languages."""

    name: str
    labels: Sequence[str]
    languages: Sequence[str]


def check_chain(chain: Sequence[Stated]) -> tuple[TrustWarning, ...]:
    """Return the warnings of each pair of consecutive models."""
    return tuple(
        warning for pair in pairwise(chain) for warning in (*_labels(*pair), *_languages(*pair))
    )


def _labels(upstream: Stated, downstream: Stated) -> list[TrustWarning]:
    theirs, ours = ", ".join(upstream.labels), ", ".join(downstream.labels)
    if len(upstream.labels) == len(downstream.labels) and align(upstream.labels, downstream.labels):
        return []
    message = (
        f"{upstream.name} knows the labels {theirs}, and {downstream.name} {ours}. A flip is "
        "not the same event in both, and more labels give more ways to flip: delta is not a "
        "change of robustness alone."
    )
    return [TrustWarning(check="chain-label-space", message=message)]


def _languages(upstream: Stated, downstream: Stated) -> list[TrustWarning]:
    theirs, ours = set(upstream.languages), set(downstream.languages)
    if not theirs or not ours or theirs & ours or (theirs | ours) & _ANY:
        return []
    message = (
        f"{upstream.name} is for {', '.join(sorted(theirs))}, and {downstream.name} for "
        f"{', '.join(sorted(ours))}. At least one of them is attacked in a language that it was "
        "not made for, so delta says little about either."
    )
    return [TrustWarning(check="chain-language", message=message)]
