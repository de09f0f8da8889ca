"""Runs a campaign block by block, until its time is up, its gates are decided or all is done.

A block has all attempts on a few samples: all attacks, on every model. Only whole blocks count, so
that every model is measured on the same samples. What was made of another one stays in the store
for the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from weaklink.campaigns.blocks.pace import BlockPace
from weaklink.campaigns.blocks.rates_so_far import lines_of
from weaklink.campaigns.specification import Specification
from weaklink.engine.blocks import in_seeded_order
from weaklink.measures import Bound
from weaklink.measures.runs.baseline import Baseline
from weaklink.measures.runs.look import Look, Prospects
from weaklink.progress import Progress
from weaklink.store import Campaign, Store
from weaklink.store.record import Stopped

Attack = Callable[[Sequence[Campaign], Callable[[], bool]], None]
"""Makes the pending outcomes of some campaigns, and gives up once the function returns true."""


@dataclass
class Blocks:
    """A campaign that goes block by block.

    Attributes:
        spec: What is asked for.
        store: Where outcomes are kept.
        campaigns: One for each data set, and one for the references on it.
        gates: What ``until="decided"`` waits for.
        look: Reads what is known of campaigns that are cut to the samples that are done; whole, if
            it is the last look: texts of a few samples may else not be replayed yet.
        progress: Is shown the rates so far.
        pace: Sizes the blocks.
        spent: Says what remote models have cost so far.
    """

    spec: Specification
    store: Store
    campaigns: Sequence[Campaign]
    gates: Sequence[Bound | Baseline]
    look: Callable[[Sequence[Campaign], bool], Look]
    progress: Progress
    pace: BlockPace
    spent: Callable[[], Sequence[str]]
    done: int = 0
    _orders: list[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self._orders = [self._order(one) for one in self.campaigns]

    def _order(self, campaign: Campaign) -> list[str]:
        """Return the samples in the order drawn, if they were drawn at random."""
        ids = list(campaign.data.sample_ids)
        drawn = self.spec.sampling == "random" and self.spec.replay is None
        return ids if drawn else in_seeded_order(ids, self.spec.seed)

    @property
    def asked(self) -> int:
        """Samples of a data set that are asked for."""
        return max(map(len, self._orders), default=0)

    @property
    def pending(self) -> int:
        """Attempts that are not made yet."""
        return sum(len(one.keys()) - len(self.store.done(one)) for one in self.campaigns)

    def run(self, attack: Attack) -> Stopped | None:
        """Attack block after block, and return why it stopped if not all samples are done."""
        waiting = self._waiting()
        self.done = next((i for i, left in enumerate(waiting) if left), self.asked)
        while self.done < self.asked:
            prospects = self._prospects(waiting) if self.done else None
            if prospects is not None and not prospects.hopeful:
                reason = "undecidable" if prospects.hopeless else "decided"
                return self._stopped(reason, prospects.hopeless)
            size = self.pace.fit(waiting[self.done :])
            if not size or not self._block(size, sum(waiting[self.done :][:size]), attack):
                return self._stopped("time")
        return None

    def _prospects(self, waiting: Sequence[int]) -> Prospects | None:
        """Show the rates so far, and return what may become of the gates that it waits for."""
        known = self.look(self.cut(), False)  # noqa: FBT003
        left = sum(waiting[self.done :])
        rates = lines_of(known.rates(), self.pace, self.done, self.asked, left)
        self.progress.show([*rates, *self.spent()])
        if self.spec.until != "decided":
            return None
        found = known.prospects(self.gates)
        if found.hopeful:
            return found
        return self.look(self.cut(), True).prospects(self.gates)  # noqa: FBT003

    def _block(self, size: int, attempts: int, attack: Attack) -> bool:
        """Make one block, and return whether it was finished in time."""
        gave_up = False

        def is_up() -> bool:
            nonlocal gave_up
            gave_up = self.pace.is_up()
            return gave_up

        began = self.pace.elapsed
        attack(self._cut(self.done, self.done + size), is_up)
        if gave_up:
            return False
        self.pace.count(attempts, self.pace.elapsed - began)
        self.done += size
        return True

    def cut(self) -> list[Campaign]:
        """Return the campaigns with the samples that are done alone."""
        return self._cut(0, self.done)

    def _cut(self, first: int, last: int) -> list[Campaign]:
        return [
            one.model_copy(
                update={"data": one.data.model_copy(update={"sample_ids": tuple(ids[first:last])})}
            )
            for one, ids in zip(self.campaigns, self._orders, strict=True)
        ]

    def _waiting(self) -> list[int]:
        """Return how many attempts each sample waits for, of all campaigns together."""
        counts = [0] * self.asked
        for campaign, order in zip(self.campaigns, self._orders, strict=True):
            place = {sample: i for i, sample in enumerate(order)}
            for key in set(campaign.keys()) - self.store.done(campaign):
                counts[place[key.sample_id]] += 1
        return counts

    def _stopped(self, reason: str, hopeless: Sequence[str] = ()) -> Stopped:
        told = {"reason": reason, "samples": self.done, "asked": self.asked, "hopeless": hopeless}
        return Stopped.model_validate(told)
