"""Charts are drawn once, whichever report they are in."""

import pytest

from weaklink.cache import CACHE_VARIABLE
from weaklink.report.charts import kept_drawings
from weaklink.report.charts.kept_drawings import kept_drawing

CHART = {"mark": "bar", "data": {"values": [{"a": 1}]}}


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """Return a function that tells whether a chart was drawn anew."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))

    def is_drawn(chart, renderer="one 1.0"):
        made = []

        def draw():
            made.append(chart)
            return f"<svg>{chart} by {renderer}</svg>"

        assert kept_drawing(chart, renderer, draw) == f"<svg>{chart} by {renderer}</svg>"
        return bool(made)

    return is_drawn


def test_an_equal_chart_is_not_drawn_again(drawn):
    assert [drawn(CHART), drawn(CHART)] == [True, False]
    assert [drawn(CHART | {"mark": "line"}), drawn(CHART, "one 1.1"), drawn(CHART)] == [1, 1, 0]


def test_the_oldest_drawings_go_first(drawn, monkeypatch):
    monkeypatch.setattr(kept_drawings, "MOST", 2)
    assert all(drawn({"mark": mark}) for mark in "abc")
    assert [drawn({"mark": mark}) for mark in "cba"] == [False, False, True]


@pytest.mark.parametrize("content", [b"", b"x", b"no database" * 100])
def test_a_file_that_cannot_be_used_costs_time_alone(drawn, content, tmp_path):
    (tmp_path / "drawings.sqlite").write_bytes(content)
    assert drawn(CHART)
    assert drawn(CHART) is bool(content)


def test_a_folder_in_its_place_costs_time_alone(drawn, tmp_path):
    (tmp_path / "drawings.sqlite").mkdir()
    assert drawn(CHART)
    assert drawn(CHART)


def test_what_goes_wrong_while_drawing_is_told(drawn):
    def draw():
        raise ValueError("no mark")

    with pytest.raises(ValueError, match="no mark"):
        kept_drawing(CHART, "one 1.0", draw)
