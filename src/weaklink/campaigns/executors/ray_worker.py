"""What runs in the processes of a Ray cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from weaklink.campaigns.executors.attacking import Attacker
from weaklink.campaigns.executors.ray_room import bound_memory
from weaklink.campaigns.executors.task import Task
from weaklink.campaigns.prepare.resources import load_models
from weaklink.campaigns.prepare.victims import Victims
from weaklink.campaigns.specification import Specification
from weaklink.engine import Models, this_worker
from weaklink.errors import WeaklinkError
from weaklink.progress import Silent
from weaklink.store import Store, open_store
from weaklink.victims import Victim


class Told(NamedTuple):
    """How a task ended.

    Attributes:
        elsewhere: Whether other workers were at work on the rest.
        made: Outcomes that the worker has made so far, in all of its tasks.
        failures: What failed, and why.
    """

    elsewhere: bool
    made: int
    failures: list[tuple[str, WeaklinkError]]


class Shared(NamedTuple):
    """What all workers get.

    Attributes:
        spec: How models run.
        places: Folders of the models that the campaign made.
        provided: Functions that make victims, by name.
        models: Encoder, tagger and the like; None: each worker loads them.
        folder: Where the driver runs, which paths of models start from.
        driver: Name of the driver, as a worker.
        gpus: GPUs of each worker: a share of one, or a whole number.
    """

    spec: Specification
    places: Mapping[str, Path]
    provided: Mapping[str, Callable[[], Victim]]
    models: Models | None
    folder: Path
    driver: str
    gpus: float


class RayWorker:
    """An actor that attacks one victim after the other.

    Args:
        shared: What all workers get.
        store: Address of the store, or the actor that keeps it.
    """

    def __init__(self, shared: Shared, store: object) -> None:
        spec, places, provided, models, folder, driver, gpus = shared
        if folder.is_dir():
            os.chdir(folder)
        bound_memory(gpus)
        victims = Victims(spec, places, Silent())
        victims.provided.update(provided)
        opened = open_store(store) if isinstance(store, str) else cast("Store", KeptStore(store))
        models = models or load_models(spec, None)
        worker = this_worker(driver)
        self._attacker = Attacker(spec, victims, models, opened, Silent(), worker)
        self._made = 0

    def name(self) -> str:
        """Return who it is."""
        return self._attacker.worker.name

    def made(self) -> int:
        """Return how many outcomes it has made so far."""
        return self._made

    def attack(self, task: Task) -> Told:
        """Make the pending outcomes of a victim that no other worker makes."""
        failures = list[tuple[str, WeaklinkError]]()

        def fail(what: str, error: Exception) -> None:
            told = error if isinstance(error, WeaklinkError) else WeaklinkError(f"{error!r}.", "")
            failures.append((what, told))

        elsewhere = self._attacker.attack(task, _nothing, self._count, fail)
        return Told(elsewhere, self._made, failures)

    def _count(self) -> None:
        self._made += 1


class StoreKeeper:
    """An actor that opens a store in a file, for workers on any node."""

    def __init__(self, path: str) -> None:
        self._store = open_store(path)

    def call(self, owner: str, method: str, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401
        """Call a method of the store, or of its leases."""
        return getattr(self._store.leases if owner == "leases" else self._store, method)(*arguments)


class KeptStore:
    """The store that a keeper has, as far as a worker uses it."""

    def __init__(self, keeper: Any, owner: str = "store") -> None:  # noqa: ANN401 - Ray's own type
        self._keeper = keeper
        self._owner = owner

    @property
    def leases(self) -> KeptStore:
        """See ``Store``."""
        return KeptStore(self._keeper, "leases")

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("_"):
            raise AttributeError(method)
        return lambda *arguments: self._call(method, arguments)

    def _call(self, method: str, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - the method's
        import ray

        try:
            return ray.get(self._keeper.call.remote(self._owner, method, arguments))
        except deaths() as error:
            raise WeaklinkError(
                f"The process that keeps the store died: {error}", "Run the same command again."
            ) from error


def deaths() -> tuple[type[Exception], ...]:
    """Return what Ray raises where an actor died; one that took too much memory is apart."""
    from ray.exceptions import OutOfMemoryError, RayActorError

    return RayActorError, OutOfMemoryError


def _nothing() -> None:
    """Nobody is told that a victim is loaded."""
