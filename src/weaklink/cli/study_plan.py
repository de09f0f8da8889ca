"""The plan of a study, as the terminal shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from weaklink.cli.terminal import print_table, wide_console
from weaklink.text import visible

if TYPE_CHECKING:
    from pathlib import Path

    from weaklink.campaigns.plan.plan import Plan

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_MEGABYTE = 1_000_000


def show_plan(plan: Plan, folder: Path) -> None:
    """Print models, chains and data, and what all of it comes to."""
    console = wide_console()
    models = Table("model", "from", "to fetch")
    for model in plan.models:
        models.add_row(escape(visible(model.name)), model.where, _size(model.download))
    print_table(models, console)
    chains = Table("chain", "measured")
    for name, measured in plan.chains.items():
        chains.add_row(name, escape(visible(" → ".join(measured))))
    if plan.chains:
        print_table(chains, console)
    data = Table("data", "samples", "words", *(attack.name for attack in plan.attacks))
    for one in plan.data:
        if one.missing is not None:
            data.add_row(escape(visible(one.name)), escape(visible(one.missing)))
            continue
        expected = [
            "left out" if attack.name in one.left_out else f"{plan.queries_of(attack, one):.0f}"
            for attack in plan.attacks
        ]
        mean = sum(one.words) / len(one.words)
        counts = [f"{len(one.words)}", f"{mean:.0f}", *expected]
        data.add_row(escape(visible(one.name)), *counts)
    data.caption = "words of a sample, and expected queries of an attempt by attack, on average"
    print_table(data, console)
    for line in _lines(plan, folder):
        console.print(visible(line), markup=False, highlight=False, soft_wrap=True)


def _lines(plan: Plan, folder: Path) -> list[str]:
    from weaklink.campaigns.plan.duration import expected_seconds

    seconds = expected_seconds(plan)
    unknown = sum(model.download is None for model in plan.models)
    more = f", and {unknown} models of unknown size" if unknown else ""
    counts = f"{plan.outcomes:,} of attacks, {plan.replays:,} of replays"
    return [
        f"Outcomes: {counts}; {plan.stored:,} are already in {folder}.",
        f"Queries: about {plan.queries:,.0f}.",
        f"To fetch: {_size(plan.download)}{more}.",
        f"Time: {_span(*seconds)}" if seconds else "Time: not estimated.",
        *_power(plan),
        f"Digest: {plan.digest}.",
    ]


def _power(plan: Plan) -> list[str]:
    """Say what would show in 80 % of studies; the assumptions are those of the simulation."""
    found = plan.power
    if found is None:
        return []
    return [
        (
            "Detectable with a power of 80 %, in points (simulated: rates of 30 to 90 %, half of "
            "what decides a fall is the sample's, chains differ with a standard deviation of 5 "
            "points):"
        ),
        (
            f"  delta of one attack along one link: {_points(found.scenario)}; "
            f"after Holm {_points(found.scenario_holm)}"
        ),
        (
            f"  delta of one link over all attacks: {_points(found.link)}; "
            f"after Holm {_points(found.link_holm)}"
        ),
        f"  mean delta of chains in general: {_points(found.general)}",
        (
            f"  lineage advantage over all links: {_points(found.advantage)}; "
            f"of one link {_points(found.link_advantage)}"
        ),
    ]


def _points(value: float | None) -> str:
    return "nothing" if value is None else f"{100 * value:.1f}"


def _span(least: float, most: float) -> str:
    span = " to ".join(dict.fromkeys((_duration(least), _duration(most))))
    return (
        f"{span}, estimated by a probe of the sentence encoder on this machine. It does not "
        "count callables, downloads and what is built once."
    )


def _size(count: int | None) -> str:
    if count is None:
        return "unknown"
    return f"{count / _MEGABYTE:,.0f} MB" if count else "nothing"


def _duration(seconds: float) -> str:
    """Return a length of time in minutes, from two hours in hours, from three days in days.

    >>> _duration(30), _duration(5400), _duration(9000), _duration(3712.9 * _HOUR)
    ('under a minute', '90 minutes', '2.5 hours', '155 days')
    """
    if seconds < _MINUTE:
        return "under a minute"
    if seconds < 2 * _HOUR:
        minutes = round(seconds / _MINUTE)
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{seconds / _DAY:.0f} days" if seconds >= 3 * _DAY else f"{seconds / _HOUR:.1f} hours"
