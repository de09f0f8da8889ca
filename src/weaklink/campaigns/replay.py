"""Text transfer: adversarial texts found on upstreams, as attacks on their downstream."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from weaklink.campaigns.prepare.attacks import configured_replay
from weaklink.campaigns.specification import Specification
from weaklink.engine import ConfiguredAttack
from weaklink.store import Campaign, Status, Store
from weaklink.store.record import ReplayEntry

Texts: TypeAlias = Mapping[str, tuple[str, ...]]
"""Adversarial texts by original text; of a pair, by both segments."""

Found: TypeAlias = Mapping[tuple[str, str, int], Texts]
"""Texts by fingerprint of victim and attack, and repetition."""


class ReplaySource(NamedTuple):
    """What a replay tries: the texts of one attack and repetition against one upstream."""

    upstream: str
    attack: str
    repetition: int


@dataclass(frozen=True, slots=True)
class Replays:
    """The replays against one downstream on one data set.

    Attributes:
        attacks: What tries the texts, by fingerprint.
        sources: Where the texts of each are from, by the same.
    """

    attacks: Mapping[str, ConfiguredAttack]
    sources: Mapping[str, ReplaySource]

    def entries(self, dataset: str, downstream: str, campaign: int) -> list[ReplayEntry]:
        """Return what a record keeps of them.

        Args:
            dataset: Name of the data set.
            downstream: Name of the downstream.
            campaign: Id in the store of the campaign that they make up.
        """
        return [
            ReplayEntry(
                dataset=dataset,
                campaign=campaign,
                upstream=source.upstream,
                downstream=downstream,
                attack=source.attack,
                repetition=source.repetition,
                attack_fingerprint=fingerprint,
            )
            for fingerprint, source in self.sources.items()
        ]


def found_texts(store: Store, campaign: Campaign) -> Found:
    """Return the adversarial texts of all successes of a campaign."""
    found: dict[tuple[str, str, int], dict[str, tuple[str, ...]]] = defaultdict(dict)
    for outcome in store.outcomes(campaign, status=Status.SUCCEEDED):
        key = outcome.key
        texts = found[key.victim_fingerprint, key.attack_fingerprint, key.repetition]
        if outcome.adversarial_text is not None:
            original = outcome.beside.whole(outcome.original_text)
            texts[original] = (*texts.get(original, ()), outcome.adversarial_text)
    return found


def replays_of(
    upstreams: Mapping[str, str], campaign: Campaign, found: Found, spec: Specification
) -> Replays:
    """Return one replay for each upstream, attack and repetition.

    Args:
        upstreams: Fingerprints of the upstreams by name.
        campaign: The campaign that they were attacked in.
        found: What was found in that campaign.
        spec: The goal and the query budget.
    """
    attacks, sources = dict[str, ConfiguredAttack](), dict[str, ReplaySource]()
    for name, fingerprint in upstreams.items():
        for attack in campaign.attacks:
            for repetition in range(attack.repetitions):
                texts = found.get((fingerprint, attack.fingerprint, repetition), {})
                one = configured_replay(texts, attack.name, fingerprint, repetition)
                key = one.fingerprint({}, spec.target, spec.max_queries, spec.source)
                attacks[key] = one
                sources[key] = ReplaySource(name, attack.name, repetition)
    return Replays(attacks, sources)
