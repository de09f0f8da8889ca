"""Models with a defence in a campaign, each beside the same model without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from weaklink.campaigns.specification import Specification
from weaklink.defences.saved import load_detector, read_card
from weaklink.errors import WeaklinkError
from weaklink.store.record import DefenceEntry
from weaklink.victims import Victim


@dataclass(frozen=True, slots=True)
class MeasuredDefence:
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


def defences_of(spec: Specification, made: Mapping[str, Path]) -> tuple[MeasuredDefence, ...]:
    """Return the defences that a specification names.

    Args:
        spec: The specification.
        made: Folders of what the campaign makes, by name.
    """
    found = []
    for model in spec.models:
        if spec.guard is not None:
            name = f"{model} guarded by {spec.guard.name}"
            found.append(MeasuredDefence("guard", model, name, spec.guard))
        if spec.hardened_model is not None:
            folder = spec.hardened_model
            found.append(MeasuredDefence("hardened", model, str(folder), folder))
    found += [MeasuredDefence("guard", one.victim, one.name, made[one.name]) for one in spec.guards]
    found += [
        MeasuredDefence("hardened", one.base, one.name, made[one.name]) for one in spec.hardened
    ]
    found += [
        MeasuredDefence("hardened", one.instead_of, one.name, hardened_below(spec, one.name, made))
        for one in spec.finetuned
        if one.instead_of is not None
    ]
    return tuple(found)


def hardened_below(spec: Specification, name: str, made: Mapping[str, Path]) -> Path:
    """Return the folder of the hardened model that one was made from.

    Raises:
        WeaklinkError: It was made from none.
    """
    hardened = {one.name for one in spec.hardened}
    bases = {one.name: one.base for one in spec.finetuned}
    below = name
    while below in bases:
        below = bases[below]
    if below not in hardened:
        raise WeaklinkError(
            f"{name} is to stand instead of another model, and comes from no hardened one.",
            "Let its base be one of `hardened`, or remove instead_of.",
        )
    return made[below]


def provided(
    defences: Iterable[MeasuredDefence],
    load: Callable[..., Victim],
    point: Callable[[Victim], Victim],
) -> Iterator[tuple[str, Callable[[], Victim]]]:
    """Yield the name of each guarded model, and what makes it.

    Args:
        defences: The defences of a campaign.
        load: Loads a bare model by its name.
        point: Gives a model its operating point.
    """
    for one in defences:
        if one.kind == "guard":
            yield one.defended, partial(_guarded, one, load, point)


def _guarded(
    defence: MeasuredDefence, load: Callable[..., Victim], point: Callable[[Victim], Victim]
) -> Victim:
    victim = load(defence.model)
    reading = partial(load, precision="float32")
    detector = load_detector(defence.folder, victim=victim, load=reading, named=(defence.model,))
    return detector.guard(point(victim), defence.defended)
