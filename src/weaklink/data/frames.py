"""Labelled texts in a data frame of pandas or polars."""

from __future__ import annotations

from typing import Any

import polars as pl

from weaklink.data.columns import PairColumns, texts_of
from weaklink.data.files import split_of
from weaklink.data.splits import Split
from weaklink.errors import WeaklinkError


def is_frame(data: Any) -> bool:  # noqa: ANN401 - whatever a caller gives
    """Return whether something is a data frame of pandas or polars."""
    return isinstance(data, pl.DataFrame | pl.LazyFrame) or (
        type(data).__module__.partition(".")[0] == "pandas" and hasattr(data, "columns")
    )


def split_of_frame(
    data: Any,  # noqa: ANN401 - of pandas or polars
    name: str,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    pair: PairColumns | None = None,
) -> Split:
    """Return the labelled texts of a frame, whose columns are guessed as those of a file are.

    Raises:
        WeaklinkError: It is empty, has no such columns, or lacks a label somewhere.
    """
    if isinstance(data, pl.LazyFrame):
        frame = data.collect()
    elif isinstance(data, pl.DataFrame):
        frame = data
    else:
        frame = pl.DataFrame({str(column): data[column].tolist() for column in data.columns})
    if frame.is_empty():
        raise WeaklinkError("The data frame is empty.", "Give one with labelled texts.")
    return split_of(
        frame, name, "data frame", texts_of(frame, name, text_column, pair), label_column
    )
