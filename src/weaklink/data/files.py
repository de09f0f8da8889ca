"""Labelled texts in a local CSV, TSV, JSONL or Parquet file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from weaklink.data.splits import Split
from weaklink.errors import WeaklinkError
from weaklink.files import user_path

SPLIT = "file"
"""The split that all rows of a file belong to."""

_TEXT_COLUMNS = ("text", "sentence", "content", "review", "document", "comment", "body", "tweet")
_LABEL_COLUMNS = ("label", "labels", "sentiment", "class", "category", "target", "polarity", "gold")
_POLARS = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.0+)?")

_READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".csv": partial(pl.read_csv, infer_schema=False, glob=False),
    ".tsv": partial(pl.read_csv, infer_schema=False, separator="\t", glob=False),
    ".jsonl": lambda path: pl.read_ndjson(path.read_bytes()),
    ".ndjson": lambda path: pl.read_ndjson(path.read_bytes()),
    ".parquet": partial(pl.read_parquet, glob=False),
}


def names_file(name: str) -> bool:
    """Return whether ``name`` is meant as a file: it ends as one, or one is there."""
    return Path(name).suffix.lower() in _READERS or Path(name).is_file()


def load_file(name: str, *, text_column: str | None, label_column: str | None) -> Split:
    """Read a file of labelled texts.

    Columns are guessed from common names unless they are given. Labels that are whole numbers
    are put in numerical order, others in alphabetical order.

    Raises:
        WeaklinkError: The file is missing, unreadable or empty, has no such columns, or lacks
            a text or a label somewhere.
    """
    frame = _read(user_path(name))
    return split_of(frame, name, f"file {Path(name).name}", text_column, label_column)


def split_of(
    frame: pl.DataFrame, name: str, source: str, text_column: str | None, label_column: str | None
) -> Split:
    """Return the labelled texts of a table; see ``load_file``."""
    texts = _column(frame, name, "text", text_column, _TEXT_COLUMNS)
    labels, gold = _gold(_column(frame, name, "label", label_column, _LABEL_COLUMNS))
    return Split(name, source, SPLIT, labels, texts, gold)


def read_texts(name: str, text_column: str | None) -> list[str]:
    """Read the texts of a file, which needs no labels.

    Raises:
        WeaklinkError: The file is missing, unreadable or empty, or has no such column.
    """
    return _column(_read(user_path(name)), name, "text", text_column, _TEXT_COLUMNS)


def _read(path: Path) -> pl.DataFrame:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise WeaklinkError(
            f"weaklink cannot read files of the type of {path}.",
            f"Give a file that ends in {', '.join(_READERS)}.",
        )
    try:
        frame = reader(path)
    except FileNotFoundError as error:
        raise WeaklinkError(f"there is no file {path}.", "Check the path.") from error
    except pl.exceptions.NoDataError as error:
        raise _empty(path) from error
    except (OSError, ValueError, OverflowError, *_POLARS) as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise WeaklinkError(
            f"{path} cannot be read: {reason}.", "Check that it is complete and encoded in UTF-8."
        ) from error
    if frame.is_empty():
        raise _empty(path)
    return frame


def _empty(path: Path) -> WeaklinkError:
    return WeaklinkError(f"{path} is empty.", "Give a file with labelled texts.")


def _column(
    frame: pl.DataFrame, name: str, role: str, asked: str | None, usual: Sequence[str]
) -> list[str]:
    """Return the column for a role as strings; a row without a text counts as an empty one."""
    folded = {column.casefold(): column for column in frame.columns}
    guesses = [folded[guess] for guess in usual if guess in folded]
    column = asked or next(iter(guesses), None)
    if column not in frame.columns:
        missing = f"column {asked!r}" if asked else f"column that looks like the {role}"
        raise WeaklinkError(
            f"{name} has no {missing}. Its columns are {', '.join(frame.columns)}.",
            f"Name the column with --{role}-column.",
        )
    if frame[column].dtype.is_nested():
        raise WeaklinkError(
            f"the column {column!r} of {name} holds lists or records.",
            f"Name another one with --{role}-column.",
        )
    try:
        values = frame[column].cast(pl.String)
    except _POLARS as error:
        raise WeaklinkError(
            f"the column {column!r} of {name} holds {frame[column].dtype}, not text.",
            f"Name another one with --{role}-column.",
        ) from error
    if role == "label" and values.null_count():
        row = values.is_null().arg_max()
        raise WeaklinkError(
            f"row {row} of {name} has no label in the column {column!r}.",
            "Fill it in, or delete the row.",
        )
    return values.fill_null("").to_list()


def _gold(values: Sequence[str]) -> tuple[tuple[str, ...], list[int]]:
    """Return the label names, and the index of each row's."""
    if all(_WHOLE_NUMBER.fullmatch(value) for value in values):
        values = [str(int(value.partition(".")[0])) for value in values]
        labels = sorted(set(values), key=int)
    else:
        labels = sorted(set(values))
    index = {label: i for i, label in enumerate(labels)}
    return tuple(labels), [index[value] for value in values]
