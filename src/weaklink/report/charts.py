"""The charts of a report, as altair specifications over a summary.

All are dots with intervals, one row for each attack and series, the figure written beside its row;
shape and row tell the series apart where colour does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt

from weaklink.measures import AttackSummary, Estimate, Summary
from weaklink.report.figures import number, signed
from weaklink.report.names import short_names
from weaklink.report.spread import QuerySpread
from weaklink.report.svg import INK, SERIES, SHAPES, Figure
from weaklink.text import visible

_ROW = 24
_LABELS = 0.2
"""Share of the x axis, beyond its last tick, in which the figures are written."""


@dataclass(frozen=True, slots=True)
class _Row:
    attack: str
    series: str
    figure: Estimate
    label: str


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    ticks: tuple[float, ...]

    @property
    def label(self) -> float:
        """Where the written figures start."""
        return self.high + 0.25 * _LABELS * (self.high - self.low)

    @property
    def end(self) -> float:
        """Where the plot ends."""
        return self.high + _LABELS * (self.high - self.low)


_SHARE = _Scale(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0))


def asr_figures(summary: Summary) -> list[Figure]:
    """Return a chart for each denominator that the summary has figures for."""
    figures = (
        _rate_figure(summary, "asr_correct", lambda entry: entry.asr_correct),
        _rate_figure(summary, "asr_all", lambda entry: entry.asr_all),
        _rate_figure(summary, "robust_accuracy", lambda entry: entry.robust_accuracy),
    )
    return [figure for figure in figures if figure is not None]


def chain_figures(summary: Summary) -> list[Figure]:
    """Return a chart of delta around its zero line, and one of transfer, for each link."""
    links: dict[tuple[str, str], list[Any]] = {}
    for link in summary.chain:
        links.setdefault((link.upstream, link.downstream), []).append(link)
    figures = []
    for (upstream, downstream), entries in links.items():
        between = f"from {visible(upstream)} to {visible(downstream)}"
        deltas = [_row(e.attack, "delta", e.delta, signed) for e in entries if e.delta]
        transfers = [
            _row(e.attack, series, figure, number)
            for e in entries
            for series, figure in (
                ("transfer_rate", e.transfer_rate),
                ("asr_elsewhere", e.asr_elsewhere),
            )
            if figure
        ]
        if deltas:
            title = "Delta of asr_all: right of zero, the downstream is less robust"
            figures.append(_intervals(title, between, deltas, _around_zero(deltas), zero=True))
        if transfers:
            title = "transfer_rate, against asr_elsewhere"
            figures.append(_intervals(title, between, transfers, _SHARE))
    return figures


def query_figure(summary: Summary, spreads: Mapping[tuple[str, str], QuerySpread]) -> Figure | None:
    """Return the spread of the queries that successes took, on a logarithmic axis."""
    names = short_names(summary.campaign)
    rows = [
        {
            "attack": visible(entry.attack),
            "series": visible(names[entry.victim]),
            "p5": spread.p5, "p25": spread.p25, "value": spread.median,
            "p75": spread.p75, "p95": spread.p95, "label": number(spread.median, digits=0),
        }
        for entry in summary.attacks
        if (spread := spreads.get((entry.victim, entry.attack)))
    ]  # fmt: skip
    if not rows:
        return None
    end = max(row["p95"] for row in rows)
    base = _base(rows)
    color = _color(_series(rows))
    axis = alt.Axis(tickCount=4, format="~s")
    scale = alt.Scale(type="log", nice=False, domain=[min(r["p5"] for r in rows) * 0.8, end * 2.2])
    chart = alt.layer(
        base.mark_rule(strokeWidth=1.5).encode(
            x=alt.X("p5:Q", title="queries", scale=scale, axis=axis), x2="p95:Q", color=color
        ),
        base.mark_bar(height=6).encode(x=alt.X("p25:Q"), x2="p75:Q", color=color),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x="value:Q", color=color, shape=_shape(_series(rows))
        ),
        base.mark_text(align="left").encode(x=alt.datum(end * 1.15), text="label:N"),
    )
    title = "Queries of successes: median, quartiles, 5th to 95th percentile"
    return Figure(title, _described(title, rows), _sized(chart, rows))


def _rate_figure(
    summary: Summary, measure: str, rate: Callable[[AttackSummary], Estimate | None]
) -> Figure | None:
    names = short_names(summary.campaign)
    rows = [
        _row(entry.attack, names[entry.victim], figure, number)
        for entry in summary.attacks
        if (figure := rate(entry))
    ]
    return _intervals(measure, "for each attack and model", rows, _SHARE) if rows else None


def _row(attack: str, series: str, figure: Estimate, write: Callable[[float], str]) -> _Row:
    return _Row(visible(attack), visible(series), figure, write(figure.value))


def _around_zero(rows: Iterable[_Row]) -> _Scale:
    """Return a scale of tenths, with zero in its middle, that holds every interval."""
    reach = max(max(abs(row.figure.low), abs(row.figure.high)) for row in rows)
    end = next((tick / 10 for tick in range(1, 10) if tick / 10 >= reach), 1.0)
    return _Scale(-end, end, (-end, 0.0, end))


def _intervals(
    title: str, about: str, rows: list[_Row], scale: _Scale, *, zero: bool = False
) -> Figure:
    values = [
        {
            "attack": row.attack, "series": row.series, "label": row.label,
            "value": row.figure.value, "low": row.figure.low, "high": row.figure.high,
        }
        for row in rows
    ]  # fmt: skip
    base = _base(values)
    color = _color(_series(values))
    x = alt.X(
        "low:Q",
        title=None,
        scale=alt.Scale(domain=[scale.low, scale.end], nice=False),
        axis=alt.Axis(values=list(scale.ticks), format="+.1f" if zero else ".2~f"),
    )
    layers = [
        base.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q", color=color),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x="value:Q", color=color, shape=_shape(_series(values))
        ),
        base.mark_text(align="left").encode(x=alt.datum(scale.label), text="label:N"),
    ]
    if zero:
        line = alt.Chart(alt.InlineData(values=[{}])).mark_rule(color=INK, strokeDash=[3, 3])
        layers.insert(0, line.encode(x=alt.datum(0)))
    return Figure(
        title, _described(f"{title}, {about}", values), _sized(alt.layer(*layers), values)
    )


def _base(rows: list[dict[str, Any]]) -> alt.Chart:
    attacks = list(dict.fromkeys(row["attack"] for row in rows))
    return alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("attack:N", sort=attacks, title=None, axis=alt.Axis(labelLimit=110)),
        yOffset=alt.YOffset("series:N", sort=_series(rows)),
    )


def _series(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(row["series"] for row in rows))


def _color(series: list[str]) -> alt.Color:
    return alt.Color(
        "series:N",
        scale=alt.Scale(domain=series, range=list(SERIES)),
        legend=alt.Legend() if len(series) > 1 else None,
    )


def _shape(series: list[str]) -> alt.Shape:
    return alt.Shape(
        "series:N",
        scale=alt.Scale(domain=series, range=list(SHAPES)),
        legend=alt.Legend() if len(series) > 1 else None,
    )


def _sized(chart: alt.LayerChart, rows: list[dict[str, Any]]) -> alt.LayerChart:
    attacks = {row["attack"] for row in rows}
    return chart.properties(height=_ROW * len(attacks) * max(1, len(_series(rows))))


def _described(title: str, rows: list[dict[str, Any]]) -> str:
    figures = "; ".join(f"{row['attack']}, {row['series']}: {row['label']}" for row in rows)
    return f"Chart. {title}. {figures}."
