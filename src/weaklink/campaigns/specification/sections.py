"""The sections of a specification: chains, what selects others, and models that it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from weaklink.data.columns import Columns
from weaklink.validation import GivenValues, Seed

COLUMNS = frozenset({"text_column", "label_column", "pair_column", "attack_segment"})
"""Fields of a section that name columns of its data."""

Names = Annotated[tuple[str, ...], Field(min_length=1)]


class StatedChain(GivenValues):
    """A chain that is named by hand, the root first; in Python, a list of names is one."""

    models: Annotated[tuple[str, ...], Field(min_length=2)]

    @model_validator(mode="before")
    @classmethod
    def _bare_names(cls, value: Any) -> Any:  # noqa: ANN401 - anything may stand in a file
        bare = isinstance(value, Sequence) and not isinstance(value, str)
        return {"models": value} if bare else value


class Criteria(GivenValues):
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


class ExecutorSettings(GivenValues):
    """Who makes the outcomes; it changes none of them."""

    kind: Literal["local", "ray"] = "local"
    """``local``: this process; ``ray``: the workers of a Ray cluster."""
    address: str | None = None
    """Of the cluster; ``auto``: the one on this machine; None: start one here."""
    workers: int | None = Field(default=None, ge=1)
    """Workers; None: as many as the cluster has room for."""
    cpus: float = Field(default=1.0, gt=0)
    """Processors of each worker."""
    gpus: float | None = Field(default=None, ge=0)
    """GPUs of each worker; 0.25: four share one; None: one each, where models run on GPUs."""

    @field_validator("gpus")
    @classmethod
    def _whole(cls, gpus: float | None) -> float | None:
        if gpus is not None and gpus > 1 and not gpus.is_integer():
            raise ValueError("is a share of one GPU or a whole number of them")
        return gpus

    @model_validator(mode="before")
    @classmethod
    def _bare_kind(cls, value: Any) -> Any:  # noqa: ANN401 - anything may stand in a file
        return {"kind": value} if isinstance(value, str) else value


class _Reading(GivenValues):
    """Which columns of its data a section reads; in a study, see ``within``."""

    text_column: str | None = None
    """Column of the texts; None: guessed."""
    label_column: str | None = None
    """Column of the labels; None: guessed."""
    pair_column: str | None = None
    """Column of the second texts, for a model that reads pairs."""

    @property
    def columns(self) -> Columns:
        """The columns that are read."""
        return Columns.named(self.text_column, self.label_column, self.pair_column)

    def within(self, study: Mapping[str, str | None]) -> Self:
        """Return the section with a study's columns in the place of those that it does not name.

        Args:
            study: The study's own, by the names in ``COLUMNS``.
        """
        unnamed = {one for one in COLUMNS if getattr(self, one, "none of its fields") is None}
        if self.pair_column not in (None, study["pair_column"]):
            unnamed -= {"attack_segment"}
        return self.model_copy(update={one: study[one] for one in unnamed})


class Pretrained(_Reading):
    """An encoder that the campaign pre-trains itself, by replaced-token detection (ELECTRA)."""

    name: str
    data: Names
    """Data sets whose texts, without their labels, it reads; of pairs, both texts."""
    steps: int = Field(ge=1)
    seed: Seed = 0


class _ClassifierReading(_Reading):
    """Which columns the data of a classifier or of a defence have."""

    attack_segment: str | None = None
    """The column of a pair that is attacked; None: the text column."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.attack_segment is not None and self.pair_column is None:
            raise ValueError("attack_segment names a column of a pair, and pair_column is missing")
        return self

    @property
    def columns(self) -> Columns:
        """The columns that are read."""
        return Columns.named(
            self.text_column, self.label_column, self.pair_column, self.attack_segment
        )


class Finetuned(_ClassifierReading):
    """A classifier that the campaign makes itself, as ``weaklink finetune`` does."""

    name: str
    base: str
    """What it starts from: another of these names, a Hub id or a local folder."""
    data: str
    samples: int | None = Field(None, ge=10)
    epochs: int = Field(1, ge=1)
    learning_rate: float = Field(2e-4, gt=0)
    max_length: int = Field(128, ge=1)
    seed: Seed = 0
    instead_of: str | None = None
    """A model that was made the same from a base without a defence. It is measured beside this one:
    does a hardened upstream leave a hardened downstream?"""


class _Learning(_ClassifierReading):
    """What a defence learns from: vulnerable samples of a model, attacked for that alone.

    They are drawn from the study's data, and are never among the samples of the study.
    """

    learn_on: str | None = None
    """The model that is attacked for it; None: the one that is defended."""
    attacks: Names = ("pwws", "textfooler")
    attacked: int = Field(100, ge=0)
    """Samples that are attacked; 0: the defence learns from unaltered texts alone."""
    seed: Seed = 0


class Hardened(_Learning):
    """A classifier that the campaign trains further, as ``weaklink harden`` does."""

    name: str
    base: str
    """What it starts from, and is measured beside."""
    data: str
    defence: str = "stored"
    settings: Mapping[str, Any] = {}
    samples: int | None = Field(None, ge=10)
    epochs: int = Field(2, ge=1)
    learning_rate: float = Field(5e-5, gt=0)
    max_length: int = Field(128, ge=1)


class Guard(_Learning):
    """A detector that the campaign trains, in front of one of its models."""

    name: str
    victim: str
    """The model that it stands in front of, and is measured beside."""
    data: str
    """The data set of its unaltered texts."""
    method: str = "rde"
    texts: int = Field(2000, ge=1)
    false_positives: float = Field(0.05, ge=0, le=0.5)
