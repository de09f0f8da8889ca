"""The charts of RQ1 as SVG: downloads (Figure 4), Lorenz curve, chain lengths (Figure 5)."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import altair as alt
import polars as pl
from markupsafe import Markup

if TYPE_CHECKING:
    from weaklink.lineage.graph.lineage import Chains
    from weaklink.popularity.downloads import Bin, Popularity

_INK, _GRID, _FILL = "#1c2127", "#dfe3e8", "#0072b2"
_VARIABLES = {_INK: "--ink", _GRID: "--grid", _FILL: "--fill"}
_WIDTH, _HEIGHT = 420, 200


def distribution_chart(popularity: Popularity) -> Markup:
    """Draw the number of models in each decade of downloads."""
    rows = [(_decade(part), part.models) for part in popularity.distribution]
    return _bars(rows, "downloads in 30 days", "models")


def lengths_chart(chains: Chains) -> Markup:
    """Draw the number of chains of each length."""
    rows = [(str(length), count) for length, count in sorted(chains.lengths.items())]
    return _bars(rows, "models in the chain", "chains")


def lorenz_chart(popularity: Popularity) -> Markup:
    """Draw the share of downloads against the share of models, beside the line of equality."""
    frame = pl.DataFrame(popularity.lorenz, schema=["models", "downloads"], orient="row")
    share = alt.Axis(format="%", tickCount=5)
    equal = pl.DataFrame({"models": [0.0, 1.0], "downloads": [0.0, 1.0]})
    x = alt.X("models:Q", axis=share, title="models, least downloaded first")
    y = alt.Y("downloads:Q", axis=share, title="share of downloads")
    curve = alt.Chart(frame).mark_line(color=_FILL).encode(x=x, y=y)
    line = alt.Chart(equal).mark_line(color=_INK, strokeDash=[4, 4]).encode(x=x, y=y)
    return _svg(alt.layer(line, curve))


def _decade(part: Bin) -> str:
    return f"{part.low:,}" if part.low == part.high else f"{part.low:,} to {part.high:,}"


def _bars(rows: list[tuple[str, int]], x_title: str, y_title: str) -> Markup:
    """Draw bars with their counts; the square root keeps small bars visible and zero at zero."""
    x = alt.X("x:N", sort=None, title=x_title, axis=alt.Axis(labelAngle=-30))
    scale = alt.Scale(type="sqrt")
    y = alt.Y("y:Q", scale=scale, title=f"{y_title} (square-root axis)")
    base = alt.Chart(pl.DataFrame(rows, schema=["x", "y"], orient="row")).encode(x=x, y=y)
    labels = base.mark_text(dy=-7, color=_INK).encode(text=alt.Text("y:Q", format=","))
    return _svg(alt.layer(base.mark_bar(color=_FILL), labels))


def _svg(chart: alt.LayerChart | alt.FacetChart) -> Markup:
    """Return the chart as an SVG element whose colours are the page's variables."""
    axis = {"labelColor": _INK, "titleColor": _INK, "gridColor": _GRID, "domainColor": _GRID}
    styled = chart.properties(width=_WIDTH, height=_HEIGHT).configure(
        background="transparent", font="sans-serif", axis=axis, view={"stroke": None}
    )
    buffer = StringIO()
    styled.save(buffer, format="svg")
    svg = buffer.getvalue()
    for color, variable in _VARIABLES.items():
        svg = svg.replace(f'"{color}"', f'"var({variable})"')
    return Markup(svg)  # noqa: S704 - vl-convert escapes every label
