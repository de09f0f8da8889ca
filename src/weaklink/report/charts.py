"""The charts of a report, drawn from a summary."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from weaklink.measures import AttackSummary, Estimate, Summary
from weaklink.report.dots import Dot, Scale, dot_plot
from weaklink.report.figures import number, signed
from weaklink.report.names import short_names
from weaklink.report.spread import QuerySpread
from weaklink.report.svg import Figure
from weaklink.report.tables import links
from weaklink.text import visible

_SHARES = Scale(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0), "format(datum.value, '.2~f')")
_MANY_TICKS = 6
_LONGEST = 40


def asr_figures(summary: Summary) -> list[Figure]:
    """Return a chart for each rate that the summary has figures for."""
    correct, attacked = "of samples classified correctly", "of all attacked samples"
    figures = (
        _rates(summary, f"asr_correct, {correct}", lambda entry: entry.asr_correct),
        _rates(summary, f"asr_all, {attacked}", lambda entry: entry.asr_all),
        _rates(summary, f"asr_valid, {attacked}", lambda entry: entry.asr_valid),
        _rates(summary, f"robust_accuracy, {attacked}", lambda entry: entry.robust_accuracy),
    )
    return [figure for figure in figures if figure is not None]


def chain_figures(summary: Summary) -> list[Figure]:
    """Return, for each link, a chart of delta around its zero line and one of transfer."""
    figures = []
    for (upstream, downstream), entries in links(summary).items():
        between = f"from {short_label(upstream)} to {short_label(downstream)}"
        deltas = [_dot(e.attack, "delta", e.delta, signed) for e in entries if e.delta]
        transfers = [
            _dot(entry.attack, series, figure, number)
            for entry in entries
            for series, figure in (
                ("transfer_rate", entry.transfer_rate),
                ("asr_elsewhere", entry.asr_elsewhere),
            )
            if figure
        ]
        if deltas:
            title = "Delta of asr_all: right of zero, the downstream is less robust"
            figures.append(dot_plot(title, between, deltas, _around_zero(deltas)))
        if transfers:
            title = "transfer_rate, against asr_elsewhere"
            figures.append(dot_plot(title, between, transfers, _SHARES))
    return figures


def query_figures(summary: Summary, spreads: Mapping[tuple[str, str], QuerySpread]) -> list[Figure]:
    """Return one chart of the queries that successes took, if there is any success.

    A success that asked nothing stands at 1, as a logarithmic axis has no zero.
    """
    names = short_names(summary.campaign)
    dots = [
        Dot(
            row=short_label(entry.attack),
            series=short_label(names[entry.victim]),
            value=max(1.0, spread.median),
            low=max(1.0, spread.p5),
            high=max(1.0, spread.p95),
            label=number(spread.median, digits=0),
            inner_low=max(1.0, spread.p25),
            inner_high=max(1.0, spread.p75),
        )
        for entry in summary.attacks
        if (spread := spreads.get((entry.victim, entry.attack)))
    ]
    if not dots:
        return []
    title = "Queries of successes: median, quartiles, 5th to 95th percentile"
    return [dot_plot(title, "on a logarithmic axis", dots, _counts(dots))]


def _rates(
    summary: Summary, title: str, rate: Callable[[AttackSummary], Estimate | None]
) -> Figure | None:
    names = short_names(summary.campaign)
    dots = [
        _dot(entry.attack, names[entry.victim], figure, number)
        for entry in summary.attacks
        if (figure := rate(entry))
    ]
    return dot_plot(title, "for each attack and model", dots, _SHARES) if dots else None


def short_label(name: str) -> str:
    """Return a name as a chart can show it: visible, and short."""
    shown = visible(name)
    return (
        shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST // 2]}…{shown[-_LONGEST // 2 :]}"
    )


def _dot(attack: str, series: str, figure: Estimate, write: Callable[[float], str]) -> Dot:
    return Dot(
        short_label(attack),
        short_label(series),
        figure.value,
        figure.low,
        figure.high,
        write(figure.value),
    )


def _around_zero(dots: list[Dot]) -> Scale:
    """Return a scale of tenths, with zero in its middle, that holds every interval."""
    reach = max(max(abs(dot.low), abs(dot.high)) for dot in dots)
    end = next((tenths / 10 for tenths in range(1, 10) if tenths / 10 >= reach), 1.0)
    label = "datum.value === 0 ? '0' : format(datum.value, '+.1f')"
    return Scale(-end, end, (-end, 0.0, end), label, zero_line=True)


def _counts(dots: list[Dot]) -> Scale:
    """Return a logarithmic scale with ticks at 1, 2, 5, 10, ..., or at fewer of them."""
    start, end = 0.8 * min(d.low for d in dots), 1.25 * max(d.high for d in dots)
    powers = [10.0**power for power in range(12)]
    ticks = [step * power for power in powers for step in (1, 2, 5) if start <= step * power <= end]
    few = ticks if len(ticks) <= _MANY_TICKS else [tick for tick in ticks if tick in powers]
    return Scale(start, end, tuple(few), "format(datum.value, '~s')", log=True)
