"""A plan against figures worked out by hand."""

from dataclasses import replace

import numpy as np
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
from weaklink.campaigns.plan.power import planned_power
from weaklink.campaigns.plan.simulated import SimulatedDesign, simulated
from weaklink.measures.links.handed_down import handed_down
from weaklink.measures.statistics.paired import permutation

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


def test_attacks_that_are_left_out_on_a_data_set_cost_nothing_there():
    chinese = replace(PLAN, data=[PLAN.data[0], DataPlan("c", words=(9,), left_out={"pwws"})])
    assert chinese.outcomes == PLAN.outcomes + 3 * 3
    assert replace(chinese, text_transfer=True).replays == 2 * (1 + 3) + 3
    alone = replace(PLAN, data=[DataPlan("c", words=(9,))], attacks=PLAN.attacks[1:])
    assert chinese.queries == pytest.approx(PLAN.queries + alone.queries)
    starting = START + 3 * EACH_START
    for changes in ({}, {"fluency": True}, {"text_transfer": True}):
        both, one, other = (replace(plan, **changes) for plan in (chinese, PLAN, alone))
        assert middle(both) == pytest.approx(middle(one) + middle(other) - starting)


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


def test_the_stated_advantage_is_what_studies_of_the_design_find():
    """Where a lineage's models share more than the plan says is needed, most studies find it."""
    design = SimulatedDesign(4, 60, (0.3, 0.9), datasets=1, attacks=3)
    stated = planned_power(design, 4, null=True)
    draw, found = np.random.default_rng(1), []
    for _ in range(60):
        study = simulated(draw, design, 0.9)
        group = np.arange(len(study.links) * len(study.attacks))
        found += handed_down(study, [group], np.array([60]), both_correct=False).advantage
    assert np.mean([one.value for one in found]) > stated.advantage
    assert np.mean([one.low > 0 for one in found]) >= 0.8


def test_the_stated_delta_of_a_link_shows_in_80_percent():
    design = SimulatedDesign(1, 100, (0.5, 0.5), datasets=1, attacks=4)
    stated = planned_power(design, 1, null=True).link
    draw = np.random.default_rng(2)
    spread = [simulated(draw, design, 0.0).datasets[0].fell[..., 0] for _ in range(300)]
    moved = np.array([(fell[1] - fell[0]).mean(axis=0) + stated for fell in spread]).T
    assert np.mean(permutation(moved, seed=0) < 0.05) == pytest.approx(0.8, abs=0.06)


def test_fewer_than_five_lineages_detect_nothing_in_general():
    designs = (
        SimulatedDesign(lineages, 100, (0.3, 0.9), datasets=1, attacks=2) for lineages in (4, 5)
    )
    few, enough = (planned_power(design, 4, null=False) for design in designs)
    assert few.general is few.advantage is None
    assert enough.general > 0
    assert few.scenario_holm > few.scenario
    assert few.link_holm > few.link
