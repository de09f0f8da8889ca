"""A chart of tiles: a value for each row and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import altair as alt

from weaklink.report.svg import Figure, styled

_LOW, _HIGH = "#e8f1f8", "#00487a"
_DARK, _LIGHT = "#111418", "#fdfdfd"
"""Of the figures on the tiles, which keep their colours in the dark."""
_TURN = 0.55
"""Value from which a tile is dark enough for light figures."""
_LEVEL = 36
"""Letters of all columns together that fit beside each other."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A value in [0, 1], how it is written, what it says under a pointer and where it leads."""

    row: str
    column: str
    value: float
    label: str
    hover: str
    href: str


def heat_map(title: str, tiles: Sequence[Tile], width: int) -> Figure:
    """Return the chart, with rows and columns in the order of their first tile."""
    rows = list(dict.fromkeys(tile.row for tile in tiles))
    columns = list(dict.fromkeys(tile.column for tile in tiles))
    angle = 0 if sum(map(len, columns)) < _LEVEL else -30
    base = alt.Chart(alt.InlineData(values=[asdict(tile) for tile in tiles])).encode(
        y=alt.Y("row:N", sort=rows, title=None, axis=alt.Axis(labelLimit=130)),
        x=alt.X(
            "column:N", sort=columns, title=None,
            axis=alt.Axis(orient="top", labelAngle=angle, grid=False),
        ),
    )  # fmt: skip
    color = alt.Color("value:Q", scale=alt.Scale(domain=[0, 1], range=[_LOW, _HIGH]), legend=None)
    ink = alt.condition(f"datum.value > {_TURN}", alt.value(_LIGHT), alt.value(_DARK))
    layers = [
        base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(
            color=color, description=alt.Description("hover:N"), href=alt.Href("href:N")
        ),
        base.mark_text(aria=False).encode(text=alt.Text("label:N"), color=ink),
    ]
    said = "; ".join(tile.hover for tile in tiles)
    chart = alt.LayerChart(layer=layers).properties(height=34 * len(rows))
    return Figure(title, f"Chart. {title}. {said}.", styled(chart, width, live=True))
