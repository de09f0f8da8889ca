"""What a defence by training is: it says what is learnt in each step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from torch import Tensor, nn

from weaklink.data.samples import Sample
from weaklink.errors import WeaklinkError
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.plugins import installed_plugins, unknown
from weaklink.progress import Progress
from weaklink.training.classifier import Student
from weaklink.validation import GivenValues, fault

GROUP = "weaklink.defences"

T = TypeVar("T")


class DefenceSettings(GivenValues):
    """Settings of a defence; every field has a default and a description."""


@dataclass(frozen=True)
class Lesson:
    """What a defence may learn from.

    Attributes:
        student: The model.
        samples: Unaltered samples of the training split.
        stored: Adversarial texts that were found on samples of the training split, with the gold
            labels of their originals.
        settings: The defence's own settings.
        work: Keeps what an interrupted training goes on from.
        seed: What every random choice depends on.
        progress: Is told how far the work is.
        language: ISO 639-1 code of the texts' language.
    """

    student: Student
    samples: Sequence[Sample]
    stored: Sequence[Sample]
    settings: Any
    work: Path
    seed: int
    progress: Progress
    language: str = ENGLISH


@dataclass(frozen=True)
class Regime:
    """How a model is trained.

    Attributes:
        network: All weights that are learnt, the model's among them.
        steps: How many steps.
        loss: Returns the loss of a step, given its number; gradients that it has added to the
            weights before count, too.
        found: Returns the adversarial texts that were found on the way, after training.
    """

    network: nn.Module
    steps: int
    loss: Callable[[int], Tensor]
    found: Callable[[], Sequence[Sample]] = tuple


@dataclass(frozen=True)
class Defence:
    """A defence as it is registered under the entry point group ``weaklink.defences``.

    Attributes:
        name: What users call it.
        paper: Authors, year, title and address.
        needs_stored: Whether it learns from stored adversarial texts.
        settings: The class of its settings.
        begin: Returns how a model is trained.
    """

    name: str
    paper: str
    needs_stored: bool
    settings: type[DefenceSettings]
    begin: Callable[[Lesson], Regime]

    @property
    def summary(self) -> str:
        """The first line of the docstring of ``begin``."""
        return (self.begin.__doc__ or "").strip().partition("\n")[0]

    def configured(self, values: dict[str, Any]) -> DefenceSettings:
        """Return its settings with the given values.

        Raises:
            WeaklinkError: A setting is unknown or its value is not allowed.
        """
        return self._checked(self.settings.model_validate, values)

    def settings_of(self, words: dict[str, str]) -> dict[str, Any]:
        """Return the settings that words of a command line stand for, by name.

        Raises:
            WeaklinkError: A setting is unknown or its value is not allowed.
        """
        return self._checked(self.settings.of_words, words)

    def _checked(self, read: Callable[[Any], T], values: Any) -> T:  # noqa: ANN401 - words, too
        try:
            return read(values)
        except ValidationError as error:
            known = ", ".join(self.settings.model_fields) or "none"
            raise WeaklinkError(
                f"Setting {fault(error, self.settings)}.", f"{self.name} knows: {known}."
            ) from error


@cache
def installed_defences() -> dict[str, Defence]:
    """Return every installed defence by name.

    Raises:
        WeaklinkError: An entry point does not lead to a ``Defence`` of its own name.
    """
    remedy = "Point it at a weaklink.training.hardening.defence.Defence"
    return installed_plugins(GROUP, Defence, "a defence", remedy)


def find_defence(name: str) -> Defence:
    """Return the defence of that name.

    Raises:
        WeaklinkError: There is none.
    """
    defences = installed_defences()
    if name not in defences:
        raise unknown(name, "defence", defences)
    return defences[name]
