"""The gate that a command was given: bounds, and how the command ends where one does not hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import typer

from weaklink.text import visible

if TYPE_CHECKING:
    from weaklink.measures import Bound, Judgement, Results
    from weaklink.measures.gate import State

Policy: TypeAlias = Literal["fail", "pass"]

FAILED, UNDECIDED, UNKNOWN = 3, 4, 5
"""Exit statuses. A failed gate outranks an unknown figure, which outranks an undecided gate."""


@dataclass(frozen=True)
class Gate:
    """Bounds, and what an undecided one means (None: a status of its own)."""

    bounds: Sequence[Bound]
    undecided: Policy | None = None

    def judge(self, results: Results) -> list[Judgement]:
        """Return what every bound says of every figure that it is on."""
        return [judgement for bound in self.bounds for judgement in bound.judge(results)]

    def enforce(self, judgements: Sequence[Judgement]) -> None:
        """Tell every figure that does not pass, and end with the status of the worst."""
        for judgement in judgements:
            if judgement.state != "passed":
                line = f"gate {judgement.state}: {judgement.sentence}"
                typer.echo(visible(line), err=True)
        statuses: dict[State, int] = {
            "failed": FAILED,
            "unknown": UNKNOWN,
            "undecided": {None: UNDECIDED, "fail": FAILED, "pass": 0}[self.undecided],
        }
        found = {judgement.state for judgement in judgements}
        status = next((n for state, n in statuses.items() if state in found and n), 0)
        if status:
            raise typer.Exit(status)


def read_gate(
    over: Sequence[str] | None, under: Sequence[str] | None, undecided: Policy | None
) -> Gate:
    """Return the gate that options ask for.

    Raises:
        WeaklinkError: A bound is none.
    """
    from weaklink.measures import parse_bound

    bounds = [parse_bound(text, "over") for text in over or ()]
    bounds += [parse_bound(text, "under") for text in under or ()]
    return Gate(bounds, undecided)
