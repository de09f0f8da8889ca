import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from weaklink.store import Status, open_store
from weaklink.store.record import StudyRecord

from .killable_study import Death
from .small_study import HERE, specification

UP, DOWN, SINGLE = (f"{HERE}:{name}" for name in ("upstream", "downstream", "single"))


@pytest.fixture(scope="module")
def whole(run, data, tmp_path_factory):
    """The folder of a study that nobody interrupted."""
    folder = tmp_path_factory.mktemp("whole") / "study"
    assert run(folder, specification(data)) == 0
    return folder


def record_in(folder):
    return StudyRecord.model_validate_json((folder / "study.json").read_text())


def outcomes_in(folder, campaign=None):
    with open_store(folder / "study.db") as store:
        wanted = {c.id: c.campaign for c in store.campaigns()}.get(campaign)
        return [replace(outcome, seconds=0.0) for outcome in store.outcomes(wanted)]


def test_killed_at_random_and_resumed_it_equals_an_uninterrupted_run(run, whole, data, tmp_path):
    folder, chance = tmp_path / "study", random.Random(3)
    total = len(outcomes_in(whole))
    stored = 0
    for kill_at in (chance.randint(1, total // 4) for _ in range(8)):
        if stored + kill_at < total:
            death = Death("outcome", kill_at)
            assert run(folder, specification(data), death) == -signal.SIGKILL
            stored += kill_at
            assert len(outcomes_in(folder)) == stored
    assert total / 2 < stored
    assert run(folder, specification(data)) == 0
    assert outcomes_in(folder) == outcomes_in(whole)
    assert (folder / "study.json").read_bytes() == (whole / "study.json").read_bytes()


def test_processes_share_a_study_and_one_that_is_killed_costs_nothing(run, whole, data, tmp_path):
    folder, spec = tmp_path / "study", specification(data)
    with ThreadPoolExecutor(3) as pool:
        killed = pool.submit(run, folder, spec, Death("outcome", 9))
        while not (folder / "study.db").exists() or not outcomes_in(folder):
            time.sleep(0.005)
        others = [pool.submit(run, folder, spec) for _ in range(2)]
        assert killed.result() == -signal.SIGKILL
        assert [other.result() for other in others] == [0, 0]
    assert outcomes_in(folder) == outcomes_in(whole)
    assert (folder / "study.json").read_bytes() == (whole / "study.json").read_bytes()


def test_what_cannot_be_had_is_a_failure_and_the_rest_is_finished(whole, data):
    record = record_in(whole)
    missing = {failure.what: failure.reason for failure in record.failures}
    assert set(missing) == {str(data.with_name("missing.csv")), f"{HERE}:missing"}
    assert all("missing" in reason for reason in missing.values())
    fingerprints = {model.name: model.fingerprint for model in record.models}
    assert fingerprints.pop(f"{HERE}:missing") is None
    (entry,) = record.campaigns
    counts = Counter(o.key.victim_fingerprint for o in outcomes_in(whole, entry.campaign))
    assert counts == dict.fromkeys(fingerprints.values(), 12 * (1 + 2))


def test_text_transfer_tries_the_very_texts_of_the_upstream_on_the_downstream(whole):
    record = record_in(whole)
    models = {model.name: model.fingerprint for model in record.models}
    (entry,) = record.campaigns
    attacked = outcomes_in(whole, entry.campaign)
    found = [("pwws", 0), ("textbugger", 0), ("textbugger", 1)]
    assert [(r.upstream, r.downstream, r.attack, r.repetition) for r in record.replays] == [
        (UP, DOWN, attack, repetition) for attack, repetition in found
    ]
    flips = 0
    for replay in record.replays:
        tried = {
            o.key.sample_id: o
            for o in outcomes_in(whole, replay.campaign)
            if o.key.attack_fingerprint == replay.attack_fingerprint
        }
        assert len(tried) == 12
        assert {o.key.victim_fingerprint for o in tried.values()} == {models[DOWN]}
        upstream = {
            o.key.sample_id: o.adversarial_text
            for o in attacked
            if o.status is Status.SUCCEEDED
            and (o.attack, o.key.repetition) == (replay.attack, replay.repetition)
            and o.key.victim_fingerprint == models[UP]
        }
        for sample, outcome in tried.items():
            assert outcome.queries == 1 + (sample in upstream)
            if outcome.status is Status.SUCCEEDED:
                assert outcome.adversarial_text == upstream[sample]
                flips += 1
    assert flips


def test_more_attacks_ask_only_for_what_is_new(run, whole, data, tmp_path):
    few = specification(data, attacks=["pwws"], models=[SINGLE])
    assert run(tmp_path, few) == 0
    before = {o.key: o for o in outcomes_in(tmp_path) if not o.attack.startswith("replay")}
    assert len(before) == 3 * 12
    assert run(tmp_path, specification(data)) == 0
    after = outcomes_in(tmp_path, record_in(tmp_path).campaigns[0].campaign)
    assert after == outcomes_in(whole, record_in(whole).campaigns[0].campaign)
    assert {o.key: o for o in after if o.key in before} == before


def test_a_model_that_is_its_own_upstream_is_said(run, data, tmp_path):
    spec = specification(data, chains=[{"models": [UP, UP]}], models=[])
    assert run(tmp_path, spec) == 0
    record = record_in(tmp_path)
    assert record.chains[0].measured == ()
    assert any(f"{UP} and {UP} are the same model." in f.reason for f in record.failures)
