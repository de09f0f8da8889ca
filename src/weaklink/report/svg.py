"""Charts as SVG that takes its colours from the page."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO

import altair as alt
from markupsafe import Markup

INK, MUTED, GRID = "#1c2127", "#5c6670", "#dfe3e8"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's colours, which stay apart without full colour vision; shapes tell them too."""
SHAPES = ("circle", "diamond", "triangle-up", "square", "cross", "triangle-down")
WIDTH = 340
"""Pixels; as wide as a phone shows without shrinking."""

_VARIABLES = {INK: "--ink", MUTED: "--muted", GRID: "--grid"} | {
    color: f"--series-{index}" for index, color in enumerate(SERIES, start=1)
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its title and with what a screen reader says of it."""

    title: str
    description: str
    chart: alt.LayerChart

    def svg(self) -> Markup:
        """Return the chart as an SVG element whose colours are the page's CSS variables."""
        buffer = StringIO()
        _styled(self.chart).save(buffer, format="svg")
        svg = buffer.getvalue()
        for color, variable in _VARIABLES.items():
            svg = svg.replace(f'"{color}"', f'"var({variable})"')
        return Markup(svg)  # noqa: S704  vl-convert escapes every label


def _styled(chart: alt.LayerChart) -> alt.LayerChart:
    text = {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12}
    config = {
        "aria": False,
        "background": "transparent",
        "font": "system-ui, sans-serif",
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 0},
        "view": {"stroke": None},
        "text": {"color": INK, "fontSize": 12},
        "axis": {
            **text,
            "titleFontWeight": "normal",
            "gridColor": GRID,
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
        },
        "legend": {**text, "orient": "top", "title": None, "symbolSize": 70, "labelLimit": 240},
    }
    return chart.configure(**config).properties(
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"), width=WIDTH
    )
