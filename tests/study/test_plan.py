"""A plan against figures worked out by hand."""

from dataclasses import replace

import pytest

from weaklink.study.plan import AttackPlan, DataPlan, ModelPlan, Plan

PLAN = Plan(
    models=[
        ModelPlan("small", "local folder", download=0, cost=1.0),
        ModelPlan("large", "the Hub", download=500, cost=4.0),
        ModelPlan("unknown", "the Hub", download=None, cost=4.0),
    ],
    chains={"C1": ("small", "large")},
    pairs=1,
    data=[DataPlan("a", samples=10, words=20.0, seconds=0.01), DataPlan("b", missing="gone")],
    attacks=[AttackPlan("pwws", 1), AttackPlan("textbugger", 3)],
    max_queries=None,
    text_transfer=True,
    trained=100,
    stored=0,
)


def test_outcomes_and_replays():
    assert PLAN.outcomes == 3 * 10 * (1 + 3)
    assert PLAN.replays == 1 * 10 * (1 + 3)
    assert replace(PLAN, text_transfer=False).replays == 0


def test_queries_are_those_of_each_attack_within_the_budget():
    pwws, bugger = 1 + 4.8 * 20, 1 + 2.2 * 20
    assert PLAN.queries == pytest.approx(3 * 10 * (pwws + 3 * bugger))
    assert replace(PLAN, max_queries=50).queries == pytest.approx(3 * 10 * (50 + 3 * bugger))
    assert AttackPlan("a plug-in", 1).queries(10.0, None) == 41


def test_time_is_that_of_what_is_left():
    attacking = 10 * (97 + 3 * 45) * 0.01 * (1 + 4 + 4)
    training = 100 * 0.01 * 3
    assert PLAN.seconds == pytest.approx(attacking + training)
    half = replace(PLAN, stored=80)
    assert half.seconds == pytest.approx(attacking / 2 + training)
    assert replace(PLAN, data=[DataPlan("a", samples=10, words=20.0)]).seconds is None


def test_what_is_to_be_fetched():
    assert PLAN.download == 500
