"""Charts of dots with intervals, a line for each row and series.

A figure may be written beside its line, and in the first row the name of its series too, so that
no legend is needed; shape and line tell the series apart where colour does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import altair as alt

from weaklink.report.svg import INK, SERIES, SHAPES, WIDTH, Figure, styled

_ROW = 24
"""Height of a row in pixels."""
_BESIDE = 0.2
"""Width, in widths of the scale, of the column beyond it in which the figures are written."""
_LETTER = 6.5
"""Pixels that a letter beside a line takes, on average."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure with its interval, how it is written, and an inner interval where there is one.

    ``hover`` is what a pointer over the dot brings up, and ``href`` where it leads; both may be
    empty.
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
        names: Pixels that a row's name may take.
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
    rows = list(dict.fromkeys(dot.row for dot in dots))
    series = list(dict.fromkeys(dot.series for dot in dots))
    chart = alt.LayerChart(layer=_layers(dots, rows, series, scale, look, ticks))
    figures = "; ".join(f"{dot.row}, {dot.series}: {dot.label}" for dot in dots)
    height = look.line * len(rows) * (1.5 if look.together else len(series))
    return Figure(
        title=title,
        description=f"Chart. {title}, {about}. {figures}.",
        chart=styled(chart.properties(height=height), look.width, live=look.live),
    )


def _layers(
    dots: Sequence[Dot],
    rows: list[str],
    series: list[str],
    scale: Scale,
    look: ChartLayout,
    ticks: Sequence[Dot],
) -> list[alt.Chart]:
    legend = alt.Legend(columns=1) if look.together and len(series) > 1 else None
    color = alt.Color("series:N", scale=alt.Scale(domain=series, range=SERIES), legend=legend)
    shape = alt.Shape("series:N", scale=alt.Scale(domain=series, range=SHAPES), legend=legend)
    named = rows[0] if len(series) > 1 else None
    values = [asdict(dot) | {"beside": _beside(dot, named)} for dot in dots]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y("row:N", sort=rows, title=None, axis=alt.Axis(labelLimit=look.names)),
    )
    if not look.together:
        base = base.encode(yOffset=alt.YOffset("series:N", sort=series))
    interval = base.mark_rule(strokeWidth=2, aria=False).encode(
        x=_x(scale, _room(values, look)), x2=alt.X2("high:Q"), color=color
    )
    inner = base.mark_bar(height=9, opacity=0.35, aria=False).encode(
        x=alt.X("inner_low:Q"), x2=alt.X2("inner_high:Q"), color=color
    )
    point = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("value:Q"), color=color, shape=shape
    )
    beside = alt.XDatum(scale.beyond(0.05))
    text = base.mark_text(align="left", aria=False).encode(x=beside, text=alt.Text("beside:N"))
    has_inner = any(dot.inner_low is not None for dot in dots)
    return [
        *([_rule(0.0)] if scale.zero_line else []),
        *(_rule(position) for position in look.rules),
        *([_ticks(ticks, rows)] if ticks else []),
        interval,
        *([inner] if has_inner else []),
        point.encode(description=alt.Description("hover:N"), href=alt.Href("href:N"))
        if look.live
        else point,
        *([] if look.together else [text]),
    ]


def _beside(dot: Dot, named: str | None) -> str:
    """Return the figure; in the row that names the series, its name as well, as in a legend."""
    return f"{dot.label} {dot.series}" if dot.row == named else dot.label


def _room(values: Sequence[Mapping[str, str]], look: ChartLayout) -> float:
    """Return the share of the scale's width that figures take beside it."""
    if look.together:
        return _BESIDE
    pixels = _LETTER * max(len(value["beside"]) for value in values)
    return max(_BESIDE, 0.07 + pixels / (look.width - look.names - pixels))


def _ticks(dots: Sequence[Dot], rows: list[str]) -> alt.Chart:
    data = alt.InlineData(values=[asdict(dot) for dot in dots])
    ticks = alt.Chart(data).mark_tick(opacity=0.3, thickness=2, size=14, color=SERIES[0])
    chart: alt.Chart = ticks.encode(
        y=alt.Y("row:N", sort=rows),
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
