import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.planted import figures_of, planted_audit
from weaklink.report.charts.all_charts import all_charts
from weaklink.report.charts.chain_charts import chain_charts
from weaklink.report.charts.dot_plot import Dot
from weaklink.report.charts.marks import around_zero
from weaklink.report.charts.robustness_charts import robustness_charts
from weaklink.report.charts.scenario_charts import counts, scenario_charts
from weaklink.report.written import number

STUDY = planted_audit()
FOUND = figures_of(STUDY)
CHARTS = all_charts(STUDY, FOUND)
RATES = ("asr_correct", "asr_all", "asr_valid", "robust_accuracy")


def dot(low, value, high):
    return Dot("attack", "series", value, low, high, number(value))


def values(figure):
    """Return the data of the dots, which a chart with rules keeps layer by layer."""
    data = figure.chart.data
    return (data if hasattr(data, "values") else figure.chart.layer[-1].data).values


def with_scenarios(**update):
    scenarios = tuple(one.model_copy(update=update) for one in FOUND.scenarios)
    return FOUND.model_copy(update={"scenarios": scenarios})


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_follows_the_schema(name):
    CHARTS[name].chart.to_dict(validate=True)


def test_there_is_a_chart_for_each_rate():
    assert [CHARTS[rate].title for rate in RATES] == [
        "Attacks succeed: of samples classified correctly (asr_correct)",
        "Attacks succeed: of all attacked samples (asr_all)",
        "Attacks succeed with a valid text: of all attacked samples (asr_valid)",
        "The model stays right: of all attacked samples (robust_accuracy)",
    ]


def test_a_chart_holds_every_estimate_with_its_interval():
    shown = {
        (row["row"], row["series"], row["value"], row["low"], row["high"])
        for row in values(CHARTS["asr_correct"])
    }
    (link,) = FOUND.links
    roles = {link.upstream: "upstream", link.downstream: "downstream"}
    assert shown == {
        (e.attack, roles[e.model], e.asr_correct.value, e.asr_correct.low, e.asr_correct.high)
        for e in FOUND.scenarios
    }


def test_the_description_says_every_figure():
    for one in FOUND.scenarios:
        assert f"{one.attack}, " in CHARTS["asr_all"].description
        assert f": {100 * one.asr_all.value:.1f}" in CHARTS["asr_all"].description


def test_a_rate_that_is_not_known_has_no_chart():
    found = with_scenarios(asr_correct=None, robust_accuracy=None)
    assert set(dict(scenario_charts(found))) == {"asr_all", "asr_valid", "queries"}


def test_a_single_model_has_no_chain_charts():
    update = {"links": (), "chains": (), "architectures": (), "link_attacks": ()}
    assert list(chain_charts(FOUND.model_copy(update=update))) == []


def test_one_link_on_one_data_set_has_delta_by_attack():
    rows = {row["row"]: row["value"] for row in values(CHARTS["delta_attacks"])}
    assert rows == {
        one.attack: one.delta.value for one in FOUND.link_scenarios if one.subset == "all"
    }


def test_without_a_success_there_is_no_chart_of_queries():
    assert "queries" not in dict(scenario_charts(with_scenarios(queries_of_successes=None)))


def test_colours_come_from_the_page_and_shapes_differ():
    svg = str(CHARTS["asr_correct"].svg())
    assert "var(--series-1)" in svg
    assert "var(--series-2)" in svg
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg)) <= {
        "none", "transparent", "var(--page)", "var(--ink)", "var(--grid)",
        "var(--series-1)", "var(--series-2)",
    }  # fmt: skip
    assert "style=" not in svg


@pytest.mark.parametrize("queries", [0, 1, 1_000_000])
def test_any_number_of_queries_can_be_drawn(queries):
    found = with_scenarios(queries_of_successes=(float(queries),) * 5)
    svg = str(dict(scenario_charts(found))["queries"].svg())
    assert "NaN" not in svg
    assert "Infinity" not in svg


def test_of_many_models_a_chart_draws_the_highest_and_the_lowest_and_says_so():
    (first, *_) = FOUND.by_model
    average = first.rates.asr_all
    many = tuple(
        first.model_copy(
            update={
                "model": f"m{i}",
                "rates": first.rates.model_copy(
                    update={
                        "asr_all": average.model_copy(
                            update={"macro": average.macro.model_copy(update={"value": i / 1000})}
                        )
                    }
                ),
            }
        )
        for i in range(500)
    )
    charts = dict(robustness_charts(FOUND.model_copy(update={"by_model": many})))
    figure = charts["figure_6_models"]
    assert figure.title.endswith("; of 500 models the 30 highest and the 30 lowest")
    assert {row["row"] for row in values(figure)} == {
        f"m{i}" for i in (*range(30), *range(470, 500))
    }


@given(st.lists(st.tuples(*[st.floats(-1, 1)] * 3).map(sorted), min_size=1, max_size=5))
def test_the_scale_of_delta_holds_every_interval_around_zero(intervals):
    scale = around_zero([dot(*interval) for interval in intervals])
    assert scale.low == -scale.high
    assert scale.ticks == (scale.low, scale.low / 2, 0.0, scale.high / 2, scale.high)
    assert all(scale.low <= low and high <= scale.high for low, _, high in intervals)


@given(st.lists(st.tuples(*[st.floats(1, 1e7)] * 3).map(sorted), min_size=1, max_size=5))
def test_the_scale_of_queries_holds_every_interval_with_few_ticks(intervals):
    scale = counts([dot(*interval) for interval in intervals])
    assert all(scale.low < low and high < scale.high for low, _, high in intervals)
    assert len(scale.ticks) <= 8
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks)
