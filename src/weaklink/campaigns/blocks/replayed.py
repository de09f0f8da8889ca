"""Replays while a campaign is under way, so that gates on them are looked at like all others.

What a replay tries is part of its key. So samples are replayed a settled number at a time, in the
order in which they are attacked: however blocks fall, and however often a campaign is interrupted,
the same texts have the same keys and are asked once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from weaklink.campaigns.specification import Specification
from weaklink.measures.gate import Bound
from weaklink.measures.runs.baseline import Baseline
from weaklink.store import Campaign
from weaklink.store.record import ReplayEntry

CHUNK = 8
"""Samples that are replayed together."""

Replayed: TypeAlias = list[tuple[Campaign, list[ReplayEntry]]]
"""The campaign of some replays, and where each is from."""


def wants_early_replays(spec: Specification, gates: Sequence[Bound | Baseline]) -> bool:
    """Return whether a gate that is waited for needs replays."""
    waited = spec.until == "decided" and spec.text_transfer and not spec.replay
    return waited and any(isinstance(one, Bound) and one.needs_replays for one in gates)


@dataclass
class EarlyReplays:
    """The replays of a campaign that goes block by block.

    Attributes:
        replay: Tries what was found on the samples of some campaigns, one for each data set.
    """

    replay: Callable[[Sequence[Campaign]], Replayed]
    _found: dict[int, Replayed] = field(default_factory=dict)

    def of(self, done: Sequence[Campaign], *, whole: bool) -> tuple[int, Replayed]:
        """Replay samples; return how many, and the replays.

        Args:
            done: The campaigns with the samples that are done alone.
            whole: Whether to replay those that do not fill a chunk, too.
        """
        samples = max((len(one.data.sample_ids) for one in done), default=0)
        filled = samples // CHUNK * CHUNK
        found = Replayed()
        for first in range(0, filled, CHUNK):
            if first not in self._found:
                self._found[first] = self.replay(_part(done, first, first + CHUNK))
            found += self._found[first]
        if not whole or filled == samples:
            return filled, found
        return samples, found + self.replay(_part(done, filled, samples))


def _part(campaigns: Sequence[Campaign], first: int, last: int) -> list[Campaign]:
    return [
        one.model_copy(
            update={
                "data": one.data.model_copy(update={"sample_ids": one.data.sample_ids[first:last]})
            }
        )
        for one in campaigns
    ]
