"""Files of rows as tables of strings: whatever their encoding, separator and quotes."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import polars as pl

from weaklink.errors import WeaklinkError

SEPARATED = {".csv": ",;\t|", ".tsv": "\t"}
"""What may separate the fields of a file, the likeliest first."""
LINES = (".jsonl", ".ndjson")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LONGEST_FIELD = 2**31 - 1
_MOST_COLUMNS = 10_000


def read_rows(path: Path) -> pl.DataFrame:
    """Read a CSV, TSV or JSONL file; every value is a string, and null where there is none.

    A byte order mark tells UTF-8, UTF-16 or UTF-32; without it the file is UTF-8. Fields are
    separated by the character that splits the first line into the most columns, and quoted unless
    quotes do not add up: then a quote is a character like others. A column of lists or records
    has a nested type.

    Raises:
        WeaklinkError: It is none of these; says at which row.
        OSError: It cannot be read.
    """
    text = _decoded(path)
    if path.suffix.lower() in LINES:
        return _of_lines(text, path)
    return _separated(text, path, SEPARATED[path.suffix.lower()])


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    remedy = "Save it as UTF-8, or as UTF-16 with a byte order mark."
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        byte = data[error.start]
        raise WeaklinkError(
            f"{path} cannot be read: line {line} is not {encoding.upper()} (byte 0x{byte:02x}).",
            remedy,
        ) from error
    if "\0" in text.partition("\n")[0]:
        told = "line 1 holds NUL, as UTF-16 without a byte order mark does"
        raise WeaklinkError(f"{path} cannot be read: {told}.", remedy)
    return text


def _of_lines(text: str, path: Path) -> pl.DataFrame:
    rows = list[dict[str, Any]]()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            said = json.loads(line, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise _unreadable(path, f"line {number} is not JSON ({error})") from error
        if not isinstance(said, dict):
            raise _unreadable(path, f"line {number} is not a JSON object")
        rows.append(said)
    names = dict.fromkeys(name for row in rows for name in row)
    _check_columns(len(names), path)
    return pl.DataFrame([_column(name, [row.get(name) for row in rows]) for name in names])


def _no_number(_: str) -> None:
    """Take NaN and Infinity, which JSON does not have, for a value that is missing."""


def _column(name: str, values: Sequence[object]) -> pl.Series:
    """Return values of JSON as strings; lists and records as a column of lists."""
    plain = name.encode(errors="replace").decode()
    if any(isinstance(value, dict | list) for value in values):
        return pl.Series(plain, [None] * len(values), dtype=pl.List(pl.String))
    return pl.Series(plain, [_told(value) for value in values], dtype=pl.String)


def _told(value: object) -> str | None:
    said = value if isinstance(value, str) or value is None else json.dumps(value)
    return said and said.encode(errors="replace").decode()


def _separated(text: str, path: Path, separators: str) -> pl.DataFrame:
    try:
        separator = _separator(text, separators)
        _check_columns(text.partition("\n")[0].count(separator) + 1, path)
        table = _table(text, separator)
    except csv.Error as error:
        raise _unreadable(path, str(error)) from error
    if not table:
        return pl.DataFrame()
    header, *rows = table
    seen = Counter[str]()
    names = []
    for name in map(str.strip, header):
        names.append(f"{name}_{seen[name]}" if seen[name] else name)
        seen[name] += 1
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return pl.DataFrame(
        [pl.Series(name, [value or None for value in column], dtype=pl.String)
         for name, column in zip(names, columns, strict=True)]
    )  # fmt: skip


def _check_columns(count: int, path: Path) -> None:
    if count > _MOST_COLUMNS:
        raise WeaklinkError(
            f"{path} cannot be read: it has {count:,} columns, more than {_MOST_COLUMNS:,}.",
            "Leave out those that hold no texts or labels.",
        )


def _table(text: str, separator: str) -> list[list[str]]:
    """Return the fields of all rows, by quotes if they add up.

    A quoted field with a tab and a line break in it is taken for two fields that begin and end with
    a quote, if that makes a table too: texts have commas, but hardly ever tabs.

    Raises:
        csv.Error: It is not a table in either way.
    """
    try:
        quoted = list(_fields(text, separator, csv.QUOTE_MINIMAL))
    except csv.Error:
        try:
            return list(_fields(text, separator, csv.QUOTE_NONE))
        except csv.Error:
            pass
        raise
    if separator == "\t" and any("\t" in field for row in quoted for field in row):
        with suppress(csv.Error):
            return list(_fields(text, separator, csv.QUOTE_NONE))
    return quoted


def _separator(text: str, separators: str) -> str:
    """Return the separator of most columns in the first line; of equals the first."""
    first = text.partition("\n")[0]
    return max(separators, key=first.count)


def _fields(text: str, separator: str, quoting: Literal[0, 3]) -> Iterator[list[str]]:
    """Yield the fields of each row, as many as the header has.

    Raises:
        csv.Error: Quotes do not add up, or a row has more or fewer fields; says which row.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=separator, quoting=quoting, strict=True)
    wanted, row = 0, -1
    while True:
        begins = reader.line_num + 1
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise csv.Error(f"row {row}, which begins in line {begins}: {error}") from error
        if fields is None:
            return
        if not fields:
            continue
        wanted = wanted or len(fields)
        if len(fields) != wanted:
            raise csv.Error(
                f"row {row}, in line {begins}, has {len(fields)} fields, and the header {wanted}"
            )
        row += 1
        yield fields


def _unreadable(path: Path, why: str) -> WeaklinkError:
    return WeaklinkError(f"{path} cannot be read: {why}.", "Correct that row, or leave it out.")
