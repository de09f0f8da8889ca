"""The order in which the outcomes of a campaign are made: block by block.

A block has all attacks on a few samples, so that what has ended of a campaign that stops early can
be compared. In a block one attack follows the other, the cheapest first, so that much is kept of a
block that is interrupted. A worker leases one block after the other; outcomes do not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b, sha256

from weaklink.data import Sample
from weaklink.store import Campaign, OutcomeKey, Store

ATTEMPTS = 64
"""Attempts that a block has at least, where enough samples are left."""
"""Outcomes of a block, at least: what the death of a worker costs."""


def in_seeded_order(sample_ids: Iterable[str], seed: int) -> list[str]:
    """Return samples in an order that says nothing about their texts.

    A file may be sorted; of samples that were drawn at random, the order drawn is seeded already.
    """
    return sorted(sample_ids, key=lambda one: sha256(f"{seed}:{one}".encode()).digest())


@dataclass(frozen=True)
class Block:
    """Some samples of one victim, with all attacks on them.

    Attributes:
        campaign: What is asked for, of those samples alone.
        order: Fingerprints of its attacks in the order that they are made in; empty: as they stand
            in the campaign.
    """

    campaign: Campaign
    order: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A digest of what is asked for: the same in every process."""
        asked = self.campaign
        parts = [
            str(asked.seed),
            asked.data.fingerprint,
            *(victim.fingerprint for victim in asked.victims),
            *(f"{attack.fingerprint} {attack.repetitions}" for attack in asked.attacks),
            *asked.data.sample_ids,
        ]
        return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()

    def pending(self, store: Store) -> list[OutcomeKey]:
        """Return the keys that the store does not have yet, errors included, attack by attack."""
        done = store.done(self.campaign)
        order = self.order or tuple(attack.fingerprint for attack in self.campaign.attacks)
        attack = {fingerprint: i for i, fingerprint in enumerate(order)}
        sample = {name: i for i, name in enumerate(self.campaign.data.sample_ids)}
        keys = [key for key in self.campaign.keys() if key not in done]  # noqa: SIM118
        return sorted(keys, key=lambda key: (attack[key.attack_fingerprint], sample[key.sample_id]))


def blocks_of(
    campaign: Campaign, samples: Iterable[Sample], order: Iterable[str] = ()
) -> Iterator[Block]:
    """Yield a campaign in blocks of whole samples, in the order of its samples.

    Of each attack long texts come first, so that none is left running alone.

    Args:
        campaign: Of one victim.
        samples: The data set's.
        order: Fingerprints of the attacks, the cheapest first; empty: as in the campaign.
    """
    first_to_last = tuple(order)
    lengths = {sample.id: len(sample.text) for sample in samples}
    order = campaign.data.sample_ids
    attempts = sum(attack.repetitions for attack in campaign.attacks)
    size = -(-ATTEMPTS // max(1, attempts))
    for start in range(0, len(order), size):
        chosen = sorted(order[start : start + size], key=lambda one: (-lengths[one], one))
        data = campaign.data.model_copy(update={"sample_ids": tuple(chosen)})
        yield Block(campaign.model_copy(update={"data": data}), first_to_last)
