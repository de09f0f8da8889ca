"""What a study is asked to do: one TOML file, checked before anything runs."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from weaklink.campaigns.presets import preset_text, presets
from weaklink.engine import Settings
from weaklink.errors import WeaklinkError
from weaklink.measures import Bounds

_FEWER_SAMPLES, _QUICKER_TRAINING = 10, 5

Names = Annotated[tuple[str, ...], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StatedChain(_Part):
    """A chain that is named by hand, the root first."""

    models: Annotated[tuple[str, ...], Field(min_length=2)]


class Criteria(_Part):
    """Which chains of a lineage are measured (section 5.1.1 of the paper)."""

    snapshot: Path
    """Folder of ``weaklink hub collect`` or ``hub import``."""
    lineage: Path
    """Folder that ``weaklink lineage build`` made of that snapshot."""
    task: str = "text-classification"
    """Pipeline tag of the models."""
    min_downloads: int = Field(30, ge=0)
    """Downloads in 30 days that every measured model of a chain has at least."""
    declared_data: bool = True
    """Whether every measured model of a chain must declare its training data."""
    most_chains: int | None = Field(None, ge=1)
    """Chains at most: those whose least downloaded model is downloaded most; None: all."""
    most_downloaded: bool = True
    """Whether the most downloaded model of the task is measured too."""
    most_reused: bool = True
    """Whether the model of the task with most direct downstreams is measured too."""


class Pretrained(_Part):
    """An encoder that the study pre-trains itself, by replaced-token detection (ELECTRA)."""

    name: str
    data: Names
    """Data sets whose texts, without their labels, it reads."""
    steps: int = Field(ge=1)
    seed: int = Field(0, ge=0)


class Finetuned(_Part):
    """A classifier that the study makes itself, as ``weaklink finetune`` does."""

    name: str
    base: str
    """What it starts from: another of these names, a Hub id or a local folder."""
    data: str
    samples: int | None = Field(None, ge=10)
    epochs: int = Field(1, ge=1)
    learning_rate: float = Field(2e-4, gt=0)
    max_length: int = Field(128, ge=1)
    seed: int = Field(0, ge=0)


class StudySpecification(Settings):
    """Everything that a study needs to know."""

    name: str = Field(pattern=r"^[\w.-]+$")
    """What it is called, and so its folder."""
    description: str = ""
    data: Names
    """Built-in data sets, or files; every model is attacked on each."""
    models: tuple[str, ...] = ()
    """Models that are measured besides those of the chains."""
    chains: tuple[StatedChain, ...] = ()
    selection: Criteria | None = None
    pretrained: tuple[Pretrained, ...] = ()
    finetuned: tuple[Finetuned, ...] = ()
    """In the order that they are made in."""
    labels: Mapping[str, Mapping[str, str]] = {}
    """For a model, what each of its labels means in the data's terms. Outcomes do not depend on
    it: the report counts with it and without it."""
    bounds: Bounds = Bounds()
    """Within which an adversarial text is valid; no effect on outcomes."""
    text_transfer: bool = True
    """Whether adversarial texts found on an upstream are tried on its downstream."""
    executor: str = "local"
    """What runs the campaigns."""

    @field_validator("language_model", mode="before")
    @classmethod
    def _none(cls, value: Any) -> Any:  # noqa: ANN401 - anything may stand in a file
        return None if value == "none" else value

    @field_validator("executor")
    @classmethod
    def _known_executor(cls, value: str) -> str:
        if value != "local":
            raise ValueError("the one executor so far is 'local', which runs on this machine")
        return value

    @model_validator(mode="after")
    def _measures_something(self) -> Self:
        if not (self.models or self.chains or self.selection):
            raise ValueError("without models, chains or selection there is nothing to measure")
        made = [one.name for one in self.pretrained] + [one.name for one in self.finetuned]
        if twice := next((name for name in made if made.count(name) > 1), None):
            raise ValueError(f"finetuned and pretrained have two models named {twice!r}")
        return self

    def canonical(self) -> str:
        """Return the specification as canonical JSON: all keys, sorted, without blanks."""
        content = self.model_dump(mode="json")
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def quick(self) -> Self:
        """Return the study on a tenth of the samples, its own models made with a fifth of the work.

        Five samples are kept at least, and forty to train on.
        """
        pretrained = [
            one.model_copy(update={"steps": max(1, one.steps // _QUICKER_TRAINING)})
            for one in self.pretrained
        ]
        finetuned = [
            one.model_copy(update={"samples": max(40, (one.samples or 4000) // _QUICKER_TRAINING)})
            for one in self.finetuned
        ]
        return self.model_copy(
            update={
                "samples": min(self.samples, max(5, self.samples // _FEWER_SAMPLES)),
                "pretrained": tuple(pretrained),
                "finetuned": tuple(finetuned),
            }
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON."""
        return sha256(self.canonical().encode()).hexdigest()


def read_specification(source: str) -> StudySpecification:
    """Read a specification from a TOML file, or a preset by its name.

    Raises:
        WeaklinkError: There is neither, or it is not TOML, or a key or value is not allowed.
    """
    text = preset_text(source) if source in presets() else _text_of(Path(source))
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WeaklinkError(
            f"{source} is no TOML: {error}.", "Mend it, or start from `weaklink study init`."
        ) from error
    return StudySpecification.checked(
        values, f"In {source},", "See `weaklink study init` for every key and its meaning."
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WeaklinkError(
            f"{path} is neither a preset nor a file that can be read.",
            f"Give a TOML file, or one of: {', '.join(presets())}.",
        ) from error
