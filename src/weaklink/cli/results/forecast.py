"""``weaklink audit --forecast``: what to expect of a model that is asked nothing yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from weaklink.cli.terminal import wide_console
from weaklink.text import visible

if TYPE_CHECKING:
    from weaklink.campaigns import Specification
    from weaklink.measures.results import GoalResult
    from weaklink.measures.runs.forecast import Forecast, ForecastRow


def show_forecast(spec: Specification, sources: Sequence[str], json: Path | None) -> None:
    """Forecast an audit, and print or write it."""
    from weaklink.campaigns.python.forecast import forecast_of
    from weaklink.files import write_atomically
    from weaklink.measures.goals import goal_from

    found = forecast_of(spec, sources)
    if json == Path("-"):
        typer.echo(found.to_json(), nl=False)
        return
    _print(found, goal_from(spec.source, spec.target))
    if json is not None:
        write_atomically(json, found.to_json())


def _print(found: Forecast, goal: GoalResult) -> None:
    from weaklink.measures.goals import evasion, measure_of
    from weaklink.report import to_rich
    from weaklink.report.tables.table import Column, Row, Table

    console = wide_console()
    over = f" (no stored outcomes of {', '.join(found.passed_over)})" if found.passed_over else ""
    told = f"Forecast for {found.model} from {found.upstream}{over}. The model was asked nothing."
    console.print(visible(told), markup=False, highlight=False, soft_wrap=True)
    columns = (
        Column("attack", "attack"),
        Column("upstream_asr", "asr_all upstream", "rate", interval=True),
        Column("expected", "expected asr_all", "share"),
        Column("interval", "prediction interval"),
        Column("links", "measured links", "count"),
        Column("lineages", "lineages", "count"),
        Column("held", "links held"),
    )
    rows = tuple(
        Row(
            (
                one.attack,
                one.upstream_asr,
                one.expected,
                _range(one),
                one.links,
                one.lineages,
                None if one.held is None else f"{one.held} of {one.links}",
            )
        )
        for one in found.rows
    )
    title = f"{measure_of('asr_all', goal)} to expect on {found.dataset}, 95 %"
    console.print(to_rich(Table("forecast", "", title, columns, rows)))
    if meant := evasion(goal):
        console.print(visible(meant), markup=False, highlight=False, soft_wrap=True)
    silent = dict[str, list[str]]()
    for one in found.rows:
        if one.silent is not None:
            silent.setdefault(one.silent, []).append(one.attack)
    for why, attacks in silent.items():
        told = f"No forecast for {', '.join(attacks)}: {why}."
        console.print(visible(told), markup=False, highlight=False, soft_wrap=True)


def _range(row: ForecastRow) -> str | None:
    if row.low is None or row.high is None:
        return None
    return f"{100 * row.low:.1f} to {100 * row.high:.1f} %"
