"""Charts as SVG that takes its colours from the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from textwrap import wrap
from typing import Any

import altair as alt
from markupsafe import Markup, escape

from weaklink.report.charts.kept_drawings import kept_drawing
from weaklink.text import visible

PAGE, INK, GRID = "#ffffff", "#1c2127", "#dfe3e8"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's colours, which stay apart without full colour vision; shapes tell them too."""
SHAPES = ("circle", "diamond", "triangle-up", "square", "cross", "triangle-down")
WIDTH = 340
"""Pixels; as wide as a phone shows without shrinking."""

_VARIABLES = {PAGE: "--page", INK: "--ink", GRID: "--grid"} | {
    color: f"--series-{index}" for index, color in enumerate(SERIES, start=1)
}


_ANCHOR = re.compile(r"</?a(?: [^>]*)?>")
_LINK = re.compile(r'<a xlink:href="[^"#]*(#[^"]*)"')
"""A link within the page: Vega puts an address of its own before it."""

_UNSAID = re.compile(r' role="graphics-symbol" aria-roledescription="[a-z]+ mark container"')
"""What Vega says of marks that have nothing to say."""

_LETTER = 7
"""Pixels that a letter of a title takes, on average."""

_LONGEST = 500
"""Characters of a name in a drawing; the renderer's time grows with their square."""
_BEYOND = re.compile(r"[\U00010000-\U0010ffff]")
"""What takes two units of UTF-16, which the renderer cuts in halves, and then fails on them."""
_EXPRESSIONS = ("expr", "labelExpr", "calculate", "filter", "test")

_LABELS = {"labelColor": INK, "labelFontSize": 12}
_CONFIG: dict[str, Any] = {
    "aria": False,
    "background": PAGE,
    "font": "system-ui, sans-serif",
    "padding": {"left": 8, "right": 0, "top": 4, "bottom": 0},
    "view": {"stroke": None},
    "text": {"color": INK, "fontSize": 12},
    "title": {"color": INK, "fontSize": 13, "anchor": "start", "frame": "bounds", "offset": 10},
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


@dataclass(frozen=True)
class Figure:
    """A chart with its title and with what a screen reader says of it.

    A page writes the title above the chart; a file of its own has it in the drawing.
    """

    title: str
    description: str
    chart: alt.LayerChart

    def svg(self) -> Markup:
        """Return the chart as an SVG element whose colours are the page's CSS variables.

        Marks that lead somewhere lead there within the page.
        """
        svg = drawn(self.chart)
        for color, variable in _VARIABLES.items():
            svg = svg.replace(f'"{color}"', f'"var({variable})"')
        svg = _UNSAID.sub("", svg)
        return Markup(_LINK.sub(r'<a href="\1"', svg))  # noqa: S704  vl-convert escapes every label

    def plain(self) -> str:
        """Return the chart under its title as an SVG document of its own, without links."""
        lines = wrap(self.title, self.chart.width // _LETTER)
        svg = _ANCHOR.sub("", drawn(self.chart, title=lines))
        return svg.replace(
            "<svg ", f'<svg role="img" aria-label="{escape(visible(self.description))}" ', 1
        )


def drawn(chart: alt.LayerChart, **more: Any) -> str:  # noqa: ANN401 - JSON
    """Return the drawing; what XML or the renderer does not allow is shown by code.

    Args:
        chart: Is drawn.
        more: Further properties of it.
    """
    spec = _visible(chart.to_dict(validate=False) | more)
    return kept_drawing(spec, _renderer(), partial(_rendered, spec))


def _rendered(spec: dict[str, Any]) -> str:
    import vl_convert

    schema = "_".join(alt.SCHEMA_VERSION.split(".")[:2])
    return str(vl_convert.vegalite_to_svg(spec, vl_version=schema))


@cache
def _renderer() -> str:
    """Return all that a drawing depends on besides its chart."""
    return f"vl-convert {version('vl-convert-python')} {alt.SCHEMA_VERSION}"


def _visible(spec: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(spec, str):
        shown = spec if spec.isprintable() else visible(spec)
        shown = _BEYOND.sub(lambda found: ascii(found[0])[1:-1], shown)
        return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
    if isinstance(spec, dict):
        return {
            key if key.isprintable() else visible(key): value
            if key in _EXPRESSIONS
            else _visible(value)
            for key, value in spec.items()
        }
    return [*map(_visible, spec)] if isinstance(spec, list) else spec


def styled(
    layers: Sequence[alt.Chart], height: float, width: int = WIDTH, *, live: bool = False
) -> alt.LayerChart:
    """Return a chart in the report's type and colours.

    It is made at once: each later change of a chart would copy it with all its data.

    Args:
        layers: The first one behind the others.
        height: Of the scales, in pixels.
        width: Of the whole, in pixels; by default as wide as a phone.
        live: Whether each mark says what it is, for a pointer and for a screen reader.
    """
    return alt.LayerChart(
        layer=list(layers),
        height=height,
        width=width,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        config=alt.Config(**(_CONFIG | {"aria": live})),
    )
