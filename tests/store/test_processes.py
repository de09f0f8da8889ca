"""Several processes, some of which are killed."""

import multiprocessing
import random
import sqlite3
from contextlib import closing

import pytest

from tests.store.writers import numbered, write
from weaklink.store import open_store

KILLS = 25


@pytest.fixture(scope="module")
def processes():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["weaklink.store"])
    return context


def start(processes, path, first, last):
    """Start a writer; return it and the end of the pipe that its acknowledgements come from."""
    receiver, sender = processes.Pipe(duplex=False)
    writer = processes.Process(target=write, args=(path, first, last, sender))
    writer.start()
    sender.close()
    return writer, receiver


def receive(receiver, limit=None):
    """Return up to ``limit`` acknowledgements, or all until the writer ends."""
    received = []
    try:
        while limit is None or len(received) < limit:
            received.append(receiver.recv())
    except EOFError:
        pass
    return received


def test_what_was_acknowledged_survives_kill_9_at_any_moment(tmp_path, processes):
    path, chance, acknowledged = tmp_path / "audit.db", random.Random(0), []
    for kill in range(KILLS):
        writer, receiver = start(processes, path, 1_000 * kill, 1_000 * (kill + 1))
        if kill < 5:
            writer.join(chance.uniform(0, 0.1))
        acknowledged += receive(receiver, limit=chance.randint(0, 60))
        writer.kill()
        acknowledged += receive(receiver)
        writer.join()
        receiver.close()
        writer.close()

        if path.exists():
            with closing(sqlite3.connect(path)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    with open_store(path) as store:
        stored = {outcome.key.sample_id: outcome for outcome in store.outcomes()}
    assert len(acknowledged) > KILLS
    assert all(stored[f"train:{number}"] == numbered(number) for number in acknowledged)
    assert all(
        outcome == numbered(int(sample.removeprefix("train:")))
        for sample, outcome in stored.items()
    )


def test_processes_write_to_one_new_store_at_once(tmp_path, processes):
    path = tmp_path / "audit.db"
    writers = [start(processes, path, first, first + 100) for first in (0, 50, 100)]
    assert [len(receive(receiver)) for _, receiver in writers] == [100, 100, 100]
    for writer, receiver in writers:
        writer.join()
        receiver.close()
        assert writer.exitcode == 0
        writer.close()
    with open_store(path) as store:
        assert {outcome.key.sample_id for outcome in store.outcomes()} == {
            f"train:{number}" for number in range(200)
        }
        assert [stored.id for stored in store.campaigns()] == [1, 2, 3]
