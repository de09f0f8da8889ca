"""Charts as SVG that takes its colours from the page."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import Any

import altair as alt
from markupsafe import Markup

PAGE, INK, GRID = "#ffffff", "#1c2127", "#dfe3e8"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's colours, which stay apart without full colour vision; shapes tell them too."""
SHAPES = ("circle", "diamond", "triangle-up", "square", "cross", "triangle-down")
WIDTH = 340
"""Pixels; as wide as a phone shows without shrinking."""

_VARIABLES = {PAGE: "--page", INK: "--ink", GRID: "--grid"} | {
    color: f"--series-{index}" for index, color in enumerate(SERIES, start=1)
}


_LABELS = {"labelColor": INK, "labelFontSize": 12}
_CONFIG: dict[str, Any] = {
    "aria": False,
    "background": PAGE,
    "font": "system-ui, sans-serif",
    "padding": {"left": 8, "right": 0, "top": 4, "bottom": 0},
    "view": {"stroke": None},
    "text": {"color": INK, "fontSize": 12},
    "axis": {
        **_LABELS,
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        "labelFlush": False,
    },
    "axisX": {"grid": True},
    "legend": {
        **_LABELS,
        "orient": "top",
        "title": None,
        "symbolSize": 70,
        "symbolOpacity": 1,
        "labelLimit": 240,
    },
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
        self.chart.save(buffer, format="svg")
        svg = buffer.getvalue()
        for color, variable in _VARIABLES.items():
            svg = svg.replace(f'"{color}"', f'"var({variable})"')
        return Markup(svg)  # noqa: S704  vl-convert escapes every label


def styled(chart: alt.LayerChart) -> alt.LayerChart:
    """Return the chart as wide as a phone, in the report's type and colours."""
    fitted = chart.properties(
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"), width=WIDTH
    )
    configured: alt.LayerChart = fitted.configure(**_CONFIG)
    return configured
