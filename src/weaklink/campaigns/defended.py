"""Models with a defence in a campaign, each beside the same model without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from weaklink.campaigns.specification import Specification
from weaklink.defences.saved import load_detector, read_card
from weaklink.store.record import DefenceEntry
from weaklink.victims import Victim


@dataclass(frozen=True, slots=True)
class Defence:
    """A defence that a campaign measures.

    Attributes:
        kind: A guard in front of a model, or a model that was trained further.
        model: The bare model.
        defended: What reports call the model with its defence.
        folder: Of the detector or of the hardened model.
    """

    kind: Literal["guard", "hardened"]
    model: str
    defended: str
    folder: Path

    @property
    def entry(self) -> DefenceEntry:
        """What a record keeps of it."""
        if self.kind == "hardened":
            from weaklink.training.hardening.saved import read_hardening

            made = read_hardening(self.folder)
            return DefenceEntry(
                kind="hardened", model=self.model, defended=self.defended, method=made.defence,
                learnt_on=made.learnt_on, attacks=made.attacks,
            )  # fmt: skip
        card = read_card(self.folder)
        return DefenceEntry(
            kind="guard", model=self.model, defended=self.defended, method=card.method,
            learnt_on=card.victim if card.attacks else None, attacks=card.attacks,
        )  # fmt: skip


def defences_of(spec: Specification) -> tuple[Defence, ...]:
    """Return the defences that a specification names."""
    found = []
    for model in spec.models:
        if spec.guard is not None:
            name = f"{model} guarded by {spec.guard.name}"
            found.append(Defence("guard", model, name, spec.guard))
        if spec.hardened_model is not None:
            folder = spec.hardened_model
            found.append(Defence("hardened", model, str(folder), folder))
    return tuple(found)


def provided(
    defences: Iterable[Defence], load: Callable[..., Victim]
) -> Iterator[tuple[str, Callable[[], Victim]]]:
    """Yield the name of each guarded model, and what makes it.

    Args:
        defences: The defences of a campaign.
        load: Loads a bare model by its name.
    """
    for one in defences:
        if one.kind == "guard":
            yield one.defended, partial(_guarded, one, load)


def _guarded(defence: Defence, load: Callable[..., Victim]) -> Victim:
    victim = load(defence.model)
    reading = partial(load, precision="float32")
    detector = load_detector(defence.folder, victim=victim, load=reading)
    return detector.guard(victim, defence.defended)
