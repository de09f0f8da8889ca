"""A table of the study with its values, for the page, for files and for LaTeX alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import polars as pl

from weaklink.measures import Estimate
from weaklink.measures.frames import PARTS
from weaklink.report.figures import UNKNOWN, p_value
from weaklink.report.study.query import Query

Kind: TypeAlias = Literal["text", "share", "difference", "count", "number", "p"]
Value: TypeAlias = str | int | float | Estimate | None

_TYPES = {"text": pl.String, "count": pl.Int64}


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
        queries: The outcomes behind some of them, by column.
        kinds: What values are that are not what their column's are.
    """

    values: tuple[Value, ...]
    queries: Mapping[str, Query] = field(default_factory=dict)
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


@dataclass(frozen=True, slots=True)
class StudyTable:
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

    def cells(self) -> Iterator[list[Cell]]:
        """Yield each row as it is shown."""
        for row in self.rows:
            yield [
                _cell(row.kinds.get(column.name, column.kind), value, row.queries.get(column.name))
                for column, value in zip(self.columns, row.values, strict=True)
            ]

    def frame(self) -> pl.DataFrame:
        """Return the values; an estimate becomes four columns, as in ``measures.frames``."""
        series = []
        for i, column in enumerate(self.columns):
            values = [row.values[i] for row in self.rows]
            if column.interval:
                for ending, part, dtype in PARTS:
                    parts = [getattr(value, part, None) for value in values]
                    series.append(pl.Series(column.name + ending, parts, dtype))
            else:
                kind = _TYPES.get(column.kind, pl.Float64)
                series.append(pl.Series(column.name, values, kind))
        return pl.DataFrame(series)


def percent(value: float | None) -> str:
    """Write a share in per cent.

    >>> percent(0.527)
    '52.7 %'
    """
    return UNKNOWN if value is None else f"{100 * value:.1f} %"


def points(value: float | None) -> str:
    """Write a difference of shares in percentage points, with its sign and a true minus.

    >>> points(0.126), points(-0.02), points(0.0)
    ('+12.6', '−2.0', '0.0')
    """
    if value is None:
        return UNKNOWN
    written = f"{100 * value:+z.1f}".replace("-", "−")
    return "0.0" if written == "+0.0" else written


def write(figure: Estimate | None, kind: Kind = "share") -> str:
    """Write an estimate with its interval, for a sentence or a file.

    >>> write(Estimate(value=0.527, low=0.5, high=0.55, n=100))
    '52.7 % [50.0, 55.0]'
    """
    if figure is None:
        return UNKNOWN
    return f"{_text(figure.value, kind)} {_interval(figure, kind)}"


def _cell(kind: Kind, value: Value, query: Query | None) -> Cell:
    estimate = value if isinstance(value, Estimate) else None
    plain = value.value if isinstance(value, Estimate) else value
    return Cell(
        text=_text(plain, kind),
        interval=_interval(estimate, kind) if estimate else "",
        hover=f"n = {estimate.n:,} samples" if estimate else "",
        href=None if query is None or plain is None else query.href,
        figure=kind != "text",
        rank=_rank(plain),
    )


def _rank(value: str | float | None) -> str | None:
    """Return a number in full, an empty text for none; None for words."""
    if value is None:
        return ""
    return None if isinstance(value, str) else f"{value:.9g}"


def _text(value: str | float | None, kind: Kind) -> str:
    if value is None or isinstance(value, str):
        return UNKNOWN if value is None else value
    written: Mapping[str, str] = {
        "share": percent(value),
        "difference": points(value),
        "count": f"{value:,.0f}",
        "p": p_value(value),
    }
    return written.get(kind, f"{value:.3g}")


def _interval(figure: Estimate, kind: Kind) -> str:
    if kind == "difference":
        return f"[{points(figure.low)}, {points(figure.high)}]"
    return f"[{100 * figure.low:.1f}, {100 * figure.high:.1f}]"
