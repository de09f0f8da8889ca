"""What a campaign is asked to do: one model for an audit and for a study."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, field_validator, model_validator

from weaklink.attacks.registry import configure, installed
from weaklink.campaigns.specification.option import ATTACKS, DATA, MODELS, OUTPUT, option
from weaklink.campaigns.specification.options import AuditOptions
from weaklink.campaigns.specification.remote import REMOTE_ONLY
from weaklink.campaigns.specification.sections import (
    COLUMNS,
    Criteria,
    ExecutorSettings,
    Finetuned,
    Guard,
    Hardened,
    Names,
    Pretrained,
    StatedChain,
)
from weaklink.campaigns.specification.settings import Settings
from weaklink.data.columns import PairColumns
from weaklink.data.splits import Sampling
from weaklink.errors import WeaklinkError, instead
from weaklink.measures import Bounds
from weaklink.store.databases import is_address, shown
from weaklink.validation import SEEDS
from weaklink.victims.operating_point import parse_point
from weaklink.victims.remote.options import PAIR_PROMPT, PROMPT, RemoteOptions

DEFAULT_ATTACKS = ("textfooler", "pwws", "textbugger", "hotflip", "scpn", "gan")
DEFAULT_STORE = "audit.db"
AUTO, ALL = "auto", "all"
"""The upstream that is looked for on the Hub, and references where they are needed."""
TFIDF, NONE = "tfidf", "none"
"""The packaged reference model, and no reference."""
AUDIT = "audit"
"""The name of an audit, which nobody names."""

STUDY_ONLY = frozenset(
    {"name", "description", "models", "chains", "selection", "pretrained", "finetuned"}
    | {"hardened", "guards", "executor"}
)
"""Fields that are not options of an audit."""

_NO_EFFECT = REMOTE_ONLY | {
    "name", "description", "store", "bounds", "labels", "width", "runtime", "max_minutes", "until",
    "executor", "function_timeout", "verify_weights",
}  # fmt: skip
"""Fields that outcomes do not depend on."""

_FEWER_SAMPLES, _QUICKER_TRAINING = 10, 5
_NOT_KEPT = {"store", "executor"}
"""What a record does not keep: neither has an effect on outcomes."""


class Ends(NamedTuple):
    """What an audit measures: one model, and what it was fine-tuned from, if that is known."""

    downstream: str
    upstream: str | None


class Specification(Settings):
    """Everything that a campaign needs to know.

    Fields with a panel are the options of ``weaklink audit``; all but ``store`` are keys of a
    study's TOML file.
    """

    name: str = Field(AUDIT, pattern=r"^[\w.-]+$")
    """What a study is called, and so its folder."""
    description: str = ""
    data: Names = option(
        ("rotten_tomatoes",),
        "A data set on the Hub (owner/name, owner/name:config; sst2, imdb, rotten_tomatoes, "
        "amazon_polarity, prompt_injections, jailbreaks, toxic_chat), or a CSV, TSV, JSONL or "
        "Parquet file.",
        DATA,
    )
    split: str = option("train", "Split to draw from.", DATA)
    text_column: str | None = option(None, "Column of the texts (default: guessed).", DATA)
    label_column: str | None = option(None, "Column of the labels (default: guessed).", DATA)
    pair_column: str | None = option(
        None,
        "Column of the second texts, as hypothesis, for models that read pairs; the text column "
        "has the first.",
        DATA,
    )
    attack_segment: str | None = option(
        None, "The column of a pair that is attacked (default: the text column).", DATA
    )
    label_names: tuple[str, ...] = option(
        (),
        "Other names for the data's labels, as 0=World,1=Sports: then they are matched by name.",
        DATA,
        flag="labels",
    )
    language: str = option(
        AUTO,
        "Language of the texts as an ISO 639-1 code (es, zh), which chooses stop words, lexicons "
        "and keyboards. auto: told from the texts.",
        DATA,
        pattern=r"^(auto|[a-z]{2,3})$",
    )
    samples: int | None = option(
        100, "Samples to draw, at most as many as there are. all: all.", DATA, ge=1, words=True
    )
    sampling: Sampling = option(
        "random",
        "random: drawn by the seed. first: the first of the split, which may have one label only.",
        DATA,
    )
    replay: Path | None = option(
        None,
        "File of `weaklink study export --vulnerable-samples` to try instead of data and attacks.",
        DATA,
    )
    replay_each: int | None = option(
        None, "Texts of each attack in that file to try, the first ones (default: all).", DATA, ge=1
    )
    seed: int = option(0, "Seed of the samples and of random attacks.", DATA, ge=0, lt=SEEDS)
    unseen: bool = option(
        False,  # noqa: FBT003
        "Draw only samples that `weaklink finetune` did not train the models on.",
        DATA,
    )
    attacks: tuple[str, ...] = option(
        DEFAULT_ATTACKS,
        "Attacks to run, separated by commas. all: every installed attack but those of "
        "openattack, the six by OpenAttack's rules, and unicode.",
        ATTACKS,
    )
    parameters: Mapping[str, Mapping[str, Any]] = option(
        {}, "TOML file with a table of parameters for each attack.", ATTACKS
    )
    repetitions: int | None = option(
        None,
        "Repetitions of random attacks on each sample (default: the attack's own).",
        ATTACKS,
        ge=1,
    )
    source: str | None = option(
        None,
        "Attack only samples that the victim gives this label, as INJECTION; rates are then "
        "evasion rates (default: all samples).",
        ATTACKS,
        flag="from",
    )
    target: str | None = option(
        None,
        "Label to reach, as SAFE (default: any label other than the predicted one).",
        ATTACKS,
        flag="target to",
    )
    threshold: str | None = option(
        None,
        "Operating point of the models, as INJECTION=0.9: a text counts as that label from that "
        "probability up, otherwise as the most likely other label.",
        ATTACKS,
    )
    false_alarms: float | None = option(
        None,
        "Share of benign texts that may get the label of --from, as 0.01: the lowest threshold "
        "that keeps to it on the texts of --calibrate is each model's operating point.",
        ATTACKS,
        ge=0,
        lt=1,
    )
    calibrate: Path | None = option(
        None, "File of benign texts, labelled or not, that the threshold is chosen on.", ATTACKS
    )
    max_queries: int | None = option(None, "Most queries for each sample.", ATTACKS, ge=1)
    text_transfer: bool = option(
        True,  # noqa: FBT003
        "Try the upstream's adversarial texts on the downstream, unchanged.",
        ATTACKS,
    )
    references: tuple[str, ...] = option(
        (AUTO,),
        "Models without a common ancestor that transfer is compared with, separated by commas: "
        "tfidf (trained here on other texts of the data), or as MODEL. auto: tfidf, where fewer "
        "than three lineages are measured. none: no comparison.",
        ATTACKS,
    )
    verify_weights: bool = option(
        False,  # noqa: FBT003
        "Also compare weights on the Hub, by range requests, to check what models were made from: "
        "some megabytes a link. Weights in folders are compared anyway.",
        MODELS,
    )
    guard: Path | None = option(
        None,
        "Folder of `weaklink detect train`. The model is also attacked with that detector in front "
        "of it, by an attacker who knows it.",
        MODELS,
    )
    hardened_model: Path | None = option(
        None, "Folder of `weaklink harden`. That model is attacked beside this one.", MODELS
    )
    max_minutes: float | None = option(
        None,
        "Stop attacking after so many minutes, and report on the samples that are done.",
        ATTACKS,
        gt=0,
    )
    until: Literal["samples", "decided"] = option(
        "samples",
        "decided: stop when every gate is decided, or can no longer be by the samples that are "
        "left. Intervals then hold at every look, and are wider.",
        ATTACKS,
    )
    store: str = option(
        DEFAULT_STORE,
        "File that stores the outcomes, or postgresql://USER@HOST/DATABASE. The same command "
        "resumes from it.",
        OUTPUT,
    )
    models: tuple[str, ...] = ()
    """Models that are measured besides those of the chains."""
    chains: tuple[StatedChain, ...] = ()
    selection: Criteria | None = None
    pretrained: tuple[Pretrained, ...] = ()
    finetuned: tuple[Finetuned, ...] = ()
    """In the order that they are made in."""
    hardened: tuple[Hardened, ...] = ()
    guards: tuple[Guard, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = {}
    """For a model, what each of its labels means in the data's terms. Outcomes do not depend on
    it: the report counts with it and without it."""
    bounds: Bounds = Bounds()
    """Within which an adversarial text is valid; no effect on outcomes."""

    executor: ExecutorSettings = ExecutorSettings()
    """Who makes the outcomes; no effect on them, and no part of what a record keeps."""

    @classmethod
    def of_audit(cls, downstream: str, upstream: str | None = None, **options: Any) -> Self:  # noqa: ANN401
        """Return the specification of an audit.

        Args:
            downstream: Hub id (``owner/model@revision``), local folder, or
                ``package.module:function``.
            upstream: What it was fine-tuned from, likewise; None: no chain is measured.
            options: Fields by name; see ``AuditOptions``.

        Raises:
            WeaklinkError: An option is unknown or its value is not allowed.
        """
        help_of_it = "See `weaklink audit --help`."
        known = AuditOptions.__annotations__
        if unknown := options.keys() - known - {"name"}:
            wrong = min(unknown)
            told = instead(wrong, known, "There are:")
            raise WeaklinkError(f"An audit has no option {wrong}.", told)
        one = {"models": (downstream,)}
        link = one if upstream is None else {"chains": ((upstream, downstream),)}
        if upstream is not None and (options.get("guard") or options.get("hardened_model")):
            raise WeaklinkError(
                "A defence is measured against the same model without it, so no upstream is.",
                "Remove the upstream, or run a study with guards and chains.",
            )
        return cls.checked({**options, **link}, "Option", help_of_it)

    @property
    def link(self) -> Ends | None:
        """What is measured, if it is one link or one model on one data set; else None."""
        if len(self.data) > 1 or self.selection or self.made:
            return None
        paths = [chain.models for chain in self.chains] + [(name,) for name in self.models]
        if len(paths) > 1 or len(paths[0]) > len(Ends._fields):
            return None
        *upstreams, downstream = paths[0]
        return Ends(downstream, next(iter(upstreams), None))

    @field_validator("data", mode="before")
    @classmethod
    def _one_data_set(cls, value: Any) -> Any:  # noqa: ANN401 - anything may stand in a file
        return (value,) if isinstance(value, str) else value

    @field_validator("store", mode="before")
    @classmethod
    def _no_password(cls, value: Any) -> Any:  # noqa: ANN401 - anything may stand in a file
        place = fspath(value) if isinstance(value, PathLike) else value
        if isinstance(place, str) and is_address(place):
            return shown(place)
        return place

    @field_validator("samples", mode="before")
    @classmethod
    def _all(cls, value: Any) -> Any:  # noqa: ANN401 - anything may stand in a file
        return None if value == ALL else value

    @field_validator("label_names")
    @classmethod
    def _pairs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [pair for pair in value if not all(pair.partition("="))]:
            raise ValueError(f"{wrong[0]!r} does not say OLD=NEW")
        return value

    @field_validator("threshold")
    @classmethod
    def _point(cls, value: str | None) -> str | None:
        if value is not None:
            parse_point(value)
        return value

    @field_validator("attacks", "references", "label_names", mode="before")
    @classmethod
    def _separated(cls, value: Any) -> Any:  # noqa: ANN401 - anything may stand in a file
        if not isinstance(value, str):
            return value
        return tuple(name.strip() for name in value.split(",") if name.strip())

    @field_validator("references")
    @classmethod
    def _none_of_them(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return () if value == (NONE,) else value

    @field_validator("parameters")
    @classmethod
    def _typed(cls, value: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
        """Give every parameter of an installed attack the type that the attack gives it."""
        return {
            name: {
                key: configure(installed()[name], given).model_dump(mode="json")[key]
                for key in given
            }
            if name in installed()
            else given
            for name, given in value.items()
        }

    @model_validator(mode="after")
    def _measures_something(self) -> Self:
        if not (self.models or self.chains or self.selection):
            raise ValueError(
                "models, chains and selection are all missing, so there is nothing to measure"
            )
        if self.attack_segment is not None and self.pair_column is None:
            raise ValueError("attack_segment names a column of a pair, and pair_column is missing")
        made = [one.name for one in self.made]
        if twice := next((name for name in made if made.count(name) > 1), None):
            raise ValueError(f"two models that are made here are named {twice!r}")
        return self

    @model_validator(mode="after")
    def _sections_read_alike(self) -> Self:
        """Give sections that read the study's data alone the study's columns."""
        columns = {name: getattr(self, name) for name in COLUMNS}
        for kind in ("pretrained", "finetuned", "hardened", "guards"):
            sections = tuple(
                one.within(columns) if {*_names(one.data)} <= {*self.data} else one
                for one in getattr(self, kind)
            )
            object.__setattr__(self, kind, sections)
        return self

    @property
    def made(self) -> tuple[Pretrained | Finetuned | Hardened | Guard, ...]:
        """Everything that the campaign makes itself, guards last."""
        return (*self.pretrained, *self.finetuned, *self.hardened, *self.guards)

    @property
    def in_blocks(self) -> bool:
        """Whether the campaign may end before all of its samples are done."""
        return self.max_minutes is not None or self.until == "decided"

    @property
    def names_of_labels(self) -> dict[str, str]:
        """Other names of the data's labels."""
        pairs = (pair.partition("=") for pair in self.label_names)
        return {old.strip(): new.strip() for old, _, new in pairs}

    @property
    def pair(self) -> PairColumns | None:
        """How the texts of the data are pairs, if they are."""
        if self.pair_column is None:
            return None
        return PairColumns(self.pair_column, self.attack_segment)

    def remote(self, answers: Path | None = None) -> RemoteOptions:
        """Return how remote victims are asked; an LLM about pairs, where the texts are pairs."""
        options = super().remote(answers)
        pairs = self.pair is not None and options.prompt == PROMPT
        return replace(options, prompt=PAIR_PROMPT) if pairs else options

    def content(self) -> dict[str, Any]:
        """Return what a record keeps: all but where outcomes are stored, as JSON values."""
        values = self.model_dump(mode="json", exclude=_NOT_KEPT)
        return {"name": values.pop("name"), "description": values.pop("description"), **values}

    def changed(self) -> tuple[str, ...]:
        """Return the keys of ``content`` that are not defaults, those of a table as ``table.key``.

        >>> Specification(models=["a/b"], samples=5, bounds={"min_similarity": 0.5}).changed()
        ('samples', 'models', 'bounds.min_similarity')
        """
        values = self.model_dump(mode="json", exclude=_NOT_KEPT, exclude_defaults=True)
        return tuple(
            key
            for name, value in values.items()
            for key in ([f"{name}.{one}" for one in value] if isinstance(value, dict) else [name])
        )

    def canonical(self) -> str:
        """Return ``content`` as canonical JSON: all keys, sorted, without blanks."""
        return _canonical(self.content())

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON."""
        return sha256(self.canonical().encode()).hexdigest()

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
        hardened = [
            one.model_copy(
                update={
                    "samples": max(40, (one.samples or 4000) // _QUICKER_TRAINING),
                    "attacked": one.attacked // _QUICKER_TRAINING,
                }
            )
            for one in self.hardened
        ]
        guards = [
            one.model_copy(update={"attacked": one.attacked // _QUICKER_TRAINING})
            for one in self.guards
        ]
        return self.model_copy(
            update={
                "samples": self.samples
                and min(self.samples, max(5, self.samples // _FEWER_SAMPLES)),
                "pretrained": tuple(pretrained),
                "finetuned": tuple(finetuned),
                "hardened": tuple(hardened),
                "guards": tuple(guards),
            }
        )


def same_outcomes(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether the contents of two specifications ask for the same outcomes.

    What one does not say, since its version of weaklink did not know it, is as it is by default.
    """
    default = Specification(name=AUDIT, models=(AUTO,)).content()
    filled, others = {**default, **one}, {**default, **other}
    names = (filled.keys() | others.keys()) - _NO_EFFECT
    return all(filled.get(name) == others.get(name) for name in names)


def _names(data: str | Names) -> Names:
    return (data,) if isinstance(data, str) else data


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
