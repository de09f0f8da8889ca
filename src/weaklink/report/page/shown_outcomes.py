"""The outcomes that a page holds: all of them, or some of every model and attack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, cast

import polars as pl

from weaklink.measures.bounds import Bounds
from weaklink.measures.quality import breaches, valid
from weaklink.measures.results import Results
from weaklink.store import Outcome, Status
from weaklink.store.frame import COLUMNS
from weaklink.store.studies import Study
from weaklink.store.tables import KEY, to_outcome

OUTCOMES_SHOWN = 20_000
"""Outcomes that a page holds at most."""

_READ = (*KEY, "status")
_WORDS: Mapping[Any, Any] = {name: pl.Categorical for name in _READ if COLUMNS[name] is pl.String}
_LETTERS: Mapping[Any, Any] = {pl.Categorical: pl.String}
_PLACE = ("model", "attack", "dataset", "sample_id", "repetition")
_UNCOUNTED = (str(Status.ERROR), str(Status.SKIPPED))
_BEYOND = "beyond "
_FIRST = {str(Status.SUCCEEDED): 0, str(Status.ERROR): 1}
"""Which outcomes are chosen before others."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay among the outcomes: the attack that found its texts, on which upstream."""

    attack: str
    upstream: str
    repetition: int


@dataclass(frozen=True, slots=True)
class ShownOutcome:
    """An outcome with its names.

    Attributes:
        outcome: As the store has it.
        model: As the campaign names it.
        dataset: Likewise.
        replay: What was replayed, if the outcome is of a replay.
        falls: How many attacks the sample falls to, if every attack was tried on it.
        valid: Whether the adversarial text is within the bounds; None without one.
        beyond: The measures by which it is out of bounds.
    """

    outcome: Outcome
    model: str
    dataset: str
    replay: Replayed | None
    falls: int | None
    valid: bool | None
    beyond: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownOutcomes:
    """The outcomes of a page, and how many there are in all."""

    outcomes: Sequence[ShownOutcome]
    total: int


def chosen_outcomes(study: Study, results: Results, most: int = OUTCOMES_SHOWN) -> ShownOutcomes:
    """Return the outcomes of attacks, and of the replays that had a text to replay.

    Where there are more than ``most``, every model and attack gives as many as the others, its
    successes first.
    """
    placed = placed_outcomes(study, results)
    chosen = _evenly(placed, most) if placed.height > most else placed
    return ShownOutcomes([*shown_outcomes(study, chosen, results.bounds)], placed.height)


def placed_outcomes(
    study: Study, results: Results, more: Sequence[str] = (), made: Sequence[pl.Expr] = ()
) -> pl.DataFrame:
    """Return the outcomes of attacks, and of the replays that had a text to replay, in order.

    A row has the key, the status, the names of model, attack and data set, ``is_replay``,
    ``falls`` and, of a replay, ``upstream`` and ``found_in``.

    Args:
        study: What was run.
        results: Its figures.
        more: Further columns to read.
        made: What to make of the columns that are read, in place of ``more``.
    """
    keys = pl.concat(_keys(study, more, made))
    own, replayed = _made(study, keys), _replayed(study, keys)
    named = pl.concat([own, _with_text(replayed, own)], how="diagonal")
    falls = _falls(own, results.attacks)
    return _in_order(study, named.join(falls, how="left", on=("model", "dataset", "sample_id")))


def _keys(study: Study, more: Sequence[str], made: Sequence[pl.Expr]) -> Iterator[pl.DataFrame]:
    """Yield keys and states; their words are numbers inside, which are small and quick to sort."""
    read = (*_READ, *more)
    none = pl.DataFrame(schema={name: COLUMNS[name] for name in read})
    for chunk in chain([none], study.outcomes.chunks(read)):
        yield chunk.select(*_READ, *made).cast(_WORDS)


def _made(study: Study, keys: pl.DataFrame) -> pl.DataFrame:
    """Return the outcomes of attacks with the names of what they are of."""
    replays = {entry.attack_fingerprint for entry in study.record.replays}
    attacks = {
        attack.fingerprint: attack.name
        for entry in study.record.campaigns
        for attack in study.campaigns[entry.campaign].attacks
        if attack.fingerprint not in replays
    }
    return _named(study, keys).join(
        _frame(attacks.items(), ("attack_fingerprint", "attack")), on="attack_fingerprint"
    )


def _replayed(study: Study, keys: pl.DataFrame) -> pl.DataFrame:
    """Return the outcomes of replays; attack and repetition are those that found the text."""
    replays = _frame(
        ((e.attack_fingerprint, e.downstream, e.attack, e.upstream) for e in study.record.replays),
        ("attack_fingerprint", "model", "attack", "upstream"),
    ).with_columns(
        pl.Series("found_in", [e.repetition for e in study.record.replays], dtype=pl.Int64)
    )
    return _named(study, keys).join(replays, on=("attack_fingerprint", "model"))


def _with_text(replayed: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """Return the replays of samples that fell upstream: of others nothing was replayed."""
    fell = made.filter(pl.col("status") == str(Status.SUCCEEDED)).select(_PLACE)
    return replayed.join(
        fell,
        how="semi",
        left_on=("upstream", "attack", "dataset", "sample_id", "found_in"),
        right_on=_PLACE,
    )


def _named(study: Study, keys: pl.DataFrame) -> pl.DataFrame:
    record = study.record
    models = {
        victim.fingerprint: victim.name
        for entry in record.campaigns
        for victim in study.campaigns[entry.campaign].victims
    } | {str(model.fingerprint): model.name for model in record.models if model.fingerprint}
    datasets = {
        study.campaigns[entry.campaign].data.fingerprint: entry.dataset
        for entry in record.campaigns
    }
    return keys.join(
        _frame(models.items(), ("victim_fingerprint", "model")), on="victim_fingerprint"
    ).join(_frame(datasets.items(), ("data_fingerprint", "dataset")), on="data_fingerprint")


def _frame(rows: Iterable[tuple[str, ...]], names: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame([*rows], schema=dict.fromkeys(names, pl.Categorical), orient="row")


def _falls(made: pl.DataFrame, attacks: Sequence[str]) -> pl.DataFrame:
    """Return how many attacks each sample falls to, of those that every attack was tried on."""
    fell = pl.col("status") == str(Status.SUCCEEDED)
    return (
        made.filter(~pl.col("status").is_in(_UNCOUNTED))
        .group_by("model", "dataset", "sample_id")
        .agg(
            pl.col("attack").n_unique().alias("tried"),
            pl.col("attack").filter(fell).n_unique().alias("falls"),
        )
        .filter(pl.col("tried") == len(attacks))
        .drop("tried")
    )


def _in_order(study: Study, named: pl.DataFrame) -> pl.DataFrame:
    """Return the outcomes data set by data set, in the order that their campaigns ask for them."""
    record = study.record
    campaigns = [study.campaigns[entry.campaign] for entry in record.campaigns]
    samples = {
        sample: place
        for campaign in campaigns
        for place, sample in enumerate(campaign.data.sample_ids)
    }
    return named.with_columns(
        _place("dataset", (entry.dataset for entry in record.campaigns)),
        _place("model", (model.name for model in record.models)),
        _place("attack", (attack.name for campaign in campaigns for attack in campaign.attacks)),
        _place("sample_id", samples),
        pl.col("upstream").is_not_null().alias("is_replay")
        if "upstream" in named.columns
        else pl.lit(value=False).alias("is_replay"),
    ).sort(
        "is_replay", "dataset_place", "model_place", "attack_place", "repetition",
        "sample_id_place", "sample_id",
    )  # fmt: skip


def _place(column: str, names: Iterable[str]) -> pl.Expr:
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return (
        pl.col(column)
        .replace_strict(places, default=len(places), return_dtype=pl.Int64)
        .alias(f"{column}_place")
    )


def _evenly(placed: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return as many of each model and attack, over the data sets in turn, successes first."""
    numbered = placed.with_row_index("number").with_columns(
        pl.col("status").replace_strict(_FIRST, default=2, return_dtype=pl.Int64).alias("rank")
    )
    group = ["model", "attack", "is_replay"]
    one = pl.int_range(pl.len())
    return (
        numbered.sort("rank", "number")
        .with_columns(one.over(*group, "dataset", "rank").alias("turn"))
        .sort("rank", "turn", "number")
        .with_columns(one.over(*group).alias("turn"))
        .sort("turn", "number")
        .head(most)
        .sort("number")
        .drop("number", "rank", "turn")
    )


def shown_outcomes(study: Study, chosen: pl.DataFrame, bounds: Bounds) -> Iterator[ShownOutcome]:
    """Yield whole outcomes.

    Args:
        study: What was run.
        chosen: Rows of ``placed_outcomes``.
        bounds: What makes an adversarial text valid.
    """
    rows = {tuple(row[name] for name in KEY): row for row in _rows(study, chosen, bounds)}
    for row in chosen.iter_rows(named=True):
        whole, upstream = rows[tuple(row[name] for name in KEY)], row.get("upstream")
        replay = Replayed(row["attack"], upstream, row["found_in"]) if upstream else None
        yield ShownOutcome(
            outcome=to_outcome(cast("Any", whole)),
            model=row["model"],
            dataset=row["dataset"],
            replay=replay,
            falls=None if replay else row["falls"],
            valid=whole["valid"],
            beyond=tuple(name for name in breaches(bounds) if whole[_BEYOND + name])
            if whole["valid"] is False
            else (),
        )


def _rows(study: Study, chosen: pl.DataFrame, bounds: Bounds) -> Iterator[dict[str, Any]]:
    """Yield the whole outcomes."""
    beyond = [breach.alias(_BEYOND + name) for name, breach in breaches(bounds).items()]
    rows = study.outcomes.rows(chosen.select(KEY).cast(_LETTERS))
    yield from rows.with_columns(valid(bounds).alias("valid"), *beyond).iter_rows(named=True)
