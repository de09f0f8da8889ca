"""A copy of a store is that store, in SQLite and in PostgreSQL."""

import pytest

from tests.examples import a_campaign, an_outcome
from tests.store.test_records import a_record
from weaklink.progress import Silent
from weaklink.store import Status, open_store
from weaklink.store.copying import copy_store
from weaklink.store.record import CampaignEntry


def contents(store):
    return (
        list(store.outcomes()),
        [(one.campaign, one.created) for one in store.campaigns()],
        store.registrations(),
    )


@pytest.fixture
def source(tmp_path):
    with open_store(tmp_path / "source.db") as store:
        store.put_all(an_outcome(number, success=number % 2 == 0) for number in range(5))
        store.put(an_outcome(9, status=Status.ERROR))
        store.put_perplexities("#lm", {an_outcome(0).key: (1.0, 2.0)})
        number = store.add_campaign(a_campaign())
        store.register("early", "{}")
        entries = (CampaignEntry(dataset="reviews", campaign=number),)
        store.put_record(a_record(campaigns=entries))
        yield store


def test_a_copy_holds_all_and_a_second_one_changes_nothing(source, tmp_path):
    with open_store(tmp_path / "target.db") as target:
        for _ in range(2):
            assert copy_store(source, target, Silent()) == 6
            assert contents(target) == contents(source)
            assert target.records() == source.records()


def test_a_copy_keeps_what_is_there_and_renumbers_campaigns(source, tmp_path):
    with open_store(tmp_path / "target.db") as target:
        target.put(an_outcome(0, queries=99))
        target.put(an_outcome(1, status=Status.ERROR))
        target.add_campaign(a_campaign(seed=1))
        target.register("early", "{}")
        copy_store(source, target, Silent())
        found = {outcome.key: outcome for outcome in target.outcomes()}
        assert found[an_outcome(0).key].queries == 99
        assert found[an_outcome(1).key].status is Status.FAILED
        assert [entry.campaign for entry in target.records()[0].campaigns] == [2]
        assert target.registrations() == source.registrations()
