"""Bounds on figures that a command was given, and how it ends where one is broken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from weaklink.measures import Bound, Results

_OVER_BOUND = 3


def enforce(results: Results, bounds: Sequence[Bound]) -> None:
    """End with status 3 if a figure is over its bound."""
    breaches = [(bound, breach) for bound in bounds for breach in bound.breaches(results)]
    for bound, breach in breaches:
        found = "unknown" if breach.value is None else f"{breach.value:.3f}"
        typer.echo(
            f"{bound.measure} of {breach.model} under {breach.attack} is {found}, "
            f"over the bound of {bound.limit}",
            err=True,
        )
    if breaches:
        raise typer.Exit(_OVER_BOUND)
