"""Attacks one victim after the other: what every worker does, in any executor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from weaklink.campaigns.executors.cost import cheapest_first
from weaklink.campaigns.executors.task import Fail, Stop, Task, Work, never
from weaklink.campaigns.prepare.victims import Victims, quicken
from weaklink.campaigns.specification import Specification
from weaklink.engine import CampaignRun, DeadlyVictim, ModelFailure, Models, Worker, this_worker
from weaklink.engine.blocks import blocks_of
from weaklink.engine.leasing import claim, end_dead, release
from weaklink.errors import WeaklinkError
from weaklink.progress import Progress

if TYPE_CHECKING:
    from weaklink.store import Store


@dataclass
class Attacker:
    """Makes outcomes in this process.

    Attributes:
        spec: How models run.
        victims: Loads the victims.
        models: Encoder, tagger and the like.
        store: Takes the outcomes, and says who works on what.
        progress: Is told what is loaded.
        worker: Who this is.
    """

    spec: Specification
    victims: Victims
    models: Models
    store: Store
    progress: Progress
    worker: Worker = field(default_factory=this_worker)
    _fast: bool = False
    """Whether a runtime was chosen for the encoder."""

    def attack(
        self,
        task: Task,
        begin: Callable[[], None],
        made: Callable[[], None],
        fail: Fail,
        stop: Stop = never,
    ) -> bool:
        """Make the pending outcomes of a victim that no other worker makes.

        Args:
            task: The victim.
            begin: Is called once the victim is loaded.
            made: Is called for each outcome, once it is stored.
            fail: Is told if the victim cannot be loaded, or fails.
            stop: Whether the time is up.

        Returns:
            Whether other workers were at work on the rest.
        """
        if not self._is_free(task):
            return True
        try:
            self._load(task)
        except WeaklinkError as error:
            fail(task.victim, error)
            return False
        begin()
        elsewhere = [self._attack(task.victim, one, made, fail, stop) for one in task.work]
        return any(elsewhere)

    def _is_free(self, task: Task) -> bool:
        """Return whether there may be something to do that no other worker is at."""
        end_dead(self.store.leases)
        owned = self.store.leases.owners()
        return not owned or any(
            block.name not in owned and block.pending(self.store)
            for one in task.work
            for block in blocks_of(one.campaign, one.data.dataset.samples)
        )

    def _load(self, task: Task) -> None:
        """Load a victim, and let the chosen runtime compute it and the encoder.

        It is leased meanwhile, so that a victim that kills its worker when it is loaded is found.
        """
        name, data = task.victim, task.work[0].data
        lease = f"load {task.work[0].campaign.victims[0].fingerprint}"
        held = claim(self.store.leases, self.worker, lease)
        try:
            self.victims.load(name)
            if not self._fast:
                quicken(self.models.encoders, self.spec, data.dataset, self.progress)
                self._fast = True
            self.victims.quicken(name, data.dataset)
        finally:
            if held:
                release(self.store.leases, self.worker, lease)

    def _attack(
        self, name: str, work: Work, made: Callable[[], None], fail: Fail, stop: Stop
    ) -> bool:
        """Attack it on one data set, and return whether other workers were at work on the rest."""
        dataset = work.data.dataset
        loaded = self.victims.on(name, dataset)
        attacks = cheapest_first(work, name, self.spec, self.victims.places)
        run = CampaignRun(
            work.campaign, dataset, {loaded.victim.fingerprint: loaded}, attacks,
            work.data.lexicon, self.models, self.store, self.spec.width, self.worker,
        )  # fmt: skip
        try:
            return run.run(lambda _: made(), stop) > 0
        except ModelFailure as error:
            fail(f"{name} on {dataset.name}", error)
        except DeadlyVictim as error:
            fail(name, error)
        return False
