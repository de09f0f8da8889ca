"""Parquet files of strangers, which may be a million times as large in memory as on disk."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from polars.datatypes import DataType, DataTypeClass

from weaklink.errors import WeaklinkError
from weaklink.guards.parquet_footer import Chunk, read_chunks

MOST_BYTES = 1_000_000_000
"""Of a table in memory."""

MOST_VALUES = 50_000_000
"""Of a data set."""

MOST_GROWTH = 100
"""How many times as large as its file a larger table may be, where one of any size is meant."""

_LEAST = 16
"""Bytes of a value, whatever it is."""

_DAMAGED = (
    pa.ArrowException,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
    ValueError,
    OverflowError,
)
"""What libraries raise about a damaged file."""


def read_parquet(path: Path) -> pl.DataFrame:
    """Read a data set whose size in memory is bounded.

    A column of lists or records is a column of null lists, since it holds no text.

    Raises:
        WeaklinkError: It is too large.
        OSError: It cannot be read.
    """
    with _reading():
        chunks = read_chunks(path)
        table = pl.scan_parquet(path, glob=False)
        schema = table.collect_schema()
        values = sum(max(chunk.values, 0) for chunk in chunks)
        if values > MOST_VALUES:
            raise _too_large(path, f"{values:,} values")
        nested = [name for name, kind in schema.items() if kind.is_nested()]
        plain = [name for name in schema if name not in nested]
        _check(path, chunks, plain, MOST_BYTES)
        frame = table.select(plain).collect()
    return frame.with_columns(pl.lit(None, pl.List(pl.String)).alias(name) for name in nested)


def scan_parquet(path: Path, schema: pl.Schema) -> pl.LazyFrame:
    """Return a table of any number of rows, once its size in memory is known to be bounded.

    Args:
        path: The file.
        schema: Its columns.

    Raises:
        WeaklinkError: It is too large, lacks a column, or cannot be read.
    """
    try:
        with _reading():
            table = pl.scan_parquet(path, glob=False)
            found = table.collect_schema()
            wrong = [name for name, kind in schema.items() if found.get(name) != kind]
        if not wrong:
            check_growth(path, schema)
    except OSError as error:
        raise WeaklinkError(f"{path} cannot be read: {error}.", "Make it again.") from error
    if wrong:
        reason = f"its column {wrong[0]} is missing or of another type"
        raise WeaklinkError(f"{path} cannot be read: {reason}.", "Make it again.")
    return table.select(schema.names())


def check_growth(path: Path, columns: Collection[str]) -> None:
    """Refuse a table that is both large and much larger in memory than on disk.

    Args:
        path: The file.
        columns: Those that will be read.

    Raises:
        WeaklinkError: It is too large.
        OSError: It cannot be read.
    """
    with _reading():
        _check(path, read_chunks(path), columns, most_bytes(path))


def most_bytes(path: Path) -> int:
    """Return how many bytes a file may hold once it is decompressed."""
    return max(MOST_BYTES, MOST_GROWTH * path.stat().st_size)


@contextmanager
def _reading() -> Iterator[None]:
    """Let whatever a library raises about a damaged file be an ``OSError``."""
    try:
        yield
    except _DAMAGED as error:
        raise OSError(next(iter(str(error).splitlines()), "it is damaged")) from error


def _check(path: Path, chunks: Sequence[Chunk], columns: Collection[str], most: int) -> None:
    """Bound what columns take in memory, by what the file says of itself and by its texts."""
    read = [chunk for chunk in chunks if chunk.column in columns]
    said = sum(max(chunk.size, _LEAST * chunk.values) for chunk in read)
    if said > most or _length(path, read, columns, most) > most:
        raise _too_large(path, f"more than {most:,} bytes")


def _length(path: Path, chunks: Sequence[Chunk], columns: Collection[str], most: int) -> int:
    """Return how many bytes the texts of columns have, or some number above ``most``.

    A column whose rows may each repeat the row before is read row by row.
    """
    table = pl.scan_parquet(path, glob=False)
    schema = table.collect_schema()
    shared = {one.column for one in chunks if one.shares_prefixes}
    lengths = [
        length
        for name in columns
        if name in schema and name not in shared
        for length in _lengths(pl.col(name), schema[name])
    ]
    whole = 0
    if lengths:
        found = table.select(one.alias(str(i)) for i, one in enumerate(lengths))
        whole += sum(found.collect(engine="streaming").row(0))
    if shared:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(1, columns=sorted(shared)):
                whole += batch.nbytes
                if whole > most:
                    break
    return whole


def _lengths(values: pl.Expr, kind: DataType | DataTypeClass) -> Iterator[pl.Expr]:
    """Yield how many bytes the texts within a column have, without making one of them.

    Of a column without texts it yields next to nothing, but reads it.
    """
    match kind:
        case pl.String():
            yield values.str.len_bytes().cast(pl.UInt64).sum()
        case pl.Categorical() | pl.Enum():
            yield values.cat.len_bytes().cast(pl.UInt64).sum()
        case pl.Binary():
            yield values.bin.size().cast(pl.UInt64).sum()
        case pl.List() | pl.Array():
            yield from _lengths(values.explode(), kind.inner)
        case pl.Struct():
            for field in kind.fields:
                yield from _lengths(values.struct.field(field.name), field.dtype)
        case _:
            yield values.is_null().sum().cast(pl.UInt64)


def _too_large(path: Path, what: str) -> WeaklinkError:
    return WeaklinkError(f"{path} is too large: it has {what}.", "Give a part of it.")
