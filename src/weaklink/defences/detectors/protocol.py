"""What a method of detection is: it learns from texts, and then scores any text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import JsonValue

from weaklink.defences.victim_access import VictimAccess
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.progress import Progress
from weaklink.victims import Floats

Score: TypeAlias = Callable[[Sequence[str]], Floats]
"""From texts to scores, shape (texts,): the higher, the more suspicious.

The score of a text depends on nothing but that text. What has a model of its own to ask may be
``Portable`` besides, so that a runtime computes it."""


@dataclass(frozen=True)
class TrainingExamples:
    """What a method learns from.

    Attributes:
        clean: Texts of the data that no attack has seen.
        gold: The label of each, an index into the labels of the model that is read with.
        originals: Samples that were attacked, unaltered.
        adversarial: Adversarial texts found on them.
    """

    clean: Sequence[str]
    gold: Sequence[int]
    originals: Sequence[str]
    adversarial: Sequence[str]


@dataclass(frozen=True)
class DetectorState:
    """What is kept of a detector: numbers in arrays, and values that JSON holds."""

    arrays: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True)
class DetectorTask:
    """Where and how a detector is made.

    Attributes:
        folder: The folder that is being made; a method may add folders of its own to it.
        work: A folder for what an interrupted training goes on from.
        seed: What every random choice depends on.
        device: ``auto`` or a torch device.
        progress: Is told how far the work is.
        language: ISO 639-1 code of the texts' language.
    """

    folder: Path
    work: Path
    seed: int
    device: str
    progress: Progress
    language: str = ENGLISH


@dataclass(frozen=True)
class Method:
    """A method as it is registered under the entry point group ``weaklink.detectors``.

    Attributes:
        name: What users call it.
        paper: Authors, year, title and address.
        needs_adversarial: Whether it cannot learn without adversarial texts.
        fit: Learns from examples.
        open: Returns what scores texts, from the state, the detector's folder, and the model that
            texts are read with.
        uses_adversarial: Whether it learns anything from them where there are some.
        version: Raised whenever its scores may change.
    """

    name: str
    paper: str
    needs_adversarial: bool
    fit: Callable[[TrainingExamples, VictimAccess, DetectorTask], DetectorState]
    open: Callable[[DetectorState, Path, VictimAccess], Score]
    uses_adversarial: bool = True
    version: int = 1

    @property
    def summary(self) -> str:
        """The first line of the docstring of ``fit``."""
        return (self.fit.__doc__ or "").strip().partition("\n")[0]
