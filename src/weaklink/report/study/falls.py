"""How many attacks each sample falls to, for the page's list of outcomes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from weaklink.measures.rates import attacked, succeeded
from weaklink.store import Outcome

Sample: TypeAlias = tuple[str, str, str]
"""Fingerprints of victim and data, and the sample's id."""


def sample_of(outcome: Outcome) -> Sample:
    """Return the sample that was attacked, and the victim."""
    key = outcome.key
    return key.victim_fingerprint, key.data_fingerprint, key.sample_id


def attacks_fallen_to(outcomes: Iterable[Outcome], attacks: Sequence[str]) -> dict[Sample, int]:
    """Return the counts of the samples that every attack was tried on, as ``measures.worst`` does.

    Args:
        outcomes: Of attacks, without replays.
        attacks: The names of the study's attacks.
    """
    tried, fallen = defaultdict[Sample, set[str]](set), defaultdict[Sample, set[str]](set)
    for outcome in filter(attacked, outcomes):
        tried[sample_of(outcome)].add(outcome.attack)
        if succeeded(outcome):
            fallen[sample_of(outcome)].add(outcome.attack)
    return {
        sample: len(fallen[sample]) for sample, made in tried.items() if len(made) == len(attacks)
    }
