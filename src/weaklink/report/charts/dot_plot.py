"""Charts of dots with intervals, a line for each row and series.

A figure may be written beside its line, and in the first row the name of its series too, so that
no legend is needed unless the names are long. Shape and line tell the series apart where colour
does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import altair as alt

from weaklink.report.charts.axes import label_axis
from weaklink.report.charts.labels import column_of, labels_of, width_of
from weaklink.report.svg import INK, SERIES, SHAPES, WIDTH, Figure, styled

_GAP = 0.05
"""Widths of the scale between its end and the figures that are written beyond it."""
_END = 20
"""Pixels beyond the scale where no figures are written: half of its last label."""
_LEAST = 120
"""Pixels of a scale that the names of series must leave if they are to stand beside the lines."""
_SYMBOL = 24
"""Pixels of the symbol before a name in a legend."""
_AROUND = 14
"""Pixels left of the names, and between them and the scale."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure with its interval, how it is written, and an inner interval where there is one.

    ``row`` and ``series`` are whole names, as they can be shown. ``hover`` is what a pointer over
    the dot brings up, and ``href`` where it leads; both may be empty.
    """

    row: str
    series: str
    value: float
    low: float
    high: float
    label: str
    inner_low: float | None = None
    inner_high: float | None = None
    hover: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The x axis: its ends and ticks, and the Vega expression that writes a tick."""

    low: float
    high: float
    ticks: tuple[float, ...]
    tick_label: str
    log: bool = False
    zero_line: bool = False

    def beyond(self, share: float) -> float:
        """Return the position ``share`` of the scale's width to the right of its end."""
        if self.log:
            return float(self.high * (self.high / self.low) ** share)
        return self.high + share * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class ChartLayout:
    """How a chart is laid out.

    Attributes:
        width: Of the whole, in pixels.
        line: Height of each line.
        names: Pixels that the names of rows may take.
        rules: Positions of dashed lines, as for a published value.
        live: Whether dots say what they are under a pointer, and lead somewhere.
        together: Whether the series of a row share its line; figures are not written then.
    """

    width: int = WIDTH
    line: int = 24
    names: int = 110
    rules: tuple[float, ...] = ()
    live: bool = False
    together: bool = False


def dot_plot(
    title: str,
    about: str,
    dots: Sequence[Dot],
    scale: Scale,
    look: ChartLayout = ChartLayout(),
    ticks: Sequence[Dot] = (),
) -> Figure:
    """Return the chart; ``about`` completes its title for a screen reader.

    Args:
        title: What it shows.
        about: Of what, for a screen reader.
        dots: The figures; rows and series in the order of their first dot.
        scale: The x axis.
        look: How it is laid out.
        ticks: Faint ticks behind the dots: what a mean is taken over.
    """
    rows = labels_of((dot.row for dot in dots), look.names)
    space = look.width - _AROUND - column_of(rows)
    names = _ChartNames(rows, labels_of((dot.series for dot in dots), space - _SYMBOL), space)
    figures = "; ".join(f"{dot.row}, {dot.series}: {dot.label}" for dot in dots)
    height = look.line * len(names.rows) * (1.5 if look.together else len(names.series))
    return Figure(
        title=title,
        description=f"Chart. {title}, {about}. {figures}.",
        chart=styled(_layers(dots, names, scale, look, ticks), height, look.width, live=look.live),
    )


@dataclass(frozen=True, slots=True)
class _ChartNames:
    """The labels of rows and of series, by their names, in the order of the chart.

    ``space`` is how many pixels are right of the rows' labels.
    """

    rows: Mapping[str, str]
    series: Mapping[str, str]
    space: float

    def of(self, dot: Dot) -> dict[str, str]:
        return {"row": self.rows[dot.row], "series": self.series[dot.series]}


def _layers(
    dots: Sequence[Dot],
    names: _ChartNames,
    scale: Scale,
    look: ChartLayout,
    ticks: Sequence[Dot],
) -> list[alt.Chart]:
    rows, series = [*names.rows.values()], [*names.series.values()]
    beside = _named(dots, names)
    has_legend = len(series) > 1 and (look.together or names.space - _widest(beside) < _LEAST)
    if has_legend:
        beside = [dot.label for dot in dots]
    legend = alt.Legend(columns=1, labelLimit=0) if has_legend else None
    color = alt.Color("series:N", scale=alt.Scale(domain=series, range=SERIES), legend=legend)
    shape = alt.Shape("series:N", scale=alt.Scale(domain=series, range=SHAPES), legend=legend)
    values = [
        asdict(dot) | names.of(dot) | {"beside": text}
        for dot, text in zip(dots, beside, strict=True)
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y("row:N", sort=rows, title=None, axis=label_axis(names.rows)),
    )
    if not look.together:
        base = base.encode(yOffset=alt.YOffset("series:N", sort=series))
    interval = base.mark_rule(strokeWidth=2, aria=False).encode(
        x=_x(scale, _room(0 if look.together else _widest(beside), names.space)),
        x2=alt.X2("high:Q"),
        color=color,
    )
    inner = base.mark_bar(height=9, opacity=0.35, aria=False).encode(
        x=alt.X("inner_low:Q"), x2=alt.X2("inner_high:Q"), color=color
    )
    point = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("value:Q"), color=color, shape=shape
    )
    text = base.mark_text(align="left", aria=False).encode(
        x=alt.XDatum(scale.beyond(_GAP)), text=alt.Text("beside:N")
    )
    has_inner = any(dot.inner_low is not None for dot in dots)
    return [
        *([_rule(0.0)] if scale.zero_line else []),
        *(_rule(position) for position in look.rules),
        *([_ticks(ticks, names.rows)] if ticks else []),
        interval,
        *([inner] if has_inner else []),
        point.encode(description=alt.Description("hover:N"), href=alt.Href("href:N"))
        if look.live
        else point,
        *([] if look.together else [text]),
    ]


def _named(dots: Sequence[Dot], names: _ChartNames) -> list[str]:
    """Return the figures; those of the first row with the names of the series, as in a legend."""
    first = next(iter(names.rows)) if len(names.series) > 1 else None
    return [
        f"{dot.label} {names.series[dot.series]}" if dot.row == first else dot.label for dot in dots
    ]


def _widest(texts: Sequence[str]) -> float:
    return max(map(width_of, texts))


def _room(pixels: float, space: float) -> float:
    """Return the widths of the scale that so many pixels beside it take, of the space for both."""
    gap = _GAP if pixels else 0.0
    taken = max(pixels, _END)
    return gap + taken * (1 + gap) / (space - taken)


def _ticks(dots: Sequence[Dot], labels: Mapping[str, str]) -> alt.Chart:
    data = alt.InlineData(values=[asdict(dot) | {"row": labels[dot.row]} for dot in dots])
    ticks = alt.Chart(data).mark_tick(opacity=0.3, thickness=2, size=14, color=SERIES[0])
    chart: alt.Chart = ticks.encode(
        y=alt.Y("row:N", sort=[*labels.values()]),
        x=alt.X("value:Q"),
        description=alt.Description("hover:N"),
        href=alt.Href("href:N"),
    )
    return chart


def _x(scale: Scale, room: float) -> alt.X:
    domain = [scale.low, scale.beyond(room)]
    return alt.X(
        "low:Q",
        title=None,
        scale=alt.Scale(type="log" if scale.log else "linear", domain=domain, nice=False),
        axis=alt.Axis(values=list(scale.ticks), labelExpr=scale.tick_label),
    )


def _rule(position: float) -> alt.Chart:
    data = alt.InlineData(values=[{}])
    dashed = alt.Chart(data).mark_rule(color=INK, strokeDash=[3, 3], aria=False)
    line: alt.Chart = dashed.encode(x=alt.XDatum(position))
    return line
