"""Studies on a local Ray cluster equal those of one process, whoever is killed."""

import os
import random
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from tests.campaigns.killable_study import specification
from tests.campaigns.toys import DRIVER, Words
from tests.engine.work import toy_models
from weaklink.campaigns import run_study
from weaklink.campaigns.prepare import data as prepared
from weaklink.measures import Options
from weaklink.measures.figures import results
from weaklink.progress import Silent
from weaklink.store import open_store
from weaklink.store.reading import read_study
from weaklink.testing.attacks import SUBSTITUTES

ray = pytest.importorskip("ray")

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
"""Ray leaves sockets and processes to the end of its own."""

HERE = "tests.campaigns.toys"


@pytest.fixture(scope="module")
def cluster():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DRIVER, str(os.getpid()))
        patch.setenv("RAY_agent_register_timeout_ms", "300000")
        patch.setenv("RAY_raylet_start_wait_time_s", "200")
        patch.setenv("RAY_worker_niceness", "0")
        ray.init(num_cpus=5, include_dashboard=False, log_to_driver=False, configure_logging=False)
        yield
        ray.shutdown()


@pytest.fixture
def words(monkeypatch):
    monkeypatch.setattr(prepared, "Lexicon", lambda *_, **__: Words(SUBSTITUTES))


def models():
    found = toy_models()
    found.encoder.digest = found.tagger.digest = "toy"
    return found


def spec(data, **changes):
    chain = {"models": [f"{HERE}:upstream", f"{HERE}:downstream"]}
    values = {"samples": 18, "repetitions": 5, "models": [f"{HERE}:single"], "chains": [chain]}
    return specification(data, **(values | changes))


def files_of(folder):
    """Return the record, the outcomes and every figure of a study, without what took how long."""
    with closing(sqlite3.connect(folder / "study.db")) as database, database:
        database.execute("UPDATE outcomes SET seconds = 0")
    study = read_study(folder)
    figures = results(study, Options(resamples=19, created=datetime(2026, 1, 1, tzinfo=UTC)))
    with open_store(folder / "study.db") as store:
        outcomes = list(store.outcomes())
    return (folder / "study.json").read_text(), outcomes, figures.to_json()


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared, "Lexicon", lambda *_, **__: Words(SUBSTITUTES))
        folder = tmp_path_factory.mktemp("whole")
        run_study(spec(data), folder, Silent(), models())
    found = files_of(folder)
    assert len(found[1]) == 18 * 6 * 4
    return found


class Killing(Silent):
    """Kills some of those that are at work, chosen at random, once outcomes come in."""

    def __init__(self, path, kills):
        self.path = path
        self.kills = kills

    def advance(self, steps=1):
        if self.kills:
            with open_store(self.path) as store:
                owners = sorted(set(store.leases.owners().values()))
            chosen = random.Random(1).sample(owners, min(self.kills, len(owners)))
            for owner in chosen:
                os.kill(int(owner.split()[-2]), signal.SIGKILL)
            self.kills -= len(chosen)


@pytest.mark.parametrize(("workers", "kills"), [(1, 0), (2, 0), (5, 2)])
def test_any_number_of_workers_makes_the_same_study(
    cluster, words, data, whole, tmp_path, workers, kills
):
    progress = Killing(tmp_path / "study.db", kills)
    asked = spec(data, executor={"kind": "ray", "workers": workers})
    run_study(asked, tmp_path, progress, models())
    assert progress.kills == 0
    assert files_of(tmp_path) == whole
    with open_store(tmp_path / "study.db") as store:
        assert store.leases.owners() == {}


def test_a_victim_that_kills_its_workers_is_a_failure_and_the_rest_is_finished(
    cluster, words, data, tmp_path
):
    asked = spec(
        data, models=[f"{HERE}:deadly", f"{HERE}:single"], chains=[], samples=5,
        executor={"kind": "ray", "workers": 2},
    )  # fmt: skip
    record = run_study(asked, tmp_path, Silent(), models())
    reasons = {failure.what: failure.reason for failure in record.failures}
    assert "3 workers died over it" in reasons[f"{HERE}:deadly"]
    with open_store(tmp_path / "study.db") as store:
        victims = [outcome.victim for outcome in store.outcomes()]
    assert victims == [f"{HERE}:single"] * 5 * (1 + 5)
