"""What every kind of store must do.

To test a kind, subclass ``StoreConformance`` in a test file and define the fixture ``reopen``: a
function that opens the same store, empty at first, each time that it is called.
"""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import a_campaign, an_outcome
from weaklink.store import Status
from weaklink.store.frame import COLUMNS

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
shares = st.none() | st.floats(0, 1)


class StoreConformance:
    @pytest.fixture
    def store(self, reopen):
        with reopen() as store:
            yield store

    def test_is_empty_at_first(self, store):
        assert store.campaigns() == []
        assert list(store.outcomes()) == []
        assert store.done(a_campaign()) == set()
        assert store.frame().shape == (0, len(COLUMNS))

    def test_keeps_outcomes_and_campaigns_when_it_is_closed(self, reopen):
        with reopen() as store:
            number = store.add_campaign(a_campaign())
            store.put(an_outcome())
        with reopen() as store:
            assert [stored.id for stored in store.campaigns()] == [number]
            assert list(store.outcomes()) == [an_outcome()]

    @settings(
        max_examples=25,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        original=texts,
        adversarial=st.none() | texts,
        share=shares,
        cut=st.booleans(),
        notes=st.dictionaries(texts, st.floats(allow_nan=False, allow_infinity=False), max_size=2),
    )
    def test_gives_back_what_was_put(self, store, original, adversarial, share, cut, notes):
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
    def test_never_overwrites_what_is_done(self, store, first, second):
        store.put(an_outcome(status=first))
        store.put(an_outcome(status=second, queries=99))
        assert list(store.outcomes()) == [an_outcome(status=first)]

    @pytest.mark.parametrize("second", Status)
    def test_replaces_an_error(self, store, second):
        store.put(an_outcome(status=Status.ERROR, error="Traceback", success=False))
        store.put(an_outcome(status=second, queries=99))
        assert list(store.outcomes()) == [an_outcome(status=second, queries=99)]

    def test_every_field_of_the_key_tells_outcomes_apart(self, store):
        outcome = an_outcome()
        others = [
            replace(outcome, key=replace(outcome.key, **{name: value}))
            for name, value in {
                "victim_fingerprint": "other",
                "attack_fingerprint": "other",
                "data_fingerprint": "other",
                "sample_id": "other",
                "repetition": 1,
                "seed": 2**62,
            }.items()
        ]
        for other in (outcome, *others):
            store.put(other)
        assert {stored.key for stored in store.outcomes()} == {o.key for o in (outcome, *others)}

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_yields_outcomes_in_one_order_however_they_came(self, store, order):
        outcomes = [an_outcome(0, victim="down"), an_outcome(0), an_outcome(1)]
        for position in order:
            store.put(outcomes[position])
        assert list(store.outcomes()) == outcomes

    def test_the_same_campaign_again_has_the_same_id(self, store):
        first = store.add_campaign(a_campaign(provenance={"torch": "2"}))
        other = store.add_campaign(a_campaign(seed=1))
        assert store.add_campaign(a_campaign(provenance={"torch": "3"})) == first
        assert first != other
        assert [stored.id for stored in store.campaigns()] == [first, other]

    def test_gives_back_campaigns_with_the_time_they_were_added(self, store):
        campaign = a_campaign(provenance={"torch": "2"})
        before = datetime.now(UTC)
        store.add_campaign(campaign)
        (stored,) = store.campaigns()
        assert stored.campaign == campaign
        assert before <= stored.created <= datetime.now(UTC)

    def test_perplexities_are_written_beside_outcomes_and_over_earlier_ones(self, store):
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

    def test_done_is_what_the_campaign_asks_for_less_errors(self, store):
        store.put(an_outcome(0))
        store.put(an_outcome(1, status=Status.FAILED))
        store.put(an_outcome(2, status=Status.ERROR))
        store.put(an_outcome(3, status=Status.EXHAUSTED))
        store.put(an_outcome(99))
        store.put(an_outcome(0, repetition=1))
        store.put(an_outcome(0, seed=1))

        expected = {an_outcome(sample).key for sample in (0, 1, 3)}
        assert store.done(a_campaign()) == expected

    def test_filters_by_campaign_model_attack_and_status(self, store):
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

    def test_reads_while_it_is_written(self, store):
        store.put(an_outcome(0))
        reading = store.outcomes()
        next(reading)
        store.put(an_outcome(1))
        reading.close()
        assert len(list(store.outcomes())) == 2

    def test_two_open_stores_see_each_other(self, reopen):
        with reopen() as one, reopen() as other:
            one.put(an_outcome(0))
            other.put(an_outcome(1))
            assert list(one.outcomes()) == list(other.outcomes()) == [an_outcome(0), an_outcome(1)]
