"""A plan against figures worked out by hand."""

from dataclasses import replace

import pytest

from weaklink.campaigns.plan.duration import (
    EACH_START,
    FLUENCY,
    FOUND,
    REPLAYED,
    START,
    TRAINING,
    UNCERTAINTY,
    WORK,
    expected_seconds,
)
from weaklink.campaigns.plan.plan import (
    QUERIES,
    AttackPlan,
    DataPlan,
    ModelPlan,
    Plan,
    TrainingPlan,
    tokens_of,
)

SMALL = ModelPlan("small", "local folder", download=0, cost=1.0, reads=15)  # ten words
LARGE = ModelPlan("large", "the Hub", download=500, cost=4.0, reads=512)
PLAN = Plan(
    models=[SMALL, LARGE, replace(LARGE, name="unknown", download=None)],
    chains={"C1": ("small", "large")},
    pairs=1,
    data=[DataPlan("a", words=(20, 6)), DataPlan("b", missing="gone")],
    attacks=[AttackPlan("pwws", 1), AttackPlan("textbugger", 3)],
    max_queries=None,
    text_transfer=False,
    fluency=False,
    training=[],
    stored=0,
    token_seconds=0.01,
)
PWWS, BUGGER = QUERIES["pwws"], QUERIES["textbugger"]


def middle(plan):
    least, most = expected_seconds(plan)
    assert most == pytest.approx(least * UNCERTAINTY**2)
    return least * UNCERTAINTY


def test_outcomes_and_replays():
    assert PLAN.outcomes == 3 * 2 * (1 + 3)
    assert PLAN.replays == 0
    assert replace(PLAN, text_transfer=True).replays == 1 * 2 * (1 + 3)


def test_queries_are_those_of_the_words_that_a_model_reads_within_the_budget():
    one = replace(PLAN, models=[SMALL], attacks=[AttackPlan("pwws", 1)])
    assert one.queries == pytest.approx((1 + PWWS * 10) + (1 + PWWS * 6))
    assert replace(one, models=[LARGE]).queries == pytest.approx((1 + PWWS * 20) + (1 + PWWS * 6))
    assert replace(one, max_queries=20).queries == pytest.approx(20 + 1 + PWWS * 6)
    assert AttackPlan("a plug-in", 1).queries(10.0, None) == 41
    repeated = replace(PLAN, models=[SMALL])
    assert repeated.queries == pytest.approx(one.queries + 3 * (2 + BUGGER * 16))


def test_queries_of_an_attempt_are_the_mean_over_models_and_samples():
    read = [10, 6, 20, 6, 20, 6]
    expected = sum(1 + PWWS * words for words in read) / len(read)
    assert PLAN.queries_of(PLAN.attacks[0], PLAN.data[0]) == pytest.approx(expected)
    assert PLAN.queries_of(PLAN.attacks[0], PLAN.data[1]) == 0


def test_time_is_that_of_attacks_and_of_starting():
    one = replace(PLAN, models=[LARGE], attacks=[AttackPlan("textbugger", 2)])
    work = WORK["textbugger"]
    tokens = sum(
        2 * (1 + BUGGER * words) * (work.passes * 4.0 * tokens_of(words) + work.tokens)
        for words in (20, 6)
    )
    assert middle(one) == pytest.approx(tokens * 0.01 + START + EACH_START)
    assert expected_seconds(replace(one, token_seconds=None)) is None


def test_training_replays_and_fluency_take_their_time_too():
    before, texts = middle(PLAN), tokens_of(20) + tokens_of(6)
    trained = replace(PLAN, training=[TrainingPlan(100, 1.0), TrainingPlan(50, 4.0)])
    assert middle(trained) - before == pytest.approx(TRAINING * (100 + 200) * 0.01)
    fluent = replace(PLAN, fluency=True)
    assert middle(fluent) - before == pytest.approx(FLUENCY * (1 + FOUND * 12) * texts * 0.01)
    passes = (tokens_of(10) + tokens_of(6) + 8 * texts) / 3
    replayed = replace(PLAN, text_transfer=True)
    assert middle(replayed) - before == pytest.approx(REPLAYED * 4 * passes * 0.01)


def test_what_is_stored_takes_no_time_again():
    trained = replace(PLAN, training=[TrainingPlan(100, 1.0)])
    assert middle(replace(trained, stored=12)) == pytest.approx(middle(PLAN) / 2 + 3)
    assert middle(replace(PLAN, stored=PLAN.outcomes)) == 0


def test_what_is_to_be_fetched():
    assert PLAN.download == 500
