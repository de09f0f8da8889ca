"""The record of a campaign: everything that its report needs besides the outcomes."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from weaklink.victims import TrustWarning


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelEntry(_Entry):
    """A model of the study."""

    name: str
    """As the specification or the lineage names it."""
    fingerprint: str | None = None
    """Of the victim as the store has it; None where it could not be loaded."""
    architecture: str | None = None
    languages: tuple[str, ...] = ()
    downloads: int | None = None
    """All time, as the snapshot has them."""


class LinkWeights(_Entry):
    """What the weights of both ends of a link say of it."""

    said: Literal["confirmed", "refuted", "cannot tell"]
    why: str


class Link(_Entry):
    """One edge of a chain, and why it is believed."""

    upstream: str
    downstream: str
    relation: str
    method: str
    confidence: float | None = None
    quote: str | None = None
    tier: str | None = None
    """Of the evidence, where a lineage gives the edge."""
    weights: LinkWeights | None = None
    """None where they were not compared."""


class ChainEntry(_Entry):
    """A chain of the study, the root first."""

    name: str
    """``C1``, ``C2``, ..."""
    models: tuple[str, ...]
    links: tuple[Link, ...]
    measured: tuple[str, ...]
    """The models that have a classification head: consecutive ones are compared."""
    warnings: tuple[TrustWarning, ...] = ()
    """What speaks against comparing its models with each other."""


class Excluded(_Entry):
    """A chain that the selection left out."""

    models: tuple[str, ...]
    reason: str


class FunnelStep(_Entry):
    """One criterion of the selection, in the order that they were applied."""

    criterion: str
    kept: int
    excluded: tuple[Excluded, ...]
    """Examples where there are very many; ``dropped`` counts all."""
    dropped: int


class _CampaignOfData(_Entry):
    dataset: str
    campaign: int
    """Its id in the store."""


class CampaignEntry(_CampaignOfData):
    """The campaign of one data set: every model of the study is a victim of it."""


class ReplayEntry(_CampaignOfData):
    """Adversarial texts found on an upstream, tried on its downstream: text transfer.

    The outcomes are those of an attack of their own, whose samples without such a text fail.
    """

    upstream: str
    downstream: str
    attack: str
    """The attack that found the texts."""
    repetition: int
    attack_fingerprint: str
    """Of the replay, as the store has it."""


class DefenceEntry(_Entry):
    """A model with a defence, and the same model without it."""

    kind: Literal["guard", "hardened"]
    model: str
    """The bare model."""
    defended: str
    method: str
    learnt_on: str | None = None
    """The model whose vulnerable samples the defence learnt from; None if from none."""
    attacks: tuple[str, ...] = ()
    """The attacks that it learnt from."""


class Failure(_Entry):
    """A model, data set or resource that failed to load."""

    what: str
    """Name of the model or data set."""
    reason: str


class Stopped(_Entry):
    """Why a campaign ended before all of its samples were done."""

    reason: Literal["time", "decided", "undecidable"]
    """The time was up; every gate was decided; or no sample that was left could decide those that
    were not."""
    samples: int
    """Of each data set, the first so many are done: the campaigns have no others."""
    asked: int
    """Of each data set, as many as were asked for."""
    hopeless: tuple[str, ...] = ()
    """Why each gate that was not decided cannot be decided."""


class _Named(BaseModel):
    name: str


class _Derived(_Named):
    base: str


class _Stated(BaseModel):
    """What is read of a specification besides what is shown of it."""

    finetuned: tuple[_Derived, ...] | None = None
    hardened: tuple[_Derived, ...] | None = None
    pretrained: tuple[_Named, ...] | None = None
    labels: dict[str, dict[str, str]] | None = None
    bounds: dict[str, float | None] | None = None


class StudyRecord(_Entry):
    """A study or an audit with its selection, and where its outcomes are."""

    name: str
    specification: dict[str, Any]
    digest: str
    """Of the specification as canonical JSON."""
    changed: tuple[str, ...] | None = None
    """Keys of the specification whose values were not defaults, those of a table as ``table.key``;
    None in records of versions that did not keep them."""
    models: tuple[ModelEntry, ...]
    chains: tuple[ChainEntry, ...]
    funnel: tuple[FunnelStep, ...]
    campaigns: tuple[CampaignEntry, ...]
    replays: tuple[ReplayEntry, ...]
    failures: tuple[Failure, ...]
    provenance: dict[str, str]
    command: tuple[str, ...] = ()
    """The command that asks for it, where one does."""
    references: tuple[ModelEntry, ...] = ()
    """Models that share no ancestor with the chains: what the null of transfer rests on."""
    reference_campaigns: tuple[CampaignEntry, ...] = ()
    """Of each data set that references were attacked on."""
    stopped: Stopped | None = None
    """Why not all samples are done; None where they are."""
    defences: tuple[DefenceEntry, ...] = ()
    """Models with a defence; texts found on the bare model are replayed on them."""
    inputs: dict[str, str] = {}
    """What a finished run depended on, each with a sign that changes when it does; empty of a run
    that was not finished, or whose inputs have no such signs."""

    @field_validator("specification")
    @classmethod
    def _check_specification(cls, said: dict[str, Any]) -> dict[str, Any]:
        _Stated.model_validate(said)
        return said
