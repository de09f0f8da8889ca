"""Adversarial texts from a file: the corpora that authors publish, or a tool's log."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from weaklink.errors import WeaklinkError
from weaklink.guards.parquet_file import read_parquet
from weaklink.store.vulnerable import Attacked
from weaklink.text.pairs import Beside, holds_boundary

_ORIGINAL = ("original_text", "original", "clean")
_ADVERSARIAL = ("adversarial_text", "perturbed_text", "perturbed")
_RESULT, _ATTACK, _SUCCEEDED = "result_type", "attack", ("successful", "1", "succeeded")
_BESIDE = "text_before", "text_after"
_MARKS = "[\\[\\]]"
"""What TextAttack writes around changed words; the authors of RDE strip it, too."""


def read_pairs(path: Path) -> list[Attacked]:
    """Read a CSV or Parquet file of originals and of what was made of them.

    Columns are ``original_text`` and ``adversarial_text`` (or TextAttack's ``perturbed_text``,
    whose brackets around words are taken off). Where there is a column ``result_type``, only
    successes are adversarial. ``attack`` names the attack; without it, the file's name stands.
    Where texts are segments of pairs, ``text_before`` and ``text_after`` hold what stands beside
    them, as in the vulnerable samples that weaklink exports.

    Raises:
        WeaklinkError: It cannot be read, has no such columns, or a text holds what would make it a
            pair.
    """
    frame = _read(path)
    original, adversarial = (_column(frame, path, names) for names in (_ORIGINAL, _ADVERSARIAL))
    tool = adversarial == "perturbed_text"
    found: dict[str, list[tuple[str, str]]] = {}
    texts = frame.select(original, adversarial).fill_null("")
    if any(holds_boundary(text) for row in texts.iter_rows() for text in row):
        raise WeaklinkError(
            f"{path} holds the noncharacter U+FDD0 or U+FDD1.",
            "Delete it: no text that is meant for interchange holds one.",
        )
    beside = [
        frame[name].cast(pl.String).to_list() if name in frame.columns else [None] * len(frame)
        for name in _BESIDE
    ]
    if tool:
        texts = texts.with_columns(pl.all().str.replace_all(_MARKS, ""))
    succeeded = (
        frame[_RESULT].cast(pl.String).str.to_lowercase().is_in(_SUCCEEDED).to_list()
        if _RESULT in frame.columns
        else [True] * len(frame)
    )
    attacks = (
        frame[_ATTACK].cast(pl.String).to_list()
        if _ATTACK in frame.columns
        else [path.stem] * len(frame)
    )
    rows = zip(texts.iter_rows(), map(Beside, *beside), succeeded, attacks, strict=True)
    for (before, after), other, won, attack in rows:
        pairs = found.setdefault(other.whole(before), [])
        if won and after:
            pairs.append((str(attack), other.whole(after)))
    return [
        Attacked(text, path.stem, "", None, None, tuple(pairs)) for text, pairs in found.items()
    ]


def _read(path: Path) -> pl.DataFrame:
    try:
        if path.suffix == ".parquet":
            return read_parquet(path)
        return pl.read_csv(path, infer_schema=False, glob=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise WeaklinkError(f"{path} cannot be read: {error}.", "Give a CSV file.") from error


def _column(frame: pl.DataFrame, path: Path, names: tuple[str, ...]) -> str:
    found = next((name for name in names if name in frame.columns), None)
    if found is None:
        raise WeaklinkError(
            f"{path} has no column {names[0]}. Its columns are {', '.join(frame.columns)}.",
            f"Name one of its columns {' or '.join(names)}.",
        )
    return found
