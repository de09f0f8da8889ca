"""A chart of tiles: a value for each row and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import altair as alt

from weaklink.report.charts.axes import label_axis
from weaklink.report.charts.labels import column_of, labels_of
from weaklink.report.svg import Figure, styled

_LOW, _HIGH = "#e8f1f8", "#00487a"
_DARK, _LIGHT = "#111418", "#fdfdfd"
"""Of the figures on the tiles, which keep their colours in the dark."""
_TURN = 0.55
"""Value from which a tile is dark enough for light figures."""
_NAMES = 140
"""Pixels that the name of a row or a column may take."""
_AROUND = 14
"""Pixels left of the names, and between them and the tiles."""
_BETWEEN = 12
"""Pixels between two names beside each other."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A value in [0, 1], how it is written, what it says under a pointer and where it leads.

    ``row`` and ``column`` are whole names, as they can be shown.
    """

    row: str
    column: str
    value: float
    label: str
    hover: str
    href: str


def heat_map(title: str, tiles: Sequence[Tile], width: int) -> Figure:
    """Return the chart, with rows and columns in the order of their first tile."""
    rows = labels_of((tile.row for tile in tiles), _NAMES)
    columns = labels_of((tile.column for tile in tiles), _NAMES)
    values = [
        asdict(tile) | {"row": rows[tile.row], "column": columns[tile.column]} for tile in tiles
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y("row:N", sort=[*rows.values()], title=None, axis=label_axis(rows)),
        x=alt.X(
            "column:N", sort=[*columns.values()], title=None,
            axis=_above(columns, (width - _AROUND - column_of(rows)) / len(columns)),
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
    chart = styled(layers, 34 * len(rows), width, live=True)
    return Figure(title, f"Chart. {title}. {said}.", chart)


def _above(labels: Mapping[str, str], tile: float) -> alt.Axis:
    """Return the axis of columns, whose names stand upright where one is wider than its tile."""
    room = column_of(labels) + _BETWEEN
    if room <= tile:
        return alt.Axis(orient="top", grid=False, labelLimit=0, labelAngle=0)
    return alt.Axis(
        orient="top", grid=False, labelLimit=0,
        labelAngle=-90, labelAlign="left", labelBaseline="middle", minExtent=room,
    )  # fmt: skip
