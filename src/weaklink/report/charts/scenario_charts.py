"""Every scenario as charts: rates by attack and model on one data set, and queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weaklink.measures.results import Results, Scenario
from weaklink.report.charts.dot_plot import ChartLayout, Dot, Scale, dot_plot
from weaklink.report.charts.few_rows import few_rows, what_is_left_out
from weaklink.report.charts.marks import SHARES, WIDE, share_dot
from weaklink.report.roles import short_names
from weaklink.report.svg import SERIES, Figure
from weaklink.report.tables.attempt_tables import by_attack
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.store import Status
from weaklink.text import visible

_RATES = {
    "asr_correct": "Attacks succeed: of samples classified correctly",
    "asr_all": "Attacks succeed: of all attacked samples",
    "asr_valid": "Attacks succeed with a valid text: of all attacked samples",
    "robust_accuracy": "The model stays right: of all attacked samples",
}
_MANY_TICKS = 6


def scenario_charts(results: Results) -> Iterator[tuple[str, Figure]]:
    """Yield each chart that there are figures for, with its name among files."""
    if len(results.datasets) == 1 and len(results.models) <= len(SERIES):
        yield from _rates(results)
    yield from _queries(results)


def _rates(results: Results) -> Iterator[tuple[str, Figure]]:
    names = short_names(results)
    for rate, said in _RATES.items():
        dots = [
            share_dot(one.attack, names[one.model], figure, _outcomes(one).numerator(rate))
            for one in by_attack(results)
            if (figure := getattr(one, rate)) is not None
        ]
        if dots:
            title = f"{said} ({rate})"
            look = ChartLayout(live=True)
            yield rate, dot_plot(title, "for each attack and model", dots, SHARES, look)


def _queries(results: Results) -> Iterator[tuple[str, Figure]]:
    """Yield the queries that successes took.

    A success that asked nothing stands at 1, as a logarithmic axis has no zero.
    """
    known = [one for one in by_attack(results) if one.queries_of_successes]
    if not known:
        return
    shown = few_rows(known, lambda one: one.queries_of_successes[2])  # type: ignore[index]
    dots = [dot for one in shown for dot in _query_dot(one, *_place(results, one))]
    title = "Queries of successes: median, quartiles, 5th to 95th percentile"
    title += what_is_left_out(known, "scenarios")
    look = (
        ChartLayout(live=True)
        if _beside(results)
        else ChartLayout(WIDE, line=18, names=220, live=True)
    )
    yield "queries", dot_plot(title, "on a logarithmic axis", dots, counts(dots), look)


def _beside(results: Results) -> bool:
    """Return whether the models of an attack stand beside each other, told by their colours."""
    return len(results.datasets) == 1 and len(results.models) <= len(SERIES)


def _place(results: Results, one: Scenario) -> tuple[str, str]:
    """Return the row and the series of a scenario."""
    if _beside(results):
        return one.attack, short_names(results)[one.model]
    dataset = [one.dataset] if len(results.datasets) > 1 else []
    return " · ".join([one.attack, *dataset, one.model]), "queries"


def _query_dot(one: Scenario, row: str, series: str) -> Iterator[Dot]:
    if one.queries_of_successes is None:
        return
    p5, p25, p50, p75, p95 = one.queries_of_successes
    said = f"{one.attack} on {one.model}, {one.dataset}: {p50:,.0f} queries [{p5:,.0f}, {p95:,.0f}]"
    link = _outcomes(one).with_status(str(Status.SUCCEEDED))
    yield Dot(
        row=visible(row),
        series=visible(series),
        value=max(1.0, p50),
        low=max(1.0, p5),
        high=max(1.0, p95),
        label=f"{p50:,.0f}",
        inner_low=max(1.0, p25),
        inner_high=max(1.0, p75),
        hover=visible(said),
        href=link.href or "",
    )


def counts(dots: Sequence[Dot]) -> Scale:
    """Return a logarithmic scale with ticks at 1, 2, 5, 10, ..., or at fewer of them."""
    start, end = 0.8 * min(d.low for d in dots), 1.25 * max(d.high for d in dots)
    powers = [10.0**power for power in range(12)]
    ticks = [step * power for power in powers for step in (1, 2, 5) if start <= step * power <= end]
    few = ticks if len(ticks) <= _MANY_TICKS else [tick for tick in ticks if tick in powers]
    return Scale(start, end, tuple(few), "format(datum.value, '~s')", log=True)


def _outcomes(one: Scenario) -> OutcomeLink:
    return OutcomeLink((one.model,), one.attack, one.dataset)
