"""A SQLite file that the threads of a process share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize

from weaklink.errors import WeaklinkError

_BATCH = 2_000


class SqliteFile:
    """A SQLite file of which one thread at a time reads or writes.

    Args:
        path: The file; made with its folder if it is not there.
        tables: Statements that make the tables that are not there.

    Attributes:
        close: Closes the file, which is also closed when nobody holds it any more.

    Raises:
        WeaklinkError: There is another file, which is left as it is, or it cannot be used; the
            methods raise it, too.
    """

    def __init__(self, path: Path, tables: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._lock = path, Lock()
        with self._problems():
            refuse_one_byte(path)
            self._database = sqlite3.connect(path, check_same_thread=False)
            self.close = finalize(self, self._database.close)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.executescript(tables)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the database; what is done to it is on disk at the end, or not done at all."""
        with self._problems(), self._lock, self._database:
            yield self._database

    def read(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """Return all rows that a query finds."""
        with self._problems(), self._lock:
            return self._database.execute(query, values).fetchall()

    def batches(self, query: str) -> Iterator[list[Any]]:
        """Yield the rows that a query finds, some at a time, while nobody writes."""
        with self._problems():
            cursor = self._database.execute(query)
            while batch := cursor.fetchmany(_BATCH):
                yield batch

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Tell what is wrong with values that rows hold, where they are read in the block."""
        try:
            yield
        except Exception as error:  # each format raises errors of its own
            raise self._problem(error) from error

    @contextmanager
    def _problems(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._problem(error) from error

    def _problem(self, error: Exception) -> WeaklinkError:
        return WeaklinkError(
            f"{self._path} cannot be used: {error!s:.200}.",
            "Check the disk, name another file, or delete it: all that it keeps is then asked for "
            "again.",
        )


def refuse_one_byte(path: Path) -> None:
    """Refuse a file of one byte, which SQLite takes for an empty database and writes over.

    SQLite itself refuses all other files that are not databases. The file is not opened for this:
    closing it would give up the locks that SQLite holds on it for this process.

    Raises:
        sqlite3.DatabaseError: It has one byte.
    """
    if path.is_file() and path.stat().st_size == 1:
        raise sqlite3.DatabaseError("it is not an SQLite file")
