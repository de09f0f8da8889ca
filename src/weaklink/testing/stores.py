"""What every store must do: subclass ``StoreConformance`` in a test file to hold one to it.

It needs pytest and hypothesis. Define the fixture ``reopen``: a function without arguments that
opens the same store, empty at first, each time that it is called. It is sent to other processes,
so that it must be picklable, as ``functools.partial(open_store, address)`` is::

    from weaklink.testing.stores import StoreConformance


    class TestMine(StoreConformance):
        @pytest.fixture
        def reopen(self, tmp_path):
            return partial(open_mine, tmp_path)
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from multiprocessing.connection import Connection
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weaklink.store import Outcome, Status, Store
from weaklink.store.frame import COLUMNS
from weaklink.store.tables import KEY
from weaklink.testing.leases import LeaseConformance, Reopen
from weaklink.testing.outcomes import a_campaign, an_outcome
from weaklink.testing.processes import start

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
shares = st.none() | st.floats(0, 1)


class StoreConformance(LeaseConformance):
    """Tests of one kind of store."""

    kills = 25
    """How often a writer is killed."""

    written = 100
    """Outcomes that each of three processes writes at once."""

    def test_is_empty_at_first(self, store: Store) -> None:
        assert store.campaigns() == []
        assert list(store.outcomes()) == []
        assert store.done(a_campaign()) == set()
        assert store.frame().shape == (0, len(COLUMNS))

    def test_keeps_outcomes_and_campaigns_when_it_is_closed(self, reopen: Reopen) -> None:
        with reopen() as store:
            number = store.add_campaign(a_campaign())
            store.put(an_outcome())
        with reopen() as store:
            assert [stored.id for stored in store.campaigns()] == [number]
            assert list(store.outcomes()) == [an_outcome()]

    @settings(
        max_examples=25,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,  # one kind of store a class
        ],
    )
    @given(
        original=texts,
        adversarial=st.none() | texts,
        share=shares,
        cut=st.booleans(),
        notes=st.dictionaries(texts, st.floats(allow_nan=False, allow_infinity=False), max_size=2),
    )
    def test_gives_back_what_was_put(
        self,
        store: Store,
        original: str,
        adversarial: str | None,
        share: float | None,
        cut: bool,  # noqa: FBT001
        notes: Mapping[str, float],
    ) -> None:
        outcome = an_outcome(
            sample=len(list(store.outcomes())),
            original_text=original,
            adversarial_text=adversarial,
            adversarial_probability=share,
            gold_index=None,
            cut=cut,
            notes=notes,
            original_perplexity=share,
            language_model=adversarial,
        )
        store.put(outcome)

        (stored,) = [other for other in store.outcomes() if other.key == outcome.key]
        assert stored == outcome
        assert isinstance(stored.status, Status)
        assert isinstance(stored.cut, bool)

    @pytest.mark.parametrize("first", [s for s in Status if s is not Status.ERROR])
    @pytest.mark.parametrize("second", Status)
    def test_never_overwrites_what_is_done(
        self, store: Store, first: Status, second: Status
    ) -> None:
        store.put(an_outcome(status=first))
        store.put(an_outcome(status=second, queries=99))
        assert list(store.outcomes()) == [an_outcome(status=first)]

    @pytest.mark.parametrize("second", Status)
    def test_replaces_an_error(self, store: Store, second: Status) -> None:
        store.put(an_outcome(status=Status.ERROR, error="Traceback", success=False))
        store.put(an_outcome(status=second, queries=99))
        assert list(store.outcomes()) == [an_outcome(status=second, queries=99)]

    def test_every_field_of_the_key_tells_outcomes_apart(self, store: Store) -> None:
        outcome = an_outcome()
        changes: dict[str, Any] = dict.fromkeys(
            ("victim_fingerprint", "attack_fingerprint", "data_fingerprint", "sample_id"), "other"
        )
        others = [
            replace(outcome, key=replace(outcome.key, **{name: value}))
            for name, value in (changes | {"repetition": 1, "seed": 2**62}).items()
        ]
        for other in (outcome, *others):
            store.put(other)
        assert {stored.key for stored in store.outcomes()} == {o.key for o in (outcome, *others)}

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_yields_outcomes_in_one_order_however_they_came(
        self, store: Store, order: Sequence[int]
    ) -> None:
        outcomes = [an_outcome(0, victim="down"), an_outcome(0), an_outcome(1)]
        for position in order:
            store.put(outcomes[position])
        assert list(store.outcomes()) == outcomes

    def test_the_same_campaign_again_has_the_same_id(self, store: Store) -> None:
        first = store.add_campaign(a_campaign(provenance={"torch": "2"}))
        other = store.add_campaign(a_campaign(seed=1))
        assert store.add_campaign(a_campaign(provenance={"torch": "3"})) == first
        assert first != other
        assert [stored.id for stored in store.campaigns()] == [first, other]

    def test_gives_back_campaigns_with_the_time_they_were_added(self, store: Store) -> None:
        campaign = a_campaign(provenance={"torch": "2"})
        before = datetime.now(UTC)
        store.add_campaign(campaign)
        (stored,) = store.campaigns()
        assert stored.campaign == campaign
        assert before <= stored.created <= datetime.now(UTC)

    def test_perplexities_are_written_beside_outcomes_and_over_earlier_ones(
        self, store: Store
    ) -> None:
        outcomes = [an_outcome(0), an_outcome(0, victim="down"), an_outcome(1)]
        for outcome in outcomes:
            store.put(outcome)
        first, second, third = (outcome.key for outcome in outcomes)
        store.put_perplexities("#one", {first: (10.0, 20.0), second: (30.0, None)})
        store.put_perplexities("#two", {second: (3.0, 4.0), an_outcome(9).key: (1.0, 1.0)})
        store.put_perplexities("#three", {})

        found = {
            o.key: (o.original_perplexity, o.adversarial_perplexity, o.language_model)
            for o in store.outcomes()
        }
        assert found == {
            first: (10.0, 20.0, "#one"),
            second: (3.0, 4.0, "#two"),
            third: (None, None, None),
        }

    def test_done_is_what_the_campaign_asks_for_less_errors(self, store: Store) -> None:
        store.put(an_outcome(0))
        store.put(an_outcome(1, status=Status.FAILED))
        store.put(an_outcome(2, status=Status.ERROR))
        store.put(an_outcome(3, status=Status.EXHAUSTED))
        store.put(an_outcome(99))
        store.put(an_outcome(0, repetition=1))
        store.put(an_outcome(0, seed=1))

        expected = {an_outcome(sample).key for sample in (0, 1, 3)}
        assert store.done(a_campaign()) == expected

    def test_filters_by_campaign_model_attack_and_status(self, store: Store) -> None:
        for outcome in (
            an_outcome(0),
            an_outcome(1, success=False),
            an_outcome(0, victim="down"),
            an_outcome(0, attack="textfooler"),
            an_outcome(99),
        ):
            store.put(outcome)

        assert len(list(store.outcomes(a_campaign()))) == 3
        assert [o.attack for o in store.outcomes(attack="textfooler")] == ["textfooler"]
        assert [o.victim for o in store.outcomes(model="down")] == ["down"]
        assert list(store.outcomes(a_campaign(), status=Status.FAILED)) == [
            an_outcome(1, success=False)
        ]
        assert list(store.outcomes(a_campaign(), model="nobody")) == []
        assert store.frame(model="up", attack="pwws").height == 3

    def test_texts_that_no_database_holds_are_marked(self, store: Store) -> None:
        store.put(an_outcome(original_text="a\0b\ud800c"))
        assert [outcome.original_text for outcome in store.outcomes()] == ["a?b?c"]

    def test_many_at_once_follow_the_rules_of_one_by_one(self, store: Store) -> None:
        store.put(an_outcome(0))
        store.put(an_outcome(1, status=Status.ERROR))
        rest = [an_outcome(number) for number in range(3, 30)]
        many = [
            an_outcome(0, queries=99),
            an_outcome(1, queries=99),
            an_outcome(2, status=Status.ERROR),
            an_outcome(2, queries=98),
            an_outcome(2, queries=99),
            *rest,
        ]
        store.put_all(many)
        store.put_all([])
        found = {int(o.key.sample_id.removeprefix("train:")): o.queries for o in store.outcomes()}
        assert found == {0: 7, 1: 99, 2: 98} | dict.fromkeys(range(3, 30), 7)

    def test_order_is_that_of_code_points(self, store: Store) -> None:
        names = ["a", "B", "ä", "Z", "z", "_", "é", "e", "\U0001f600", "\uffff"]
        outcomes = [
            replace(an_outcome(), key=replace(an_outcome().key, sample_id=name)) for name in names
        ]
        store.put_all(outcomes)
        expected = sorted(names, key=lambda name: name.encode())
        assert [outcome.key.sample_id for outcome in store.outcomes()] == expected
        campaign = a_campaign()
        asked = campaign.model_copy(
            update={"data": campaign.data.model_copy(update={"sample_ids": tuple(names)})}
        )
        assert store.columns([asked]).frame("sample_id")["sample_id"].to_list() == expected

    def test_outcomes_are_counted_by_victim_without_errors(self, store: Store) -> None:
        error = an_outcome(2, success=False, status=Status.ERROR)
        elsewhere = an_outcome(9)
        store.put_all(
            [an_outcome(0), an_outcome(1), an_outcome(0, victim="down"), error, elsewhere]
        )
        columns = store.columns([a_campaign()])
        assert columns.done() == {"#up": 2, "#down": 1}
        only = a_campaign(victims=(("down", "single"),))
        assert columns.asked_by([only]).done() == {"#down": 1}

    def test_columns_hold_what_rows_do(self, store: Store) -> None:
        outcomes = [
            an_outcome(0, original_text="100 % \\ 'fine' \"film\""),
            an_outcome(1, success=False),
            an_outcome(2, victim="down", cut=True),
            an_outcome(0, attack="other"),
            an_outcome(0, seed=1),
        ]
        store.put_all(outcomes)
        columns = store.columns([a_campaign()])
        asked = [*store.outcomes(a_campaign())]
        assert columns.count() == len(asked) == 3
        assert columns.frame().equals(store.frame(a_campaign()))
        assert columns.frame("queries", status=Status.FAILED, limit=1)["queries"].to_list() == [7]
        (chunk,) = columns.chunks([*KEY, "status"], ["adversarial_text"])
        texts = {row["sample_id"]: row["adversarial_text"] for row in chunk.iter_rows(named=True)}
        assert texts == {"train:0": "a grand film", "train:1": None, "train:2": "a grand film"}
        keys = pl.DataFrame([{name: getattr(asked[0].key, name) for name in KEY}])
        assert columns.rows(keys).equals(store.frame(a_campaign()).filter(sample_id="train:2"))

    def test_figures_are_kept_until_an_outcome_is_written(self, store: Store) -> None:
        assert store.figures("key") is None
        store.put_figures("key", "one")
        store.put_figures("key", "two")
        assert store.figures("key") == "two"
        store.put(an_outcome())
        assert store.figures("key") is None

    def test_reads_while_it_is_written(self, store: Store) -> None:
        store.put(an_outcome(0))
        with closing(store.outcomes()) as reading:
            next(reading)
            store.put(an_outcome(1))
        assert len(list(store.outcomes())) == 2

    def test_two_open_stores_see_each_other(self, reopen: Reopen) -> None:
        with reopen() as one, reopen() as other:
            one.put(an_outcome(0))
            other.put(an_outcome(1))
            assert list(one.outcomes()) == list(other.outcomes()) == [an_outcome(0), an_outcome(1)]

    def test_what_was_acknowledged_survives_kill_9_at_any_moment(self, reopen: Reopen) -> None:
        chance, acknowledged = random.Random(0), list[int]()  # noqa: S311
        for kill in range(self.kills):
            writer = start(_write, reopen, 1_000 * kill, 1_000 * (kill + 1))
            if kill < self.kills // 5:
                writer.process.join(chance.uniform(0, 0.1))
            acknowledged += writer.receive(chance.randint(0, 60))
            writer.process.kill()
            acknowledged += writer.receive()
            writer.end()
        with reopen() as store:
            stored = {outcome.key.sample_id: outcome for outcome in store.outcomes()}
        assert len(acknowledged) > self.kills
        assert all(stored[f"train:{number}"] == numbered(number) for number in acknowledged)
        assert all(
            outcome == numbered(int(sample.removeprefix("train:")))
            for sample, outcome in stored.items()
        )

    def test_processes_write_to_one_new_store_at_once(self, reopen: Reopen) -> None:
        half = self.written // 2
        writers = [start(_write, reopen, first, first + 2 * half) for first in (0, half, 2 * half)]
        assert [len(writer.receive()) for writer in writers] == [2 * half] * 3
        assert [writer.end() for writer in writers] == [0, 0, 0]
        with reopen() as store:
            assert {outcome.key.sample_id for outcome in store.outcomes()} == {
                f"train:{number}" for number in range(4 * half)
            }
            assert [stored.id for stored in store.campaigns()] == [1, 2, 3]


def _write(reopen: Reopen, first: int, last: int, acknowledge: Connection) -> None:
    """Put outcomes ``first`` to ``last``, and send the number of each once it is stored."""
    with reopen() as store:
        store.add_campaign(a_campaign(seed=first))
        for number in range(first, last):
            store.put(numbered(number))
            acknowledge.send(number)
    acknowledge.close()


def numbered(number: int) -> Outcome:
    """Return the outcome of a number, of several pages in the database."""
    return an_outcome(number, original_text=f"{number} fine film " * (50 * (number % 20)))
