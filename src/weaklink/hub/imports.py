"""Snapshots from bulk data: Parquet in the layout of cfahlgren1/hub-stats, JSON Lines of records.

Both hold Hub records under the API's names (``createdAt``, ``downloadsAllTime`` and so on);
Hub-stats keeps some nested values as JSON text. A record may carry its card as ``card_text``
or ``card``.
"""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from weaklink.errors import WeaklinkError
from weaklink.files import require_file
from weaklink.guards.parquet_file import check_growth, most_bytes
from weaklink.hub.cards import card_of
from weaklink.hub.record import card_text, row_of
from weaklink.hub.snapshot import CARDS, MODELS, Snapshot, write_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from weaklink.hub.listing import Watch
    from weaklink.hub.record import Row

_COLUMNS = frozenset(
    {
        "id", "modelId", "model_id", "sha", "createdAt", "created_at", "lastModified",
        "last_modified", "downloads", "downloads_30d", "downloadsAllTime", "downloads_all_time",
        "likes", "tags", "pipeline_tag", "library_name", "config", "cardData", "card_data",
        "baseModels", "base_models", "gated", "has_card", "card_text", "card",
    }
)  # fmt: skip
_BATCH = 20_000
_BATCH_TEXT = 50_000_000
_ROWS = 1_000
_LONGEST_LINE = 10_000_000


def import_records(
    files: Sequence[Path],
    out: Path,
    *,
    taken: datetime | None = None,
    watch: Watch = lambda *_: None,
) -> Snapshot:
    """Make a snapshot of Hub records in files.

    Args:
        files: Parquet (``.parquet``) or JSON Lines (any other name; ``.gz`` is decompressed). A
            model that several files hold keeps its first record; its card may come from any.
        out: The snapshot's folder; must not exist.
        taken: When the records were taken from the Hub, in UTC; None: now.
        watch: Told of progress.

    Raises:
        WeaklinkError: A file cannot be read as records, or the folder exists.
    """
    models, cards, skipped = [], [], 0
    for file in files:
        done = 0
        for records in _batches(file):
            rows = [(row_of(record), card_text(record)) for record in records]
            models.append(_frame((row for row, _ in rows if row), MODELS))
            cards.append(_frame(_card_rows(rows), CARDS))
            skipped += sum(row is None for row, _ in rows)
            done += len(records)
            watch(file.name, done, None)
    all_cards = _by_id(cards, CARDS)
    digests = all_cards.select("id", pl.col("digest").alias("card_digest"))
    all_models = _by_id(models, MODELS).drop("card_digest").join(digests, on="id", how="left")
    when = (taken or datetime.now(UTC)).replace(tzinfo=UTC)
    return write_snapshot(
        out,
        all_models.select(MODELS.names()).sort("id").iter_slices(_BATCH),
        all_cards.iter_slices(_BATCH),
        source=", ".join(file.name for file in files),
        query={"imported": True, "skipped": skipped},
        started=when,
        finished=when,
    )


def _batches(file: Path) -> Iterator[list[Row]]:
    try:
        require_file(file)
        if file.suffix == ".parquet":
            yield from _parquet(file)
        else:
            yield from _json_lines(file)
    except (OSError, EOFError, UnicodeDecodeError, pa.ArrowException, zlib.error) as error:
        raise WeaklinkError(f"{file} cannot be read: {error}.", "Check the file.") from error


def _parquet(file: Path) -> Iterator[list[Row]]:
    with pq.ParquetFile(file) as source:
        columns = [name for name in source.schema_arrow.names if name in _COLUMNS]
        if not {"id", "modelId", "model_id"} & set(columns):
            raise WeaklinkError(
                f"{file} has no column of model ids.", "Give a table of Hub records with `id`."
            )
        check_growth(file, columns)
        for batch in source.iter_batches(_ROWS, columns=columns):
            yield batch.to_pylist()


def _json_lines(file: Path) -> Iterator[list[Row]]:
    records: list[Row] = []
    read, given, most = 0, 0, most_bytes(file)
    with _opened(file) as lines:
        for number, line in enumerate(iter(lambda: lines.readline(_LONGEST_LINE), ""), start=1):
            records.append(_record(file, number, line))
            read += len(line)
            if read > most:
                raise WeaklinkError(
                    f"{file} is too large: it has more than {most:,} characters.",
                    "Give a part of it.",
                )
            if len(records) == _BATCH or read - given > _BATCH_TEXT:
                yield records
                records, given = [], read
    yield records


def _opened(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8")
    return file.open(encoding="utf-8")


def _record(file: Path, number: int, line: str) -> Row:
    if len(line) == _LONGEST_LINE:
        raise WeaklinkError(
            f"Line {number} of {file} has more than {_LONGEST_LINE:,} characters.",
            "Leave that record out.",
        )
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise WeaklinkError(
            f"Line {number} of {file} is not a JSON object.", "Give one Hub record a line."
        )
    return record


def _card_rows(rows: Iterable[tuple[Row | None, str | None]]) -> Iterator[Row]:
    for row, text in rows:
        if row and text is not None:
            card = card_of(text)
            yield {"id": row["id"], "text": card.text, "digest": card.digest, "status": card.status}


def _frame(rows: Iterable[Row], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema)


def _by_id(frames: list[pl.DataFrame], schema: pl.Schema) -> pl.DataFrame:
    """Return all rows sorted by id, the first of each id."""
    table = pl.concat([_frame([], schema), *frames])
    return table.unique("id", keep="first", maintain_order=True).sort("id")
