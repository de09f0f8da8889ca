"""``weaklink plan``: how many samples a gate on the difference of two runs takes."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from weaklink.document import Document
from weaklink.measures.statistics.power import POWER, pairs_for_margin

_DISCORDANT = (0.05, 0.1, 0.2, 0.3, 0.5)
"""From revisions that differ little to models that fall on unrelated samples, at a rate of 0.5."""


class MarginPlan(Document):
    """How many samples show that a rate did not rise by a margin, where it did not rise."""

    kind: Literal["margin-plan"] = "margin-plan"
    schema_version: Literal[1] = 1
    margin: float
    """Rise that is tolerated."""
    power: float
    """Probability that the gate passes."""
    discordant: tuple[float, ...]
    """Shares of samples that fall to one of the two models only."""
    samples: tuple[int, ...]
    """What each share takes."""


def plan(
    *,
    margin: Annotated[
        float, typer.Option(min=0.001, max=1, help="How much asr_all may be above the baseline's.")
    ] = 0.05,
    power: Annotated[
        float,
        typer.Option(min=0.5, max=0.999, help="How often the gate passes where nothing changed."),
    ] = POWER,
    discordant: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Share of samples that fall to one of the two models only (default: several).",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
) -> None:
    """Say how many samples --baseline takes to pass with a margin."""
    shares = _DISCORDANT if discordant is None else (discordant,)
    samples = tuple(pairs_for_margin(margin, share, power=power) for share in shares)
    made = MarginPlan(margin=margin, power=power, discordant=shares, samples=samples)
    if as_json:
        typer.echo(made.to_json(), nl=False)
        return
    typer.echo(
        f"Samples for --baseline with --margin {margin:g} to pass in {100 * power:g} % of runs, "
        "for one attack where nothing changed:"
    )
    for share, count in zip(shares, samples, strict=True):
        typer.echo(f"  {count:>7,} where {100 * share:g} % of samples fall to one model only")
    typer.echo("`weaklink compare A B` names the samples that fall to one of two models only.")
