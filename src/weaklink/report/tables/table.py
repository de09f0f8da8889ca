"""A table with its values, for the page, for files, for Markdown and for the terminal alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeAlias

import polars as pl

from weaklink.measures import Estimate
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.report.written import Kind, interval, value_of, written

Value: TypeAlias = str | int | float | Estimate | None

ROWS_SHOWN = 300
"""Rows of a table on the page; files have them all."""

_TYPES = {"text": pl.String, "count": pl.Int64}
_PARTS = (
    ("", "value", pl.Float64),
    ("_low", "low", pl.Float64),
    ("_high", "high", pl.Float64),
    ("_n", "n", pl.Int64),
)
"""The columns that an estimate becomes: ending of the name, part of the estimate, type."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in files, its heading, what its values are, and whether with interval."""

    name: str
    heading: str
    kind: Kind = "text"
    interval: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The values of a row, one for each column.

    Attributes:
        values: They.
        links: The outcomes that some of them count, by column.
        kinds: What values are that are not what their column's are.
    """

    values: tuple[Value, ...]
    links: Mapping[str, OutcomeLink] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is shown.

    ``rank`` is the number that its column is sorted by; None where words are.
    """

    text: str
    interval: str
    hover: str
    href: str | None
    figure: bool
    rank: str | None
    n: int | None

    @property
    def counted(self) -> str:
        """The number of samples; empty where there is none, or where the value names it."""
        named = self.n is None or self.text.endswith(f" of {self.n}")
        return "" if named else f"n={self.n}"

    @property
    def plain(self) -> str:
        """The value with its interval and the number of samples, in one line."""
        return " ".join(filter(None, (self.text, self.interval, self.counted)))


@dataclass(frozen=True, slots=True)
class Table:
    """Values under a caption.

    Attributes:
        key: Its name among files.
        number: As the paper numbers its counterpart; empty where there is none.
        title: What it shows.
        note: What a reader must know; may be empty.
    """

    key: str
    number: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def caption(self) -> str:
        """The title after its number."""
        return f"{self.number}. {self.title}" if self.number else self.title

    @property
    def cut(self) -> bool:
        """Whether the page shows some of the rows only."""
        return len(self.rows) > ROWS_SHOWN

    def without(self, name: str) -> Table:
        """Return the table without a column, if it has that."""
        kept = [place for place, column in enumerate(self.columns) if column.name != name]
        return replace(
            self,
            columns=tuple(self.columns[place] for place in kept),
            rows=tuple(replace(r, values=tuple(r.values[p] for p in kept)) for r in self.rows),
        )

    def empty_columns(self) -> tuple[str, ...]:
        """Return the names of the columns that no row has a value in."""
        return tuple(
            column.name
            for place, column in enumerate(self.columns)
            if all(row.values[place] is None for row in self.rows)
        )

    def renamed(self, name: str, names: Mapping[str, str]) -> Table:
        """Return the table with other names in a column of words, if it has that."""
        places = {place for place, column in enumerate(self.columns) if column.name == name}
        return replace(
            self,
            rows=tuple(
                replace(
                    row,
                    values=tuple(
                        names.get(str(value), str(value)) if place in places else value
                        for place, value in enumerate(row.values)
                    ),
                )
                for row in self.rows
            ),
        )

    def shown(self) -> Iterator[list[Cell]]:
        """Yield the rows that the page shows."""
        return islice(self.cells(), ROWS_SHOWN)

    def cells(self) -> Iterator[list[Cell]]:
        """Yield each row as it is shown."""
        for row in self.rows:
            yield [
                _cell(row.kinds.get(column.name, column.kind), value, row.links.get(column.name))
                for column, value in zip(self.columns, row.values, strict=True)
            ]

    def frame(self) -> pl.DataFrame:
        """Return the values; an estimate becomes four columns: ``x``, ``x_low`` and so on."""
        series = []
        for i, column in enumerate(self.columns):
            values = [row.values[i] for row in self.rows]
            if column.interval:
                for ending, part, dtype in _PARTS:
                    parts = [getattr(value, part, None) for value in values]
                    series.append(pl.Series(column.name + ending, parts, dtype))
            else:
                kind = _TYPES.get(column.kind, pl.Float64)
                series.append(pl.Series(column.name, values, kind))
        return pl.DataFrame(series)


def _cell(kind: Kind, value: Value, link: OutcomeLink | None) -> Cell:
    estimate = value if isinstance(value, Estimate) else None
    plain = value.value if isinstance(value, Estimate) else value
    nothing = kind == "count" and plain == 0
    return Cell(
        text=written(plain, kind) if estimate is None else value_of(estimate, kind),
        interval=interval(estimate, kind) if estimate else "",
        hover=f"n = {estimate.n:,} samples" if estimate else "",
        href=None if link is None or plain is None or nothing else link.href,
        figure=kind != "text",
        rank=_rank(plain),
        n=None if estimate is None else estimate.n,
    )


def _rank(value: str | float | None) -> str | None:
    """Return a number in full, an empty text for none; None for words."""
    if value is None:
        return ""
    return None if isinstance(value, str) else f"{value:.9g}"


def for_spreadsheets(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose words no spreadsheet takes for a formula: those get an apostrophe."""
    words = pl.col(pl.String)
    formula = words.str.contains(r"^[\s\x00]*[=+@\-]|^[\t\r]")
    return frame.with_columns(pl.when(formula).then("'" + words).otherwise(words).name.keep())
