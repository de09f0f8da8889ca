"""Labelled texts in a local CSV, TSV, JSONL or Parquet file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from weaklink.data.columns import UNREADABLE, PairColumns, Texts, column_name, column_of, texts_of
from weaklink.data.gold import Gold, gold_of, named, renamed
from weaklink.data.row_files import LINES, SEPARATED, read_rows
from weaklink.data.splits import Split
from weaklink.errors import WeaklinkError
from weaklink.files import require_file, user_path
from weaklink.guards.parquet_file import read_parquet

SPLIT = "file"
"""The split that all rows of a file belong to."""

_READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    **dict.fromkeys((*SEPARATED, *LINES), read_rows),
    ".parquet": read_parquet,
}
_SCHEMA = b"huggingface"
"""Where ``datasets`` keeps the schema of a Parquet file."""


def names_file(name: str) -> bool:
    """Return whether ``name`` is meant as a file: it ends as one, or one is there."""
    return Path(name).suffix.lower() in _READERS or Path(name).is_file()


def load_file(
    name: str,
    *,
    text_column: str | None,
    label_column: str | None,
    names: Mapping[str, str] | None = None,
    pair: PairColumns | None = None,
) -> Split:
    """Read a file of labelled texts.

    Columns are guessed from common names unless they are given. Labels that the schema of a Parquet
    file names have its order; see ``gold_of`` for the others.

    Args:
        name: The path.
        text_column: Column of the texts.
        label_column: Column of the labels.
        names: Other names for labels.
        pair: Where the other text of each row is.

    Raises:
        WeaklinkError: The file is missing, unreadable or empty, has no such columns, lacks a label
            somewhere, or its labels are scores.
    """
    path = user_path(name)
    frame = _read(path)
    texts = texts_of(frame, name, text_column, pair)
    label = column_name(frame, name, "label", label_column)
    source = f"file {Path(name).name}"
    split = split_of(frame, name, source, texts, label, _schema_names(path, label))
    return with_names(split, names or {})


def split_of(
    frame: pl.DataFrame,
    name: str,
    source: str,
    texts: Texts,
    label_column: str | None,
    schema: Sequence[str] | None = None,
) -> Split:
    """Return the labelled texts of a table; see ``load_file``.

    Args:
        frame: The table.
        name: How the user named it.
        source: Where it is from.
        texts: Its texts.
        label_column: Column of the labels.
        schema: Names of the labels that are numbers; None: the values are the labels.
    """
    gold = _gold(column_of(frame, name, "label", label_column), schema, name)
    return Split(name, source, SPLIT, gold.names, texts.rows, gold.rows, gold.ordered, texts.unread)


def read_texts(name: str, text_column: str | None, pair: PairColumns | None = None) -> list[str]:
    """Read the texts of a file, which needs no labels.

    Raises:
        WeaklinkError: The file is missing, unreadable or empty, or has no such column.
    """
    return texts_of(_read(user_path(name)), name, text_column, pair).rows


def labels_of(name: str) -> frozenset[str]:
    """Return the labels in a file that `read_texts` reads; none where no column looks like them."""
    frame = _read(user_path(name))
    try:
        return frozenset(column_of(frame, name, "label", None))
    except WeaklinkError:
        return frozenset()


def with_names(split: Split, names: Mapping[str, str]) -> Split:
    """Return a split whose labels have other names.

    Raises:
        WeaklinkError: It has no such label.
    """
    gold = renamed(Gold(split.labels, list(split.gold), split.ordered), names, split.name)
    return replace(split, labels=gold.names, gold=gold.rows) if names else split


def _gold(values: Sequence[str], names: Sequence[str] | None, what: str) -> Gold:
    if names is None:
        return gold_of(values, f"the label column of {what}")
    return named([int(value) for value in values], names, what)


def _schema_names(path: Path, label: str) -> Sequence[str] | None:
    """Return the names that the schema of a Parquet file gives the labels, if it does."""
    if path.suffix.lower() != ".parquet":
        return None
    from pyarrow.parquet import read_schema

    try:
        said = json.loads((read_schema(path).metadata or {})[_SCHEMA])
        names = said["info"]["features"][label]["names"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    fits = isinstance(names, list) and all(isinstance(one, str) for one in names)
    return names if fits else None


def _read(path: Path) -> pl.DataFrame:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise WeaklinkError(
            f"weaklink cannot read files of the type of {path}.",
            f"Give a file that ends in {', '.join(_READERS)}.",
        )
    try:
        require_file(path)
        frame = reader(path)
    except FileNotFoundError as error:
        raise WeaklinkError(f"there is no file {path}.", "Check the path.") from error
    except (OSError, ValueError, OverflowError, *UNREADABLE) as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise WeaklinkError(
            f"{path} cannot be read: {reason}.", "Check that it is complete."
        ) from error
    if frame.is_empty():
        raise _empty(path)
    return frame


def _empty(path: Path) -> WeaklinkError:
    return WeaklinkError(f"{path} is empty.", "Give a file with labelled texts.")
