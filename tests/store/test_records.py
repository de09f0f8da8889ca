"""Records of runs beside their outcomes, and which campaign is meant when none is named."""

import pytest

from tests.examples import a_campaign, an_outcome
from weaklink.errors import WeaklinkError
from weaklink.store import open_store
from weaklink.store.record import CampaignEntry, ReplayEntry, StudyRecord
from weaklink.store.studies import choose_campaign, keep_store_of, read_study, store_of


def a_record(name="audit", digest="d", **rest):
    empty = dict.fromkeys(("models", "chains", "funnel", "campaigns", "replays", "failures"), ())
    values = {"name": name, "digest": digest, "specification": {}, "provenance": {}}
    return StudyRecord(**(values | empty | rest))


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "audit.db") as store:
        yield store


def test_records_are_kept_and_the_same_run_has_one(store):
    first, other = a_record(), a_record(digest="e")
    store.put_record(first)
    store.put_record(other)
    assert store.records() == [first, other]
    again = a_record(inputs={"data x.csv": "digest"})
    store.put_record(again)
    assert store.records() == [other, again]


def test_the_latest_campaign_is_no_replay(store, tmp_path):
    path = tmp_path / "audit.db"
    with pytest.raises(WeaklinkError, match="has no campaign"):
        choose_campaign(store, path)
    numbers = [store.add_campaign(a_campaign(seed=seed)) for seed in range(3)]
    assert choose_campaign(store, path).id == numbers[2]
    replay = ReplayEntry(
        dataset="reviews", campaign=numbers[2], upstream="up", downstream="down",
        attack="pwws", repetition=0, attack_fingerprint="#replay",
    )  # fmt: skip
    entries = (CampaignEntry(dataset="reviews", campaign=numbers[1]),)
    store.put_record(a_record(campaigns=entries, replays=(replay,)))
    assert choose_campaign(store, path).id == numbers[1]
    assert choose_campaign(store, path, numbers[2]).id == numbers[2]
    with pytest.raises(WeaklinkError, match="Choose one of: 1, 2"):
        choose_campaign(store, path, 9)


def test_a_study_is_read_from_the_store_that_its_folder_names(tmp_path):
    folder, elsewhere = tmp_path / "study", tmp_path / "elsewhere.db"
    folder.mkdir()
    assert store_of(folder) == folder / "study.db"
    keep_store_of(folder, elsewhere)
    with open_store(store_of(folder)) as store:
        number = store.add_campaign(a_campaign())
        store.put(an_outcome())
    record = a_record(campaigns=(CampaignEntry(dataset="reviews", campaign=number),))
    (folder / "study.json").write_text(record.model_dump_json())
    study = read_study(folder)
    assert study.store == str(elsewhere)
    assert study.attempts()["sample_id"].to_list() == ["train:0"]
    with pytest.raises(WeaklinkError, match="holds a password"):
        keep_store_of(folder, "postgresql://user:secret@host/weaklink")


def test_a_specification_stays_as_it_was_first_stored_with_the_outcomes_then(tmp_path):
    with open_store(tmp_path / "study.db") as store:
        assert store.registration("early") is None
        store.register("early", "{}")
        store.put(an_outcome())
        store.register("early", "{}")
        store.register("late", "{}")
        early, late = store.registration("early"), store.registration("late")
    assert (early.outcomes, late.outcomes) == (0, 1)
    assert early.created <= late.created
