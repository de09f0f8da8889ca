"""Studies on a local Ray cluster equal those of one process, whoever is killed."""

import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.campaigns.executors.ray_drivers import TOYS, Drivers, Dying, Killing, spec
from tests.campaigns.toys import DRIVER
from tests.engine.work import toy_models
from weaklink.campaigns.blocks.one_bar import OneBar
from weaklink.campaigns.executors import ray as executor
from weaklink.campaigns.executors.ray_worker import KeptStore, RayWorker, Shared
from weaklink.errors import WeaklinkError
from weaklink.measures import Options
from weaklink.measures.figures import results
from weaklink.progress import Silent
from weaklink.store import open_store
from weaklink.store.copying import copy_store
from weaklink.store.studies import read_study
from weaklink.testing.postgresql import postgres_server

ray = pytest.importorskip("ray")

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
"""Ray leaves sockets and processes to the end of its own."""


@pytest.fixture(scope="module")
def drivers():
    return Drivers()


@pytest.fixture(scope="module")
def local(drivers, data, tmp_path_factory):
    """A driver without Ray, which runs while the cluster starts, and its folder."""
    folder = tmp_path_factory.mktemp("whole")
    return drivers.start(folder, spec(data)), folder


@pytest.fixture(scope="module")
def cluster(local):
    """Address of a cluster that starts no more than two workers at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DRIVER, "")
        patch.setenv("RAY_agent_register_timeout_ms", "300000")
        patch.setenv("RAY_raylet_start_wait_time_s", "200")
        patch.setenv("RAY_worker_niceness", "0")
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
        yield ray.get_runtime_context().gcs_address
        ray.shutdown()


def on(address, workers):
    return {"kind": "ray", "address": address, "workers": workers, "cpus": 0.2}


@pytest.fixture(scope="module")
def server():
    with postgres_server() as server:
        yield server


@pytest.fixture
def address(server, request):
    return server.create(request.node.name)


def files_of(folder, address=None):
    """Return the record, the outcomes and every figure of a study, without what took how long."""
    if address:
        (folder / "study.store").unlink()
        with open_store(address) as source, open_store(folder / "study.db") as target:
            assert source.leases.owners() == {}
            copy_store(source, target, Silent())
    with closing(sqlite3.connect(folder / "study.db")) as database, database:
        database.execute("UPDATE outcomes SET seconds = 0")
    study = read_study(folder)
    figures = results(study, Options(resamples=19, created=datetime(2026, 1, 1, tzinfo=UTC)))
    with open_store(folder / "study.db") as store:
        assert store.leases.owners() == {}
        outcomes = list(store.outcomes())
    return (folder / "study.json").read_text(), outcomes, figures.to_json()


@pytest.fixture(scope="module")
def whole(local):
    driver, folder = local
    driver.join()
    assert driver.exitcode == 0
    found = files_of(folder)
    assert len(found[1]) == 18 * 6 * 4
    return found


def test_five_workers_make_the_same_study_though_two_are_killed(
    cluster, drivers, data, whole, address, tmp_path
):
    asked = spec(data, executor=on(cluster, 5))
    assert drivers.run(tmp_path, asked, Killing(address, 2), address) == 0
    assert files_of(tmp_path, address) == whole


def test_the_driver_is_killed_and_the_same_command_goes_on(cluster, drivers, data, whole, tmp_path):
    asked = spec(data, executor=on(cluster, 1))
    assert drivers.run(tmp_path, asked, Dying(100)) == -signal.SIGKILL
    with open_store(tmp_path / "study.db") as store:
        before = {outcome.key: outcome for outcome in store.outcomes()}
    assert 100 <= len(before) < len(whole[1])
    assert drivers.run(tmp_path, asked) == 0
    with open_store(tmp_path / "study.db") as store:
        after = {outcome.key: outcome for outcome in store.outcomes()}
    assert {key: after[key] for key in before} == before
    assert files_of(tmp_path) == whole


def test_two_drivers_share_one_store_on_a_server(cluster, drivers, data, whole, address, tmp_path):
    asked, owners = spec(data, executor=on(cluster, 1)), set()
    both = [drivers.start(tmp_path, asked, None, address) for _ in range(2)]
    with open_store(address) as store:
        while any(driver.is_alive() for driver in both):
            owners |= set(store.leases.owners().values())
            both[0].join(0.05)
            both[1].join(0.05)
    assert [driver.exitcode for driver in both] == [0, 0]
    assert len(owners) == 2
    assert files_of(tmp_path, address) == whole


def test_a_victim_that_kills_its_workers_is_a_failure_and_the_rest_is_finished(
    cluster, drivers, data, address, tmp_path
):
    asked = spec(
        data, models=[f"{TOYS}:deadly", f"{TOYS}:single"], chains=[], samples=5,
        executor=on(cluster, 1),
    )  # fmt: skip
    assert drivers.run(tmp_path, asked, None, address) == 0
    with open_store(address) as store:
        (record,) = store.records()
        victims = [outcome.victim for outcome in store.outcomes()]
    reasons = {failure.what: failure.reason for failure in record.failures}
    assert "3 workers died over it" in reasons[f"{TOYS}:deadly"]
    assert victims == [f"{TOYS}:single"] * 5 * (1 + 5)


def actor(**methods):
    """An actor whose methods return references."""
    made = {
        name: SimpleNamespace(remote=lambda *_, reply=reply: reply)
        for name, reply in methods.items()
    }
    return SimpleNamespace(**made)


def test_a_worker_that_took_too_much_memory_is_replaced(tmp_path, monkeypatch):
    def fail(_):
        raise ray.exceptions.OutOfMemoryError("The node runs out of memory.")

    monkeypatch.setattr(ray, "get", fail)
    with open_store(tmp_path / "study.db") as store:
        crew = executor.Crew(store, OneBar(Silent()), lambda: actor(name="new"), 1)
        crew.busy["old"] = executor.Assigned(executor.Hand(actor(), "one"), None)
        store.leases.claim("block", "one", 60.0, 1)
        crew.end("old")
        assert [*crew.busy] == ["new"]
        assert store.leases.claim("block", "two", 60.0, 1) == 1


def test_that_the_store_cannot_be_reached_any_more_is_no_death_of_the_worker(monkeypatch):
    def fail(_):
        raise ray.exceptions.ActorDiedError

    monkeypatch.setattr(ray, "get", fail)
    with pytest.raises(WeaklinkError, match="The process that keeps the store died"):
        KeptStore(actor(call="reference")).done(None)


def test_a_worker_finds_models_from_where_the_driver_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path.parent)
    asked = spec(tmp_path / "data.csv")
    for folder in (tmp_path, tmp_path / "a folder of another machine"):
        shared = Shared(asked, {}, {}, toy_models(), folder, "the driver", 0.0)
        RayWorker(shared, str(tmp_path / "study.db"))
        assert Path.cwd() == tmp_path
