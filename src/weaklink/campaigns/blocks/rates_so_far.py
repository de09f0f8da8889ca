"""What a user is told while a campaign goes block by block."""

from __future__ import annotations

from collections.abc import Sequence

from weaklink.campaigns.blocks.pace import BlockPace
from weaklink.measures.runs.look import Rate
from weaklink.text.spans import span

_SHOWN = 14


def lines_of(
    rates: Sequence[Rate], pace: BlockPace, done: int, asked: int, pending: int
) -> list[str]:
    """Return the state of a campaign, and each attack's rate with its interval.

    Args:
        rates: Of the audited models, so far.
        pace: What blocks have cost.
        done: Samples that are done.
        asked: Samples that are asked for.
        pending: Attempts on the others.
    """
    lines = [f"{done} of {asked} samples; {_left(pace, pending)}"]
    width = max((len(one.attack) for one in rates), default=0)
    several = len({(one.model, one.dataset) for one in rates}) > 1
    for one in rates[:_SHOWN]:
        place = f" against {one.model} on {one.dataset}" if several else ""
        lines.append(f"{one.attack:<{width}}  {_rate(one)}{place}")
    if len(rates) > _SHOWN:
        lines.append(f"and {len(rates) - _SHOWN} more")
    return lines


def _rate(one: Rate) -> str:
    if one.figure is None:
        return "no attempt counts yet"
    low, high = (f"{100 * end:.0f}" for end in (one.figure.low, one.figure.high))
    return f"succeeds on {100 * one.figure.value:.0f} % of {one.figure.n} ({low} to {high} %)"


def _left(pace: BlockPace, pending: int) -> str:
    whole = pace.expected(pending)
    for_all = "" if whole is None else f"all would take {span(whole)} more"
    if pace.minutes is None:
        return for_all or "no block is done yet"
    stop = f"stops in {span(max(0.0, pace.left))}"
    return f"{stop}, {for_all}" if for_all and whole and whole > pace.left else for_all or stop
