"""From the columns of a store to arrays: each chunk of outcomes is put into its places once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weaklink.measures.arrays import (
    STATUSES,
    Arrays,
    DatasetArrays,
    Descriptions,
    defended_of,
    links_of,
)
from weaklink.measures.bounds import Bounds
from weaklink.measures.describe import NUMBERS, describe, joined
from weaklink.measures.links.lineages import lineages_of
from weaklink.measures.quality import ATTACKED, CORRECT, SUCCEEDED, characters_changed, valid
from weaklink.measures.statistics.means import Floats
from weaklink.store import Campaign
from weaklink.store.outcome import REJECTED
from weaklink.store.record import CampaignEntry, StudyRecord
from weaklink.store.studies import Study

_COLUMNS = (
    "victim_fingerprint", "attack_fingerprint", "data_fingerprint", "sample_id", "repetition",
    "seed", "status", "gold_index", "original_index", "cut", "queries", "words", "words_changed",
    "similarity", "original_perplexity", "adversarial_perplexity", "language_model", "notes",
    "seconds",
)  # fmt: skip
_LABELS = ("gold_label", "original_label")
_TEXTS = ("original_text", "adversarial_text")

_NONE_DONE = ("",)
"""One place that nothing fills, where the time was up before a sample was done."""

Places = tuple[NDArray[np.int64], ...]


def arrange(study: Study, bounds: Bounds) -> Arrays:
    """Return the arrays of a campaign's outcomes.

    Args:
        study: Its record and its outcomes; outcomes that have no place in it are ignored.
        bounds: What makes an adversarial text valid.
    """
    record = study.record
    models, references = (
        tuple(model.name for model in found if model.fingerprint is not None)
        for found in (record.models, record.references)
    )
    campaigns = [study.campaigns[entry.campaign] for entry in record.campaigns]
    attacks = tuple(dict.fromkeys(a.name for campaign in campaigns for a in campaign.attacks))
    lineages = lineages_of(record)
    axes = Arrays(
        models, attacks, links_of(record), (), (), lineages[: len(models)], defended_of(record)
    )
    apart = Arrays(references, attacks, (), (), (), lineages[len(models) :])
    under_way = [
        _Dataset.empty(record, entry, campaign, axes)
        for entry, campaign in zip(record.campaigns, campaigns, strict=True)
    ]
    language_models = set[str]()
    columns = (*_COLUMNS, *(_LABELS if record.specification.get("labels") else ()))
    for chunk in study.outcomes.chunks(columns, _TEXTS):
        language_models.update(chunk["language_model"].drop_nulls().unique())
        told = chunk.with_columns(
            valid(bounds).fill_null(value=False).alias("valid"), CORRECT.alias("correct"),
        )  # fmt: skip
        for dataset in under_way:
            dataset.take(told)
    whole, others = (
        replace(one, datasets=tuple(dataset.done(record, one) for dataset in under_way))
        for one in (axes, apart)
    )
    return replace(
        whole,
        language_models=tuple(sorted(language_models)),
        references=others if references else None,
    )


@dataclass
class _Dataset:
    """The arrays of one data set while they fill; models stand by fingerprint, each once."""

    name: str
    campaign: Campaign
    victims: Mapping[str, int]
    attacks: Mapping[str, int]
    samples: Mapping[str, int]
    replays: pl.DataFrame
    """Link, attack and repetition of each replay, by the fingerprints of replay and downstream."""
    meanings: Mapping[str, Mapping[str, str]]
    shape: tuple[int, int, int, int]
    fell: Floats
    valid: Floats
    correct: Floats
    mapped: Floats
    cut: Floats
    rejected: Floats
    replayed: Floats
    """Of links, and after them of models with a defence."""
    statuses: NDArray[np.int64]
    described: list[tuple[NDArray[np.int64], Descriptions]] = field(default_factory=list)

    @classmethod
    def empty(
        cls, record: StudyRecord, entry: CampaignEntry, campaign: Campaign, axes: Arrays
    ) -> _Dataset:
        fingerprints = _fingerprints(record)
        victims = {one: i for i, one in enumerate(dict.fromkeys(fingerprints.values()))}
        repetitions = max((attack.repetitions for attack in campaign.attacks), default=1)
        samples = campaign.data.sample_ids or _NONE_DONE
        shape = (len(victims), len(axes.attacks), len(samples), repetitions)
        meanings = record.specification.get("labels") or {}
        return cls(
            name=entry.dataset,
            campaign=campaign,
            victims=victims,
            attacks={a.fingerprint: axes.attacks.index(a.name) for a in campaign.attacks},
            samples={sample: i for i, sample in enumerate(samples)},
            replays=_replays(record, entry.dataset, axes, fingerprints),
            meanings={fingerprints[n]: m for n, m in meanings.items() if n in fingerprints},
            shape=shape,
            fell=np.full(shape, np.nan),
            valid=np.full(shape, np.nan),
            correct=np.full((shape[0], shape[2]), np.nan),
            mapped=np.full((shape[0], shape[2]), np.nan),
            cut=np.full((shape[0], shape[2]), np.nan),
            rejected=np.zeros((shape[0], shape[2])),
            replayed=np.full((len(axes.links) + len(axes.defended), *shape[1:]), np.nan),
            statuses=np.zeros((*shape[:2], len(STATUSES)), dtype=np.int64),
        )

    def take(self, chunk: pl.DataFrame) -> None:
        """Put the outcomes that belong here into their places."""
        here = chunk.filter(
            data_fingerprint=self.campaign.data.fingerprint, seed=self.campaign.seed
        ).with_columns(
            _index("victim_fingerprint", self.victims).alias("model"),
            _index("attack_fingerprint", self.attacks).alias("attack"),
            _index("sample_id", self.samples).alias("sample"),
        )
        here = here.filter(pl.col("sample").is_not_null(), pl.col("model").is_not_null())
        made = here.filter(pl.col("attack").is_not_null(), pl.col("repetition") < self.shape[3])
        if not made.is_empty():
            self._take_attempts(made)
        tried = here.filter(pl.col("attack").is_null(), ATTACKED).join(
            self.replays, on=("attack_fingerprint", "victim_fingerprint")
        )
        place = _places(tried, "link", "found_by", "sample", "found_in")
        self.replayed[place] = tried.select(SUCCEEDED).to_series().to_numpy()

    def _take_attempts(self, made: pl.DataFrame) -> None:
        codes = made["status"].replace_strict({str(s): i for i, s in enumerate(STATUSES)})
        place = (*_places(made, "model", "attack"), codes.to_numpy())
        np.add.at(self.statuses, place, 1)
        known = made.filter(pl.col("correct").is_not_null())
        self.correct[_places(known, "model", "sample")] = known["correct"].to_numpy()
        guarded = made.filter(pl.col("notes").str.contains(f'"{REJECTED}"', literal=True))
        self.rejected[_places(guarded, "model", "sample")] = [
            json.loads(notes)[REJECTED] for notes in guarded["notes"]
        ]
        self._take_meanings(made, known)
        self.cut[_places(made, "model", "sample")] = made["cut"].to_numpy()
        counted = made.filter(ATTACKED)
        where = _places(counted, "model", "attack", "sample", "repetition")
        self.fell[where] = counted.select(SUCCEEDED).to_series().to_numpy()
        self.valid[where] = counted["valid"].to_numpy()
        self.described.append(self._describe(made))

    def _take_meanings(self, made: pl.DataFrame, known: pl.DataFrame) -> None:
        """Tell correctness by the meaning of labels (``[labels]``), where it is given."""
        plain = known.filter(~pl.col("victim_fingerprint").is_in(list(self.meanings)))
        self.mapped[_places(plain, "model", "sample")] = plain["correct"].to_numpy()
        for fingerprint, meanings in self.meanings.items():
            theirs = made.filter(victim_fingerprint=fingerprint).with_columns(
                pl.col("original_label").replace_strict(
                    list(meanings), list(meanings.values()), default=None, return_dtype=pl.String
                ).alias("means")
            ).filter(pl.col("means").is_not_null())  # fmt: skip
            right = (theirs["means"] == theirs["gold_label"]).to_numpy()
            self.mapped[_places(theirs, "model", "sample")] = right

    def _describe(self, made: pl.DataFrame) -> tuple[NDArray[np.int64], Descriptions]:
        """Describe the attempts against the models of a chunk, which holds all against each."""
        models, local = np.unique(made["model"].to_numpy(), return_inverse=True)
        shape = (len(models), *self.shape[1:])
        where = (local, *_places(made, "attack", "sample", "repetition"))
        numbers = {name: np.full(shape, np.nan) for name in NUMBERS}
        for name, expression in NUMBERS.items():
            numbers[name][where] = made.select(expression.cast(pl.Float64)).to_series().to_numpy()
        numbers["characters_changed"] = np.full(shape, np.nan)
        successes = made.with_columns(pl.Series("local", local)).filter(SUCCEEDED)
        numbers["characters_changed"][
            _places(successes, "local", "attack", "sample", "repetition")
        ] = characters_changed(*(successes[name].to_list() for name in _TEXTS))
        noted = made.with_columns(pl.Series("local", local)).filter(pl.col("notes") != "{}")
        notes: dict[str, Floats] = {}
        for row, *place in noted.select(
            "notes", "local", "attack", "sample", "repetition"
        ).iter_rows():
            for name, value in json.loads(row).items():
                notes.setdefault(name, np.full(shape, np.nan))[tuple(place)] = value
        return models, describe(numbers, notes)

    def done(self, record: StudyRecord, axes: Arrays) -> DatasetArrays:
        """Return the arrays with the models in their order; one model may have several names."""
        fingerprints = _fingerprints(record)
        order = [self.victims[fingerprints[name]] for name in axes.models]
        attacks = self.campaign.attacks if self.campaign.data.sample_ids else ()
        repetitions = {attack.name: attack.repetitions for attack in attacks}
        return DatasetArrays(
            dataset=self.name,
            fell=self.fell[order],
            valid=self.valid[order],
            correct=np.where(
                self.rejected[order] == 1, 0 * self.correct[order], self.correct[order]
            ),
            mapped=self.mapped[order],
            cut=self.cut[order],
            rejected=self.rejected[order],
            replayed=self.replayed[: len(axes.links)],
            passed=self.replayed[len(axes.links) :][: len(axes.defended)],
            statuses=self.statuses[order],
            described=joined(self.described, (self.shape[0], self.shape[1]), order),
            repetitions=tuple(repetitions.get(name, 0) for name in axes.attacks),
        )


def _fingerprints(record: StudyRecord) -> dict[str, str]:
    """Return that of every model that could be loaded."""
    every = (*record.models, *record.references)
    return {model.name: model.fingerprint for model in every if model.fingerprint is not None}


def _replays(
    record: StudyRecord, dataset: str, axes: Arrays, fingerprints: Mapping[str, str]
) -> pl.DataFrame:
    links = {link: i for i, link in enumerate([*axes.links, *axes.defended])}
    attacks = {name: i for i, name in enumerate(axes.attacks)}
    rows = [
        (
            one.attack_fingerprint, fingerprints[one.downstream],
            links[one.upstream, one.downstream], attacks[one.attack], one.repetition,
        )
        for one in record.replays
        if one.dataset == dataset and (one.upstream, one.downstream) in links
    ]  # fmt: skip
    schema = {
        "attack_fingerprint": pl.String, "victim_fingerprint": pl.String, "link": pl.Int64,
        "found_by": pl.Int64, "found_in": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row").unique(maintain_order=True)


def _index(column: str, places: Mapping[str, int]) -> pl.Expr:
    """Return the place of each name; null where it has none."""
    return pl.col(column).replace_strict(
        list(places), list(places.values()), default=None, return_dtype=pl.Int64
    )


def _places(frame: pl.DataFrame, *columns: str) -> Any:  # noqa: ANN401  an index of arrays
    return tuple(frame[column].to_numpy() for column in columns)
