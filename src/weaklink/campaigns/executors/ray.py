"""Makes outcomes in the workers of a Ray cluster.

Ray core starts the workers where there is room and says which one died; the store says what is
done and who works on what. Each worker is an actor with one victim in memory, which does what a
local process does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from weaklink.campaigns.blocks.one_bar import OneBar
from weaklink.campaigns.executors.cost import cost_of
from weaklink.campaigns.executors.ray_room import gpus_of, nodes, room_for
from weaklink.campaigns.executors.ray_worker import (
    RayWorker,
    Shared,
    StoreKeeper,
    Told,
    deaths,
)
from weaklink.campaigns.executors.task import Fail, Stop, Task, never, pending
from weaklink.campaigns.prepare.victims import Victims
from weaklink.campaigns.specification import Specification
from weaklink.engine import Models, this_worker
from weaklink.engine.leasing import end_dead
from weaklink.errors import WeaklinkError
from weaklink.store import Store
from weaklink.store.databases import is_address, shown

_POLL_SECONDS = 0.2
_WAIT_SECONDS = 1.0
_MOST_LOST = 10
"""Workers that may die in a row before they say their name."""


class Assigned(NamedTuple):
    """What a worker is doing: starting, where there is no task, or attacking a victim."""

    hand: Hand
    task: Task | None


@dataclass(eq=False)
class Hand:
    """A worker, as the driver sees it."""

    actor: Any
    name: str = ""
    made: int = 0
    asked: Any = None
    """The reply to the last question of how many outcomes it made."""


@dataclass
class RayExecutor:
    """See ``Executor``.

    Attributes:
        spec: How models run, and which cluster to use.
        store: Takes the outcomes; workers reach a file through an actor beside the driver.
        victims: Knows the victims that the campaign makes.
        models: Encoder, tagger and the like, if workers are not to load them.
        progress: Is told how far the work is.
    """

    spec: Specification
    store: Store
    victims: Victims
    models: Models | None
    progress: OneBar

    _open: ExitStack = field(default_factory=ExitStack)
    _crew: Crew | None = None
    """The workers: they stay for the next tasks, with what they have in memory."""

    def run(self, tasks: Sequence[Task], fail: Fail, stop: Stop = never) -> int:
        """See ``Executor``."""
        waiting = [task for task in tasks if pending(self.store, task)]
        if not waiting:
            return 0
        waiting.sort(key=lambda task: -cost_of(task, self.spec, self.victims.places))
        if self._crew is None:
            self._open.enter_context(_cluster(self.spec.executor.address))
            self._crew = self._hire()
            self._open.callback(self._crew.dismiss)
        end_dead(self.store.leases)
        total, count = sum(pending(self.store, task) for task in waiting), self._crew.count
        self.progress.begin(f"Attacking {len(waiting)} models with {count} workers", total)
        return self._crew.work(waiting, fail, stop)

    def close(self) -> None:
        """See ``Executor``."""
        self._crew = None
        self._open.close()

    def _hire(self) -> Crew:
        """Return the workers: as many as the file says, or as many as fit."""
        asked, cluster = self.spec.executor, nodes()
        gpus = gpus_of(asked.gpus, self.spec.device, cluster)
        count = asked.workers or room_for(cluster, asked.cpus, gpus)
        return Crew(self.store, self.progress, self._hiring(gpus), count)

    def _hiring(self, gpus: float) -> Callable[[], Any]:
        """Return what starts a worker."""
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        store: object = self.store.location
        if not is_address(self.store.location):
            here = NodeAffinitySchedulingStrategy(
                ray.get_runtime_context().get_node_id(), soft=False
            )
            keeper: Any = ray.remote(StoreKeeper)
            placed = keeper.options(num_cpus=0, scheduling_strategy=here)
            store = placed.remote(shown(self.store.location))
        places, provided = self.victims.places, self.victims.provided
        shared = ray.put(
            Shared(self.spec, places, provided, self.models, Path.cwd(), this_worker().name, gpus)
        )
        worker: Any = ray.remote(RayWorker)
        cpus = self.spec.executor.cpus
        sized = worker.options(num_cpus=cpus, num_gpus=gpus, max_concurrency=2)
        return lambda: sized.remote(shared, store)


@dataclass
class Crew:
    """The workers, and what is left for them.

    Attributes:
        store: Says what is done, and who works on what.
        progress: Is told of outcomes.
        hire: Starts a worker.
        count: How many workers there are to be.
        busy: What each worker is at, by the reference to its answer.
    """

    store: Store
    progress: OneBar
    hire: Callable[[], Any]
    count: int
    _fail: Fail = field(init=False)
    _tasks: list[Task] = field(default_factory=list)
    """What is left, in the order that it is to be taken up."""
    _made: int = 0
    busy: dict[Any, Assigned] = field(default_factory=dict)
    _idle: list[Hand] = field(default_factory=list)
    _shared: dict[int, Any] = field(default_factory=dict)
    _elsewhere: dict[int, float] = field(default_factory=dict)
    """When to look again at tasks whose rest other workers have."""
    _lost: int = 0

    def work(self, tasks: Sequence[Task], fail: Fail, stop: Stop) -> int:
        """Go on until no task is left, and return how many outcomes were made.

        Args:
            tasks: In the order that they are to be taken up.
            fail: Is told of victims that fail.
            stop: Whether the time is up. Workers that are busy then are dismissed.
        """
        import ray

        self._tasks, self._fail, self._made = [*tasks], fail, 0
        self._shared, self._elsewhere = {}, {}
        for _ in range(self.count - len(self._idle) - len(self.busy)):
            self._start()
        while self._tasks and not stop():
            self._assign()
            ended, _ = ray.wait([*self.busy], timeout=_POLL_SECONDS) if self.busy else ([], [])
            for reference in ended:
                self.end(reference)
            if not self.busy:
                time.sleep(_POLL_SECONDS)
            self._tell()
        if self._tasks:
            self._dismiss([assigned.hand for assigned in self.busy.values()])
            self.busy.clear()
        return self._made

    def _start(self) -> None:
        actor = self.hire()
        self.busy[actor.name.remote()] = Assigned(Hand(actor), None)

    def _assign(self) -> None:
        """Give each idle worker the task with the fewest workers, of equals the most expensive."""
        import ray

        while self._idle:
            now = time.monotonic()
            at = [assigned.task for assigned in self.busy.values()]
            open_ = [one for one in self._tasks if self._elsewhere.get(id(one), now) <= now]
            if not open_:
                return
            task = min(open_, key=lambda one: sum(other is one for other in at))
            hand = self._idle.pop()
            if id(task) not in self._shared:
                self._shared[id(task)] = ray.put(task)
            attack = hand.actor.attack.options(name=f"attack {task.victim}")
            self.busy[attack.remote(self._shared[id(task)])] = Assigned(hand, task)

    def end(self, reference: Any) -> None:  # noqa: ANN401 - Ray's own type
        """See how a worker ended what it was at."""
        import ray

        hand, task = self.busy.pop(reference)
        try:
            reply = ray.get(reference)
        except deaths() as error:
            self._replace(hand, error)
            return
        self._idle.append(hand)
        if task is None:
            hand.name, self._lost = reply, 0
            return
        told: Told = reply
        self._add(hand, told.made)
        for what, failure in told.failures:
            self._fail(what, failure)
        if told.elsewhere:
            self._elsewhere[id(task)] = time.monotonic() + _WAIT_SECONDS
        else:
            self._tasks = [one for one in self._tasks if one is not task]

    def _replace(self, hand: Hand, error: Exception) -> None:
        """Start a worker in place of one that died."""
        if hand.name:
            self.store.leases.end(hand.name)
        self._lost += 1
        if self._lost > _MOST_LOST:
            raise WeaklinkError(
                f"{self._lost} workers died in a row as they started: {error}",
                "Look at Ray's logs, fix the cause and run the same command again.",
            ) from error
        self._start()

    def _tell(self) -> None:
        """Ask busy workers how many outcomes they made, without waiting for replies."""
        import ray

        for hand, task in self.busy.values():
            if task is None:
                continue
            if hand.asked is not None and ray.wait([hand.asked], timeout=0)[0]:
                try:
                    self._add(hand, ray.get(hand.asked))
                except deaths():
                    continue  # its task will tell
                hand.asked = None
            hand.asked = hand.asked or hand.actor.made.remote()

    def _add(self, hand: Hand, made: int) -> None:
        for _ in range(made - hand.made):
            self.progress.step()
        self._made += max(0, made - hand.made)
        hand.made = max(made, hand.made)

    def dismiss(self) -> None:
        """Stop every worker, and free what each had."""
        self._dismiss([*self._idle, *(assigned.hand for assigned in self.busy.values())])

    def _dismiss(self, hands: Sequence[Hand]) -> None:
        import ray

        for hand in hands:
            ray.kill(hand.actor)
            if hand.name:
                self.store.leases.dismiss(hand.name)


@contextmanager
def _cluster(address: str | None) -> Iterator[None]:
    """Connect to a cluster, or start one on this machine, unless one is connected."""
    try:
        import ray
    except ImportError as error:
        raise WeaklinkError("Ray is not installed.", "pip install 'weaklink[ray]'") from error
    if ray.is_initialized():
        yield
        return
    try:
        ray.init(address=address, log_to_driver=False, configure_logging=False)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise WeaklinkError(
            f"Ray cannot be reached at {address}: {error}",
            "Start a cluster with `ray start --head`, or leave --address out.",
        ) from error
    try:
        yield
    finally:
        ray.shutdown()
