"""Adversarial texts found on upstreams, as attacks on their downstream."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from weaklink.attacks.replay import ReplayParameters, digest_of_texts, replay
from weaklink.engine import Armed, Settings
from weaklink.store import Campaign, Status, Store

Texts: TypeAlias = Mapping[str, tuple[str, ...]]
"""Adversarial texts by original text."""

Found: TypeAlias = Mapping[tuple[str, str, int], Texts]
"""Texts by fingerprint of victim and attack, and repetition."""


class Source(NamedTuple):
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

    attacks: Mapping[str, Armed]
    sources: Mapping[str, Source]


def found_texts(store: Store, campaign: Campaign) -> Found:
    """Return the adversarial texts of all successes of a campaign."""
    found: dict[tuple[str, str, int], dict[str, tuple[str, ...]]] = defaultdict(dict)
    for outcome in store.outcomes(campaign, status=Status.SUCCEEDED):
        key = outcome.key
        texts = found[key.victim_fingerprint, key.attack_fingerprint, key.repetition]
        if outcome.adversarial_text is not None:
            before = texts.get(outcome.original_text, ())
            texts[outcome.original_text] = (*before, outcome.adversarial_text)
    return found


def replays_of(
    upstreams: Mapping[str, str], campaign: Campaign, found: Found, settings: Settings
) -> Replays:
    """Return one replay for each upstream, attack and repetition.

    Args:
        upstreams: Fingerprints of the upstreams by name.
        campaign: The campaign that they were attacked in.
        found: What was found in that campaign.
        settings: The goal and the query budget.
    """
    attacks, sources = dict[str, Armed](), dict[str, Source]()
    for name, fingerprint in upstreams.items():
        for attack in campaign.attacks:
            for repetition in range(attack.repetitions):
                texts = found.get((fingerprint, attack.fingerprint, repetition), {})
                parameters = ReplayParameters(
                    source=fingerprint, repetition=repetition, texts=digest_of_texts(texts)
                )
                armed = Armed(replay(texts, attack.name), parameters)
                key = armed.fingerprint({}, settings.target, settings.max_queries)
                attacks[key] = armed
                sources[key] = Source(name, attack.name, repetition)
    return Replays(attacks, sources)
