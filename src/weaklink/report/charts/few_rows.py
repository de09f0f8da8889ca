"""The rows that a chart can show: those with the highest and the lowest values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

ROWS_SHOWN = 60
"""Rows of a chart."""


def few_rows(rows: Sequence[T], value: Callable[[T], float]) -> list[T]:
    """Return all rows in their order, or half of a chart's rows from either end by value.

    >>> few_rows(range(100), float)[29:31]
    [29, 70]
    """
    if len(rows) <= ROWS_SHOWN:
        return list(rows)
    half = ROWS_SHOWN // 2
    ranked = sorted(range(len(rows)), key=lambda place: value(rows[place]))
    return [rows[place] for place in sorted((*ranked[:half], *ranked[-half:]))]


def what_is_left_out(rows: Sequence[T], named: str) -> str:
    """Return the end of a title that says that some rows are not drawn; empty where all are.

    >>> what_is_left_out(range(100), "models")
    '; of 100 models the 30 highest and the 30 lowest'
    """
    if len(rows) <= ROWS_SHOWN:
        return ""
    half = ROWS_SHOWN // 2
    return f"; of {len(rows):,} {named} the {half} highest and the {half} lowest"
