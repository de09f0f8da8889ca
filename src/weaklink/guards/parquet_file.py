"""Parquet files of strangers, which may be a million times as large in memory as on disk."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from weaklink.errors import WeaklinkError

MOST_BYTES = 1_000_000_000
"""Of all texts together."""

MOST_VALUES = 50_000_000
_BATCH = 100_000


def read_parquet(path: Path) -> pl.DataFrame:
    """Read a table whose size in memory is bounded.

    A column of lists or records is a column of null lists, since it holds no text.

    Raises:
        WeaklinkError: It is too large.
        OSError: It cannot be read.
        polars.exceptions.PolarsError: The same.
    """
    try:
        flat, nested = _measured(path)
    except pa.ArrowException as error:
        raise OSError(str(error)) from error
    frame = pl.read_parquet(path, columns=flat, glob=False)
    return frame.with_columns(pl.lit(None, pl.List(pl.String)).alias(name) for name in nested)


def _measured(path: Path) -> tuple[list[str], list[str]]:
    """Return the plain and the nested columns of a table that is not too large."""
    with pq.ParquetFile(path) as file:
        about, schema = file.metadata, file.schema_arrow
        groups = [about.row_group(i) for i in range(about.num_row_groups)]
        values = sum(g.column(i).num_values for g in groups for i in range(g.num_columns))
        if max(values, about.num_rows) > MOST_VALUES:
            raise _too_large(path, f"{values:,} values")
        nested = [field.name for field in schema if pa.types.is_nested(field.type)]
        leaves = [file.schema.column(i) for i in range(len(file.schema))]
    plain = [one for one in leaves if one.path in schema.names and one.path not in nested]
    texts = [one.path for one in plain if one.physical_type == "BYTE_ARRAY"]
    whole = about.num_rows * sum(max(one.length, 0) for one in plain)
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        for batch in file.iter_batches(_BATCH, columns=texts) if texts else ():
            whole += sum(map(_bytes, batch.columns))
            if whole > MOST_BYTES:
                break
    if whole > MOST_BYTES:
        raise _too_large(path, f"more than {MOST_BYTES:,} bytes of text")
    return [one.path for one in plain], nested


def _bytes(column: pa.Array) -> int:
    """Return how many bytes a column has once each row has its own text."""
    if not isinstance(column, pa.DictionaryArray):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary).cast(pa.int64())
    return pc.sum(lengths.take(column.indices)).as_py() or 0


def _too_large(path: Path, what: str) -> WeaklinkError:
    return WeaklinkError(f"{path} is too large: it has {what}.", "Give a part of it.")
