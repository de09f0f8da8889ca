"""The progress of a collection on disk, so that it can resume after a kill at any moment.

One SQLite file. A page of the listing and the cursor to the next page are one transaction, and so
is each card; whatever was recorded is not asked for again.
"""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from filelock import FileLock, Timeout

from weaklink.errors import WeaklinkError
from weaklink.hub.snapshot import CARDS, MODELS
from weaklink.sqlite_file import SqliteFile

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from weaklink.hub.cards import FetchedCard
    from weaklink.hub.record import Row

_TABLES = """
CREATE TABLE IF NOT EXISTS states (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS models (id TEXT PRIMARY KEY, sha TEXT, has_card INTEGER, row TEXT);
CREATE TABLE IF NOT EXISTS cards
    (id TEXT PRIMARY KEY, text TEXT, digest TEXT, status TEXT, renamed_to TEXT);
"""


class CollectionJournal:
    """The journal of one collection; use from any thread."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[CollectionJournal]:
        """Open or begin the journal in a folder; one process at a time.

        Raises:
            WeaklinkError: Another process has it open.
        """
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with (
                FileLock(folder / "lock", timeout=0),
                closing(SqliteFile(folder / "journal.sqlite", _TABLES)) as file,
            ):
                yield cls(file)
        except Timeout as error:
            raise WeaklinkError(
                f"Another process is collecting into {folder}.", "Wait until it ends."
            ) from error

    def state(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - any JSON value
        """Return a recorded value, recording the default first where there is none."""
        with self._file.transaction() as database:
            _put(database, name, default, "OR IGNORE")
            query = "SELECT value FROM states WHERE name = ?"
            value = database.execute(query, [name]).fetchone()[0]
        with self._file.reading():
            return json.loads(value)

    def started(self) -> datetime:
        """Return when the collection first began."""
        return datetime.fromisoformat(self.state("started", datetime.now(UTC).isoformat()))

    def add_page(self, rows: Iterable[Row], **states: object) -> None:
        """Record rows of ``MODELS`` and states, such as the cursor, in one transaction.

        A model that is listed twice keeps its first row.
        """
        values = [
            (row["id"], row["sha"], row["has_card"], json.dumps(row, default=_iso)) for row in rows
        ]
        with self._file.transaction() as database:
            database.executemany("INSERT OR IGNORE INTO models VALUES (?, ?, ?, ?)", values)
            for name, value in states.items():
                _put(database, name, value, "OR REPLACE")

    def add_card(self, model_id: str, card: FetchedCard) -> None:
        """Record what became of one card."""
        values = (model_id, card.text, card.digest, card.status, card.renamed_to)
        with self._file.transaction() as database:
            database.execute("INSERT OR REPLACE INTO cards VALUES (?, ?, ?, ?, ?)", values)

    def count(self, table: str) -> int:
        """Return the number of rows of ``models`` or ``cards``."""
        query = f"SELECT count(*) FROM {table}"  # noqa: S608 - one of our own two names
        return int(self._file.read(query)[0][0])

    def ids(self) -> set[str]:
        """Return the ids of all models so far."""
        return {row[0] for row in self._file.read("SELECT id FROM models")}

    def cards_to_fetch(self) -> list[tuple[str, str | None]]:
        """Return (id, sha) of listed models that may have a card and have not been asked for it."""
        return self._file.read(
            "SELECT id, sha FROM models WHERE has_card IS NOT 0 AND row ->> 'status' != 'deleted'"
            " AND row ->> 'status' != 'renamed' AND id NOT IN (SELECT id FROM cards) ORDER BY id"
        )

    def models(self) -> Iterator[pl.DataFrame]:
        """Yield all models as frames of ``MODELS``, with what their cards' requests told."""
        query = (
            "SELECT row, cards.digest, cards.status, cards.renamed_to"
            " FROM models LEFT JOIN cards USING (id) ORDER BY models.id"
        )
        for batch in self._file.batches(query):
            with self._file.reading():
                frame = pl.DataFrame([_told(*row) for row in batch], schema=MODELS)
            yield frame

    def cards(self) -> Iterator[pl.DataFrame]:
        """Yield all cards as frames of ``CARDS``."""
        for batch in self._file.batches("SELECT id, text, digest, status FROM cards ORDER BY id"):
            with self._file.reading():
                frame = pl.DataFrame(batch, schema=CARDS, orient="row")
            yield frame


def _put(database: sqlite3.Connection, name: str, value: object, conflict: str) -> None:
    query = f"INSERT {conflict} INTO states VALUES (?, ?)"  # noqa: S608
    database.execute(query, [name, json.dumps(value)])


def _told(row: str, digest: str | None, status: str | None, renamed_to: str | None) -> Row:
    """Return a model's row with the digest and status that its card's request told."""
    model: Row = json.loads(row)
    for name in ("created", "modified"):
        model[name] = datetime.fromisoformat(model[name]) if model[name] else None
    model["card_digest"] = digest
    if renamed_to:
        model |= {"status": "renamed", "renamed_to": renamed_to}
    elif status in {"gated", "deleted"}:
        model["status"] = status
    return model


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(value)
