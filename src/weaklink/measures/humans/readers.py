"""The sheets of readers: what they say, how far they agree, and what that makes of the rates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict

from weaklink.document import Document
from weaklink.errors import WeaklinkError
from weaklink.measures.humans.inference import powered_rate, rate_of, unread_strata
from weaklink.measures.humans.population import ITEM, STRATA
from weaklink.measures.statistics.estimate import Estimate
from weaklink.store.tables import KEY

QUESTIONS = ("same_label", "fluent")
_ANSWERS = {"yes": 1.0, "y": 1.0, "1": 1.0, "no": 0.0, "n": 0.0, "0": 0.0}


class SheetReader(BaseModel):
    """Who read, and how much."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    llm: bool
    """Whether it is a language model, whose answers enter agreement and no rate."""
    texts: int
    """Texts with an answer to either question."""


class HumanValidity(Document):
    """What readers say of a campaign's adversarial texts."""

    kind: Literal["human-validity"] = "human-validity"
    schema_version: Literal[2] = 2
    digest: str
    """Of the campaign's specification."""
    readers: tuple[SheetReader, ...]
    alpha_same_label: float | None
    """Krippendorff's alpha, nominal, over all readers; None where no text has two answers, or all
    answers are the same."""
    alpha_fluent: float | None
    alpha_same_label_people: float | None
    """The same without language models."""
    texts_read: int
    """Texts that a person answered both questions of."""
    asr_all: Estimate | None
    """Successes over all attempts."""
    asr_valid: Estimate | None
    """Those of them whose texts are within the bounds: the judge's verdict."""
    asr_same_label: Estimate | None
    """By people: successes whose texts still have the original's label, over all attempts."""
    asr_human: Estimate | None
    """By people: successes whose texts have the original's label and are fluent. None where a
    stratum with successes has no text read."""
    strata: tuple[str, ...]
    """What the texts were drawn by: ``attack``, ``dataset``, ``victim``."""
    unread: tuple[tuple[str, ...], ...]
    """The strata with successes of which no text was read."""


def read_sheets(sheets: Sequence[Path], *, llm: bool) -> list[tuple[SheetReader, pl.DataFrame]]:
    """Return each sheet's reader and answers, 1 for yes, 0 for no, null for none.

    Raises:
        WeaklinkError: A sheet cannot be read, lacks a column, or has another answer, or a text
            twice.
    """
    found = []
    for path in sheets:
        frame = _table(path, "Give a sheet of `weaklink validate sample`.")
        if missing := {ITEM, *QUESTIONS} - {*frame.columns}:
            raise WeaklinkError(
                f"{path} has no column {min(missing)}.",
                "Give a sheet of `weaklink validate sample` with its columns.",
            )
        _check_items(frame, path)
        answers = frame.select(ITEM, *(_answers(frame[name], path) for name in QUESTIONS))
        known = answers.filter(pl.any_horizontal(pl.col(QUESTIONS).is_not_null()))
        found.append((SheetReader(name=path.stem, llm=llm, texts=len(known)), answers))
    return found


def read_key(path: Path, attempts: pl.DataFrame) -> pl.DataFrame:
    """Return which outcome each text of a sheet is.

    Args:
        path: What ``weaklink validate sample`` wrote beside the sheet.
        attempts: As ``population.attempts_of`` gives them.

    Raises:
        WeaklinkError: It is not a key, or that of another run.
    """
    key = _table(path, "Name the key with --key.")
    if not {ITEM, *KEY} <= {*key.columns}:
        raise WeaklinkError(f"{path} is not the key of a sheet.", "Name it with --key.")
    _check_items(key, path)
    key = key.with_columns(pl.col(name).cast(attempts.schema[name], strict=False) for name in KEY)
    if unknown := len(key.join(attempts, on=KEY, how="anti")):
        raise WeaklinkError(
            f"{path} is the key of another run: {unknown} of its texts are none of this one.",
            "Name the store that the texts were drawn from.",
        )
    return key


def _table(path: Path, remedy: str) -> pl.DataFrame:
    try:
        return pl.read_csv(path, infer_schema=False, glob=False)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise WeaklinkError(f"{path} cannot be read as CSV.", remedy) from error


def _check_items(table: pl.DataFrame, path: Path) -> None:
    """Refuse a table that has a text twice, which would count twice, or a row of none."""
    repeated = table.filter(pl.col(ITEM).is_duplicated() | pl.col(ITEM).is_null())[ITEM]
    if len(repeated):
        raise WeaklinkError(
            f"{path} has the item {repeated[0] or '':.50} in {len(repeated)} rows.",
            "Give each text one row.",
        )


def _answers(column: pl.Series, path: Path) -> pl.Series:
    said = [(value or "").strip().lower() for value in column]
    if odd := next((one for one in said if one and one not in _ANSWERS), None):
        raise WeaklinkError(
            f"{path} has the answer {odd!r:.50} in the column {column.name}.",
            "Answer yes or no, or leave the place empty.",
        )
    return pl.Series(column.name, [_ANSWERS.get(one) for one in said], dtype=pl.Float64)


def human_validity(
    attempts: pl.DataFrame,
    key: pl.DataFrame,
    sheets: Sequence[tuple[SheetReader, pl.DataFrame]],
    digest: str,
) -> HumanValidity:
    """Return agreement and rates.

    Args:
        attempts: As ``population.attempts_of`` gives them.
        key: The item and the outcome's key of each text that was shown, and the columns that they
            were drawn by; without any, they were drawn by attack.
        sheets: From ``read_sheets``.
        digest: Of the campaign's specification.

    Raises:
        WeaklinkError: A sheet has texts that the key lacks.
    """
    for reader, answers in sheets:
        if others := answers[ITEM].is_in(key[ITEM].implode()).not_().sum():
            raise WeaklinkError(
                f"The key lacks {others} texts of the sheet {reader.name}.",
                "Name the key that was written beside the sheet with --key.",
            )
    people = [answers for reader, answers in sheets if not reader.llm]
    every = [answers for _, answers in sheets]
    read = _by_people(key, people)
    told = attempts.join(read, on=KEY, how="left", maintain_order="left")
    sound = pl.min_horizontal(*QUESTIONS, pl.lit(1.0))
    both = pl.all_horizontal(pl.col(QUESTIONS).is_not_null())
    strata = tuple(name for name in STRATA if name in key.columns) or STRATA[:1]
    label = told.with_columns(pl.col("same_label").alias("read"))
    whole = told.with_columns(pl.when(both).then(sound).alias("read"))
    success, judged = (attempts[name].to_numpy().astype(float) for name in ("success", "judged"))
    return HumanValidity(
        digest=digest,
        readers=tuple(reader for reader, _ in sheets),
        alpha_same_label=alpha(key, every, "same_label"),
        alpha_fluent=alpha(key, every, "fluent"),
        alpha_same_label_people=alpha(key, people, "same_label"),
        texts_read=len(read.filter(both)),
        asr_same_label=powered_rate(label, strata),
        asr_human=powered_rate(whole, strata),
        asr_all=rate_of(success, attempts["cluster"]),
        asr_valid=rate_of(success * judged, attempts["cluster"]),
        strata=strata,
        unread=tuple(unread_strata(whole, strata)),
    )


def _by_people(key: pl.DataFrame, people: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the majority's answers by the outcome's key; half where people are divided."""
    if not people:
        return key.select(*KEY, *(pl.lit(None, pl.Float64).alias(name) for name in QUESTIONS))
    means = pl.concat(people).group_by(ITEM).agg(pl.col(QUESTIONS).mean())
    majority = [
        pl.when(pl.col(name) == 0.5).then(0.5).otherwise(pl.col(name).round()).alias(name)  # noqa: PLR2004
        for name in QUESTIONS
    ]
    return key.join(means, on=ITEM).select(*KEY, *majority)


def alpha(key: pl.DataFrame, sheets: Sequence[pl.DataFrame], question: str) -> float | None:
    """Return Krippendorff's (2011) alpha of a question, nominal; None where it has none."""
    import krippendorff

    rows = [
        key.select(ITEM).join(one, on=ITEM, how="left", maintain_order="left")[question].to_numpy()
        for one in sheets
    ]
    told = np.array(rows, dtype=float).reshape(len(rows), -1)
    paired = told[:, (~np.isnan(told)).sum(axis=0) > 1]
    if len(np.unique(paired[~np.isnan(paired)])) < 2:  # noqa: PLR2004
        return None
    return float(krippendorff.alpha(told, level_of_measurement="nominal"))
