import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.measures import summarise
from weaklink.report.charts import _around_zero, _counts, asr_figures, chain_figures, query_figures
from weaklink.report.dots import Dot
from weaklink.report.figures import number
from weaklink.report.spread import query_spreads

from .planted import planted_campaign, planted_outcomes

CAMPAIGN = planted_campaign()
OUTCOMES = planted_outcomes(CAMPAIGN)
SUMMARY = summarise(CAMPAIGN, OUTCOMES)


def dot(low, value, high):
    return Dot("attack", "series", value, low, high, number(value))


def values(figure):
    return figure.chart.data.values


def test_there_is_a_chart_for_each_rate():
    titles = [figure.title for figure in asr_figures(SUMMARY)]
    assert titles == [
        "asr_correct, of samples classified correctly",
        "asr_all, of all attacked samples",
        "asr_valid, of all attacked samples",
        "robust_accuracy, of all attacked samples",
    ]


def test_a_chart_holds_every_estimate_with_its_interval():
    shown = {
        (row["row"], row["series"], row["value"], row["low"], row["high"])
        for row in values(asr_figures(SUMMARY)[0])
    }
    roles = {victim.name: victim.role for victim in CAMPAIGN.victims}
    assert shown == {
        (e.attack, roles[e.victim], e.asr_correct.value, e.asr_correct.low, e.asr_correct.high)
        for e in SUMMARY.attacks
    }


def test_the_description_says_every_figure():
    figure = asr_figures(SUMMARY)[1]
    for entry in SUMMARY.attacks:
        assert f"{entry.attack}, " in figure.description
        assert f": {entry.asr_all.value:.2f}" in figure.description


def test_a_rate_that_is_not_known_has_no_chart():
    attacks = tuple(
        entry.model_copy(update={"asr_correct": None, "robust_accuracy": None})
        for entry in SUMMARY.attacks
    )
    figures = asr_figures(SUMMARY.model_copy(update={"attacks": attacks}))
    assert [figure.title for figure in figures] == [
        "asr_all, of all attacked samples",
        "asr_valid, of all attacked samples",
    ]


def test_a_single_model_has_no_chain_charts():
    assert chain_figures(SUMMARY.model_copy(update={"chain": ()})) == []


def test_without_a_success_there_is_no_chart_of_queries():
    assert query_figures(SUMMARY, {}) == []


def test_colours_come_from_the_page_and_shapes_differ():
    svg = str(asr_figures(SUMMARY)[0].svg())
    assert "var(--series-1)" in svg
    assert "var(--series-2)" in svg
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg)) <= {
        "none", "transparent", "var(--page)", "var(--ink)", "var(--grid)",
        "var(--series-1)", "var(--series-2)",
    }  # fmt: skip
    assert "style=" not in svg


@pytest.mark.parametrize("queries", [0, 1, 1_000_000])
def test_any_number_of_queries_can_be_drawn(queries):
    spreads = {
        key: type(spread)(*key, 1, *[float(queries)] * 5)
        for key, spread in query_spreads(OUTCOMES).items()
    }
    (figure,) = query_figures(SUMMARY, spreads)
    svg = str(figure.svg())
    assert "NaN" not in svg
    assert "Infinity" not in svg


@given(st.lists(st.tuples(*[st.floats(-1, 1)] * 3).map(sorted), min_size=1, max_size=5))
def test_the_scale_of_delta_holds_every_interval_around_zero(intervals):
    scale = _around_zero([dot(*interval) for interval in intervals])
    assert scale.low == -scale.high
    assert scale.ticks == (scale.low, 0.0, scale.high)
    assert all(scale.low <= low and high <= scale.high for low, _, high in intervals)


@given(st.lists(st.tuples(*[st.floats(1, 1e7)] * 3).map(sorted), min_size=1, max_size=5))
def test_the_scale_of_queries_holds_every_interval_with_few_ticks(intervals):
    scale = _counts([dot(*interval) for interval in intervals])
    assert all(scale.low < low and high < scale.high for low, _, high in intervals)
    assert len(scale.ticks) <= 8
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks)
