"""Blocks of pending outcomes, shared by workers."""

import os
from dataclasses import replace

import pytest

from tests.engine.killable import Slow, campaign, dataset, make_run
from weaklink.engine import DeadlyVictim, Worker, this_worker
from weaklink.engine.blocks import blocks_of
from weaklink.engine.leasing import LeasedKeys, claim, end_dead
from weaklink.store import open_store
from weaklink.store.leases import UNDER


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "audit.db") as store:
        yield store


def blocks():
    asked = campaign(dataset())
    alone = asked.model_copy(update={"victims": asked.victims[:1]})
    return list(blocks_of(alone, dataset().samples))


def a_run(store):
    """A run of one attack on two victims."""
    run = make_run(store, 4)
    few = run.campaign.model_copy(update={"attacks": run.campaign.attacks[:1]})
    return replace(run, campaign=few)


def test_blocks_are_a_campaign_cut_into_whole_samples_in_its_order(monkeypatch):
    monkeypatch.setattr("weaklink.engine.blocks.ATTEMPTS", 20)
    found = blocks()
    lengths = {sample.id: len(sample.text) for sample in dataset().samples}
    cut = [block.campaign.data.sample_ids for block in found]
    assert [len(ids) for ids in cut] == [4, 4, 4, 2]
    assert [one for ids in cut for one in sorted(ids, key=list(lengths).index)] == list(lengths)
    for ids in cut:
        assert [lengths[one] for one in ids] == sorted((lengths[i] for i in ids), reverse=True)
    assert len({block.name for block in found}) == len(found)
    keys = {key for block in found for key in block.campaign.keys()}  # noqa: SIM118
    asked = campaign(dataset()).keys()
    assert keys == {key for key in asked if key.victim_fingerprint == "up"}
    assert [block.name for block in blocks()] == [block.name for block in found]


def test_what_another_worker_owns_is_left_to_it(store, monkeypatch):
    monkeypatch.setattr("weaklink.engine.blocks.ATTEMPTS", 20)
    first, second, *_ = blocks()
    one = LeasedKeys(store, Worker("one"), [first, second])
    keys = iter(one)
    taken = [next(keys)]
    other = LeasedKeys(store, Worker("other"), [first, second])
    rest = list(other)
    assert other.elsewhere == 1
    assert {key.sample_id for key in rest} == set(second.campaign.data.sample_ids)
    taken += keys
    assert one.elsewhere == 1
    assert {key.sample_id for key in taken} == set(first.campaign.data.sample_ids)
    one.release()
    again = LeasedKeys(store, Worker("third"), [first, second])
    assert set(again) == set(taken)


def test_a_lease_ends_with_the_last_outcome_of_its_block(store):
    run = a_run(store)
    owned = []
    run.run(lambda _: owned.append(store.leases.owners()))
    assert owned[0]
    assert store.leases.owners() == {}
    assert run.pending() == []


def test_two_runs_share_one_campaign(store, monkeypatch):
    """The second run works whenever the first has stored an outcome: each makes some."""
    monkeypatch.setattr("weaklink.engine.blocks.ATTEMPTS", 5)
    one, other = a_run(store), a_run(store)
    made = {"one": 0, "other": 0}

    def count(name):
        def report(_):
            made[name] += 1
            if name == "one" and made["one"] == 5:
                assert other.run(count("other")) > 0

        return report

    elsewhere = one.run(count("one"))
    assert elsewhere == 0
    assert made["one"] + made["other"] == one.campaign.size
    assert made["other"] > 0


class Failing(Slow):
    def forward(self, batch):
        raise KeyboardInterrupt


def test_an_interrupted_run_leaves_its_blocks_free(store):
    run = a_run(store)
    for loaded in run.victims.values():
        loaded.victim.forward = Failing("up").forward
    with pytest.raises(KeyboardInterrupt):
        run.run(print)
    assert store.leases.owners() == {}


def test_a_victim_that_kills_three_workers_in_a_row_is_given_up(store):
    block = blocks()[0]
    for number in range(3):
        dead = Worker(f"worker {number}")
        next(iter(LeasedKeys(store, dead, [block])))
        store.leases.end(dead.name)
    with pytest.raises(DeadlyVictim, match="3 workers died over it"):
        next(iter(LeasedKeys(store, Worker("fourth"), [block])))
    assert next(iter(LeasedKeys(store, Worker("the next run"), [block])))


def test_leases_of_processes_of_this_host_end_with_them(store):
    host, pid, created = this_worker().name.rsplit(" ", 2)
    assert pid == str(os.getpid())
    names = {
        "forgotten by a run of this process": this_worker().name,
        "dead": f"{host} {2**22 + 1} {created}",
        "its number was given again": f"{host} {pid} 1.0",
        "elsewhere": f"elsewhere pid:[1] {2**22 + 1} 1.0",
        "of another kind": "a name",
    }
    for block, owner in names.items():
        store.leases.claim(block, owner, 60.0, 1)
    assert claim(store.leases, this_worker(), "alive")
    end_dead(store.leases)
    assert set(store.leases.owners()) == {"alive", "elsewhere", "of another kind"}


def dead_names():
    """Names of processes of this host that have ended."""
    host, _, created = this_worker().name.rsplit(" ", 2)
    return (f"{host} {2**22 + number} {created}" for number in range(1, 99))


def test_a_driver_that_is_killed_again_and_again_is_no_death_of_its_victim(store):
    """Its workers end with it, so that each leaves the lease of the same block."""
    block, names = blocks()[0], dead_names()
    for _ in range(4):
        worker = Worker(f"{next(names)}{UNDER}{next(names)}")
        assert next(iter(LeasedKeys(store, worker, [block])))
        assert len(store.leases.owners()) == 1
        end_dead(store.leases)
        assert store.leases.owners() == {}


def test_of_a_worker_with_a_driver_that_runs_the_driver_says_whether_it_died(store):
    block, names, driver = blocks()[0], dead_names(), this_worker().name
    for _ in range(3):
        worker = Worker(f"{next(names)}{UNDER}{driver}")
        assert next(iter(LeasedKeys(store, worker, [block])))
        end_dead(store.leases)
        assert [*store.leases.owners().values()] == [worker.name]
        store.leases.end(worker.name)
    with pytest.raises(DeadlyVictim, match="3 workers died over it"):
        next(iter(LeasedKeys(store, this_worker(driver), [block])))


def test_a_process_that_works_for_a_driver_releases_what_it_forgot(store):
    own = this_worker("elsewhere pid:[1] 7 1.0")
    assert store.leases.claim("forgotten", own.name, 60.0, 1) == 0
    end_dead(store.leases)
    assert store.leases.owners() == {}
