"""What the leases of every store must do; ``StoreConformance`` holds a store to it, too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import islice
from multiprocessing.connection import Connection
from typing import TypeAlias

import pytest

from weaklink.data import Sample
from weaklink.engine import Worker, this_worker
from weaklink.engine.blocks import Block, blocks_of
from weaklink.engine.leasing import LeasedKeys, end_dead
from weaklink.store import Outcome, OutcomeKey, Store
from weaklink.store.leases import UNDER
from weaklink.testing.outcomes import a_campaign, an_outcome
from weaklink.testing.processes import start

Reopen: TypeAlias = Callable[[], Store]

_BLOCKS, _SIZE = 3, 64
"""Blocks of the campaign that workers share here, and outcomes of each."""


class LeaseConformance:
    """Tests of who works on what, as one kind of store keeps it."""

    @pytest.fixture
    def store(self, reopen: Reopen) -> Iterator[Store]:
        with reopen() as store:
            yield store

    def test_a_block_belongs_to_one_worker_until_its_time_is_over(self, store: Store) -> None:
        leases = store.leases
        assert leases.claim("block", "one", 60.0, 5) == 0
        assert leases.claim("block", "two", 60.0, 5) is None
        assert leases.claim("block", "one", 60.0, 5) is None
        assert leases.claim("other", "two", 60.0, 5) == 0
        assert leases.owners() == {"block": "one", "other": "two"}
        leases.release("block", "two")
        assert leases.owners() == {"block": "one", "other": "two"}
        leases.release("block", "one")
        assert leases.claim("block", "two", -1.0, 5) == 0
        assert leases.owners() == {"other": "two"}
        assert leases.claim("block", "one", 60.0, 5) == 1
        leases.renew("block", "two", -1.0)
        assert leases.owners() == {"block": "one", "other": "two"}
        leases.renew("block", "one", -1.0)
        leases.dismiss("two")
        assert leases.owners() == {}
        leases.release("block")
        assert leases.claim("block", "one", 60.0, 5) == 0

    def test_deaths_over_a_block_are_counted_until_an_outcome_is_stored(self, store: Store) -> None:
        def dies_over(pending: int) -> int | None:
            found = store.leases.claim("block", f"worker {pending}", 60.0, pending)
            store.leases.end(f"worker {pending}")
            return found

        assert [dies_over(5) for _ in range(4)] == [0, 1, 2, 3]
        assert [dies_over(4) for _ in range(3)] == [1, 2, 3]
        store.leases.release("block")
        assert dies_over(4) == 0

    def test_a_driver_says_whether_its_worker_died(self, store: Store) -> None:
        leases, own, other = store.leases, f"one{UNDER}driver", f"two{UNDER}driver"
        assert leases.claim("block", own, -1.0, 5) == 0
        assert leases.claim("block", other, 60.0, 5) == 0
        leases.end(own)
        assert leases.claim("block", own, 60.0, 5) is None
        leases.end(other)
        assert leases.claim("block", own, -1.0, 5) == 1
        assert leases.claim("block", other, -1.0, 5) == 1
        assert leases.claim("block", "three", -1.0, 5) == 1
        assert leases.claim("block", own, -1.0, 5) == 2
        assert leases.claim("block", other, -1.0, 4) == 0

    def test_of_many_who_claim_a_block_at_once_one_owns_it(self, reopen: Reopen) -> None:
        def claim(number: int) -> int | None:
            with reopen() as store:
                return store.leases.claim("block", str(number), 60.0, 1)

        reopen().close()
        with ThreadPoolExecutor(4) as pool:
            assert sorted(map(str, pool.map(claim, range(8)))) == ["0", *["None"] * 7]

    def test_time_is_that_of_the_database(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        leases, real = store.leases, time.time
        assert leases.claim("block", "one", 3600.0, 5) == 0
        assert leases.claim("ended", "one", -3600.0, 5) == 0
        for hours in (-24, 24):
            monkeypatch.setattr(time, "time", lambda hours=hours: real() + 3600 * hours)
            assert leases.owners() == {"block": "one"}
            assert leases.claim("block", "two", 3600.0, 5) is None
        monkeypatch.undo()
        assert leases.claim("ended", "two", 0.001, 5) == 1
        while "ended" in leases.owners():
            assert leases.owners()["block"] == "one"
        assert leases.claim("ended", "three", 3600.0, 5) == 2

    def test_a_worker_renews_what_nobody_has_taken_from_it(self, store: Store) -> None:
        leases = store.leases
        leases.claim("block", "one", -1.0, 5)
        assert leases.owners() == {}
        leases.renew("block", "one", 60.0)
        assert leases.claim("block", "two", 60.0, 5) is None
        leases.end("one")
        assert leases.claim("block", "two", 60.0, 5) == 1
        leases.renew("block", "one", -1.0)
        leases.release("block", "one")
        leases.end("one")
        leases.dismiss("one")
        leases.renew("another", "one", 60.0)
        assert leases.owners() == {"block": "two"}

    def test_outcomes_of_a_late_worker_are_harmless(self, store: Store) -> None:
        late, other = (LeasedKeys(store, Worker(name), _blocks()) for name in ("late", "other"))
        keys = list(islice(late, _SIZE))
        _make(store, late, keys[:5], seconds=1.0)
        store.leases.end("late")
        rest = list(other)
        assert set(rest) == set(_outcomes()) - set(keys[:5])
        _make(store, late, keys[5:40], seconds=1.0)
        _make(store, other, rest[:50], seconds=2.0)
        _make(store, late, keys[40:], seconds=1.0)
        _make(store, other, rest[50:], seconds=2.0)
        assert {o.key: replace(o, seconds=0.0) for o in store.outcomes()} == _outcomes()
        assert store.leases.owners() == {}

    def test_a_worker_that_is_killed_loses_its_block_and_no_more(
        self, reopen: Reopen, store: Store
    ) -> None:
        alive, acknowledged = LeasedKeys(store, Worker("alive"), _blocks()), 0
        keys = iter(alive)
        kept = next(keys)
        for stored in (1, _SIZE + 1):
            worker = start(_work, reopen)
            acknowledged += len(worker.receive(stored))
            worker.process.kill()
            acknowledged += len(worker.receive())
            worker.end()
            (own,) = (block for block, owner in store.leases.owners().items() if owner == "alive")
            end_dead(store.leases)
            assert store.leases.owners() == {own: "alive"}
        after = LeasedKeys(store, this_worker(), _blocks())
        rest = list(after)
        assert after.elsewhere == 1
        assert acknowledged <= (_BLOCKS - 1) * _SIZE - len(rest) <= acknowledged + 2
        _make(store, after, rest)
        _make(store, alive, [kept, *keys])
        assert {outcome.key: outcome for outcome in store.outcomes()} == _outcomes()
        assert store.leases.owners() == {}


def _blocks() -> Iterator[Block]:
    """Yield a campaign of some blocks, each of one sample with many repetitions."""
    campaign = a_campaign(victims=[("up", "single")], repetitions=_SIZE, samples=_BLOCKS)
    return blocks_of(campaign, [Sample(one, "a film", 1) for one in campaign.data.sample_ids])


@cache
def _outcomes() -> dict[OutcomeKey, Outcome]:
    """Return every outcome of that campaign."""
    made = (
        an_outcome(sample, repetition=repetition, seconds=0.0)
        for sample in range(_BLOCKS)
        for repetition in range(_SIZE)
    )
    return {outcome.key: outcome for outcome in made}


def _make(
    store: Store, leased: LeasedKeys, keys: Iterable[OutcomeKey], *, seconds: float = 0.0
) -> None:
    """Make outcomes as a worker does."""
    outcomes = _outcomes()
    for key in keys:
        store.put(replace(outcomes[key], seconds=seconds))
        leased.stored(key)


def _work(reopen: Reopen, acknowledge: Connection) -> None:
    """Make what nobody else does, and tell of each outcome once it is stored."""
    with reopen() as store:
        leased = LeasedKeys(store, this_worker(), _blocks())
        for number, key in enumerate(leased):
            _make(store, leased, [key])
            acknowledge.send(number)
    acknowledge.close()
