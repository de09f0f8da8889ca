"""Shares the pending outcomes of a campaign among the workers that use one store."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

import psutil

from weaklink.engine.blocks import Block
from weaklink.errors import WeaklinkError
from weaklink.store import OutcomeKey, Store
from weaklink.store.leases import UNDER

LEASE_SECONDS = 600.0
"""How long a worker may take for one outcome before another worker makes its block, too."""

MOST_DEATHS = 3
"""Workers that may die over a block, one after the other, before its victim is given up."""


class DeadlyVictim(WeaklinkError):  # noqa: N818 - it says what it is
    """Workers died over a victim again and again."""


class Lessor(Protocol):
    """What a worker needs of a store's leases; see ``store.leases``."""

    def claim(self, block: str, owner: str, seconds: float, pending: int) -> int | None:
        """Own a block for some time, unless another worker does."""

    def renew(self, block: str, owner: str, seconds: float) -> None:
        """Own a block for some more time."""

    def release(self, block: str, owner: str | None = None) -> None:
        """End the lease of a block."""

    def end(self, owner: str) -> None:
        """Let all leases of a worker run out, because it died."""

    def dismiss(self, owner: str) -> None:
        """End all leases of a worker that was stopped and did not die."""

    def owners(self) -> dict[str, str]:
        """Return the worker that owns each block now."""


@dataclass(frozen=True)
class Worker:
    """A process that makes outcomes.

    Attributes:
        name: Host, process and when it started; after ``UNDER`` the same of its driver.
        tried: The blocks that it has been through. It does not go through them again.
    """

    name: str
    tried: set[str] = field(default_factory=set)


def this_worker(driver: str = "") -> Worker:
    """Return this process as a worker.

    Args:
        driver: Name of the process that ends it when it ends itself; empty: there is none.
    """
    name = f"{_host()} {os.getpid()} {psutil.Process().create_time()}"
    return Worker(f"{name}{UNDER}{driver}" if driver else name)


_HELD = set[str]()
"""Blocks that this process works on."""


def end_dead(leases: Lessor) -> None:
    """End the leases of workers of this host that do not run any more.

    Those of this process, too, that a run could not release because its store was broken. A worker
    with a driver ends with it, which is not a death; whether it died before, its driver says.
    """
    own, owners = this_worker().name, leases.owners()
    for owner in set(owners.values()):
        worker, _, driver = owner.partition(UNDER)
        if driver and _died(driver):
            leases.dismiss(owner)
        elif not driver and _died(worker):
            leases.end(owner)
    for block, owner in owners.items():
        if owner.partition(UNDER)[0] == own and block not in _HELD:
            leases.release(block, owner)


def _died(owner: str) -> bool:
    """Return whether it is known that a worker has ended."""
    host, pid, created = owner.rsplit(" ", 2) if owner.count(" ") > 1 else ("", "0", "")
    if host != _host():
        return False
    try:
        return str(psutil.Process(int(pid)).create_time()) != created
    except psutil.NoSuchProcess:
        return True


@cache
def _host() -> str:
    """Return the name of this machine, and of the space that its process ids are from."""
    space = Path("/proc/self/ns/pid")
    return f"{socket.gethostname()} {space.readlink() if space.exists() else ''}"


@dataclass
class _Lease:
    """A block that this worker owns."""

    name: str
    left: set[OutcomeKey]
    renewed: float = field(default_factory=time.monotonic)


def claim(leases: Lessor, worker: Worker, name: str, pending: int = 0) -> bool:
    """Own a block; return whether that is so, since another worker may own it.

    Raises:
        DeadlyVictim: Workers died over it again and again.
    """
    deaths = leases.claim(name, worker.name, LEASE_SECONDS, pending)
    if deaths is not None and deaths >= MOST_DEATHS:
        leases.release(name)
        raise DeadlyVictim(
            f"{deaths} workers died over it, one after the other, without one more outcome.",
            "Free some memory or look at the machine's log, then run the same command again.",
        )
    if deaths is not None:
        _HELD.add(name)
    return deaths is not None


def release(leases: Lessor, worker: Worker, name: str) -> None:
    """End the lease of a block, if it is still the worker's."""
    _HELD.discard(name)
    leases.release(name, worker.name)


class LeasedKeys:
    """Yields pending keys, block by block, each block leased before its first key.

    Args:
        store: Says what is done, and who owns what.
        worker: Who leases.
        blocks: In order; those that another worker owns are left out.

    Attributes:
        elsewhere: How many blocks other workers owned.
    """

    def __init__(self, store: Store, worker: Worker, blocks: Iterable[Block]) -> None:
        self._store = store
        self._leases: Lessor = store.leases
        self._worker = worker
        self._blocks = blocks
        self._held = dict[OutcomeKey, _Lease]()
        self.elsewhere = 0

    def __iter__(self) -> Iterator[OutcomeKey]:
        """Yield the keys.

        Raises:
            DeadlyVictim: Workers died over a block again and again.
        """
        end_dead(self._leases)
        for block in self._blocks:
            name = block.name
            if name in self._worker.tried:
                continue
            pending = self._claim(block, name)
            if pending is None:
                self.elsewhere += 1
                continue
            self._worker.tried.add(name)
            yield from pending

    def _claim(self, block: Block, name: str) -> list[OutcomeKey] | None:
        """Return the keys of a block that this worker owns now; None: another worker does."""
        pending = block.pending(self._store)
        if not pending:
            return []
        if not claim(self._leases, self._worker, name, len(pending)):
            return None
        lease = _Lease(name, set(pending))
        self._held |= dict.fromkeys(pending, lease)
        return pending

    def stored(self, key: OutcomeKey) -> None:
        """Note that an outcome is stored; renew or release the lease of its block."""
        lease = self._held.pop(key)
        lease.left.discard(key)
        if not lease.left:
            _HELD.discard(lease.name)
            self._leases.release(lease.name)
        elif time.monotonic() - lease.renewed > LEASE_SECONDS / 10:
            lease.renewed = time.monotonic()
            self._leases.renew(lease.name, self._worker.name, LEASE_SECONDS)

    def release(self) -> None:
        """Release what this worker owns and did not finish; another may take it at once."""
        names = {lease.name for lease in self._held.values()}
        self._held.clear()
        _HELD.difference_update(names)
        for name in names:
            self._leases.release(name, self._worker.name)
