"""The one kind of chart that reports have: dots with intervals, a row for each attack and series.

Each figure is written beside its row; shape and row tell the series apart where colour does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import altair as alt

from weaklink.report.svg import INK, SERIES, SHAPES, Figure, styled

_ROW = 24
"""Height of a row in pixels."""
_BESIDE = 0.2
"""Width, in widths of the scale, of the column beyond it in which the figures are written."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure with its interval, how it is written, and an inner interval where there is one."""

    attack: str
    series: str
    value: float
    low: float
    high: float
    label: str
    inner_low: float | None = None
    inner_high: float | None = None


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


def dot_plot(title: str, about: str, dots: Sequence[Dot], scale: Scale) -> Figure:
    """Return the chart; ``about`` completes its title for a screen reader."""
    attacks = list(dict.fromkeys(dot.attack for dot in dots))
    series = list(dict.fromkeys(dot.series for dot in dots))
    chart = alt.LayerChart(layer=_layers(dots, attacks, series, scale))
    figures = "; ".join(f"{dot.attack}, {dot.series}: {dot.label}" for dot in dots)
    return Figure(
        title=title,
        description=f"Chart. {title}, {about}. {figures}.",
        chart=styled(chart.properties(height=_ROW * len(attacks) * len(series))),
    )


def _layers(
    dots: Sequence[Dot], attacks: list[str], series: list[str], scale: Scale
) -> list[alt.Chart]:
    legend = alt.Legend() if len(series) > 1 else None
    color = alt.Color("series:N", scale=alt.Scale(domain=series, range=SERIES), legend=legend)
    shape = alt.Shape("series:N", scale=alt.Scale(domain=series, range=SHAPES), legend=legend)
    base = alt.Chart(alt.InlineData(values=[asdict(dot) for dot in dots])).encode(
        y=alt.Y("attack:N", sort=attacks, title=None, axis=alt.Axis(labelLimit=110)),
        yOffset=alt.YOffset("series:N", sort=series),
    )
    interval = base.mark_rule(strokeWidth=2).encode(x=_x(scale), x2="high:Q", color=color)
    inner = base.mark_bar(height=9, opacity=0.35).encode(
        x="inner_low:Q", x2="inner_high:Q", color=color
    )
    point = base.mark_point(filled=True, size=70, opacity=1).encode(
        x="value:Q", color=color, shape=shape
    )
    text = base.mark_text(align="left").encode(x=alt.datum(scale.beyond(0.05)), text="label:N")
    has_inner = any(dot.inner_low is not None for dot in dots)
    return [
        *([_zero_line()] if scale.zero_line else []),
        interval,
        *([inner] if has_inner else []),
        point,
        text,
    ]


def _x(scale: Scale) -> alt.X:
    domain = [scale.low, scale.beyond(_BESIDE)]
    return alt.X(
        "low:Q",
        title=None,
        scale=alt.Scale(type="log" if scale.log else "linear", domain=domain, nice=False),
        axis=alt.Axis(values=list(scale.ticks), labelExpr=scale.tick_label),
    )


def _zero_line() -> alt.Chart:
    dashed = alt.Chart(alt.InlineData(values=[{}])).mark_rule(color=INK, strokeDash=[3, 3])
    line: alt.Chart = dashed.encode(x=alt.datum(0))
    return line
