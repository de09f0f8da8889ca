"""One rule of an attack, as its sources have it and as weaklink has it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of an attack's table.

    Attributes:
        rule: What it decides.
        paper: The paper's value.
        code: The value in the authors' code.
        ours: weaklink's value; ``{name}`` stands for the default of that parameter.
        why: The reason, where ours is not the paper's.
    """

    rule: str
    paper: str
    code: str
    ours: str
    why: str = ""

    def told(self, defaults: dict[str, Any]) -> dict[str, str]:
        """Return the row by heading, with defaults of parameters written out."""
        return asdict(self) | {"ours": self.ours.format_map(defaults)}
