"""A SQLite file that the threads of a process share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize

_BATCH = 2_000


class SqliteFile:
    """A SQLite file of which one thread at a time reads or writes.

    Args:
        path: The file; made with its folder if it is not there.
        tables: Statements that make the tables that are not there.

    Attributes:
        close: Closes the file, which is also closed when nobody holds it any more.
    """

    def __init__(self, path: Path, tables: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._database = sqlite3.connect(path, check_same_thread=False)
        self.close = finalize(self, self._database.close)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.executescript(tables)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the database; what is done to it is on disk at the end, or not done at all."""
        with self._lock, self._database:
            yield self._database

    def read(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """Return all rows that a query finds."""
        with self._lock:
            return self._database.execute(query, values).fetchall()

    def batches(self, query: str) -> Iterator[list[Any]]:
        """Yield the rows that a query finds, some at a time, while nobody writes."""
        cursor = self._database.execute(query)
        while batch := cursor.fetchmany(_BATCH):
            yield batch
