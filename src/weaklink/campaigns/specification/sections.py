"""The sections of a specification: chains, what selects others, and models that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

Names = Annotated[tuple[str, ...], Field(min_length=1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StatedChain(_Section):
    """A chain that is named by hand, the root first; in Python, a list of names is one."""

    models: Annotated[tuple[str, ...], Field(min_length=2)]

    @model_validator(mode="before")
    @classmethod
    def _bare_names(cls, value: Any) -> Any:  # noqa: ANN401 - anything may stand in a file
        bare = isinstance(value, Sequence) and not isinstance(value, str)
        return {"models": value} if bare else value


class Criteria(_Section):
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


class Pretrained(_Section):
    """An encoder that the campaign pre-trains itself, by replaced-token detection (ELECTRA)."""

    name: str
    data: Names
    """Data sets whose texts, without their labels, it reads."""
    steps: int = Field(ge=1)
    seed: int = Field(0, ge=0)


class Finetuned(_Section):
    """A classifier that the campaign makes itself, as ``weaklink finetune`` does."""

    name: str
    base: str
    """What it starts from: another of these names, a Hub id or a local folder."""
    data: str
    samples: int | None = Field(None, ge=10)
    epochs: int = Field(1, ge=1)
    learning_rate: float = Field(2e-4, gt=0)
    max_length: int = Field(128, ge=1)
    seed: int = Field(0, ge=0)
