"""What a caller gives besides a specification: gates, and objects in place of names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from weaklink.attacks import Attack
from weaklink.data.splits import Split
from weaklink.measures import Bound
from weaklink.measures.runs.baseline import Baseline
from weaklink.victims import Victim


@dataclass(frozen=True)
class CallArguments:
    """Models, attacks and data by the names that a specification knows them by, and gates.

    Attributes:
        gates: Bounds on figures, and another run to be held to: what ``until="decided"`` waits
            for.
        victims: What makes each model.
        attacks: Attacks that are not installed.
        data: Labelled texts.
    """

    gates: Sequence[Bound | Baseline] = ()
    victims: Mapping[str, Callable[[], Victim]] = field(default_factory=dict)
    attacks: Mapping[str, Attack[Any]] = field(default_factory=dict)
    data: Mapping[str, Split] = field(default_factory=dict)

    @property
    def objects(self) -> bool:
        """Whether any of them stands for a name, so that no command says what is asked for."""
        return bool(self.victims or self.attacks or self.data)


NOTHING = CallArguments()
