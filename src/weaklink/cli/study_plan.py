"""The plan of a study, as the terminal shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from weaklink.cli.terminal import wide_console
from weaklink.text import visible

if TYPE_CHECKING:
    from pathlib import Path

    from weaklink.study.plan import Plan

_MINUTE, _HOUR = 60, 3600
_MEGABYTE = 1_000_000


def show_plan(plan: Plan, folder: Path) -> None:
    """Print models, chains and data, and what all of it comes to."""
    console = wide_console()
    models = Table("model", "from", "to fetch")
    for model in plan.models:
        models.add_row(escape(visible(model.name)), model.where, _size(model.download))
    console.print(models)
    chains = Table("chain", "measured")
    for name, measured in plan.chains.items():
        chains.add_row(name, escape(visible(" → ".join(measured))))
    if plan.chains:
        console.print(chains)
    data = Table("data", "samples", "words", *(attack.name for attack in plan.attacks))
    for one in plan.data:
        if one.missing is not None:
            data.add_row(escape(visible(one.name)), escape(visible(one.missing)))
            continue
        expected = [attack.queries(one.words, plan.max_queries) for attack in plan.attacks]
        counts = [f"{one.samples}", f"{one.words:.0f}", *(f"{count:.0f}" for count in expected)]
        data.add_row(escape(visible(one.name)), *counts)
    data.caption = "expected queries of an attempt, by attack"
    console.print(data)
    for line in _lines(plan, folder):
        console.print(visible(line), markup=False, highlight=False, soft_wrap=True)


def _lines(plan: Plan, folder: Path) -> list[str]:
    unknown = sum(model.download is None for model in plan.models)
    more = f", and {unknown} models of unknown size" if unknown else ""
    counts = f"{plan.outcomes:,} of attacks, {plan.replays:,} of replays"
    ground = "by a probe of the sentence encoder and the models' sizes, callables not counted"
    return [
        f"Outcomes: {counts}; {plan.stored:,} are in {folder} already.",
        f"Queries: about {plan.queries:,.0f}.",
        f"To fetch: {_size(plan.download)}{more}.",
        f"Time: {_duration(plan.seconds)}, {ground}." if plan.seconds else "Time: not estimated.",
    ]


def _size(count: int | None) -> str:
    if count is None:
        return "unknown"
    return f"{count / _MEGABYTE:,.0f} MB" if count else "nothing"


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return "under a minute"
    if seconds < _HOUR:
        return f"about {seconds / _MINUTE:.0f} minutes"
    return f"about {seconds / _HOUR:.1f} hours"
