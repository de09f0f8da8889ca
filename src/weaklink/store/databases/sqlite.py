"""All that is particular to SQLite: opening a file, locking, its errors, and the upsert."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import sqlalchemy as sa
import sqlalchemy.dialects.sqlite
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

from weaklink.errors import WeaklinkError
from weaklink.sqlite_file import refuse_one_byte
from weaklink.store.databases.checking import is_whole
from weaklink.store.databases.database import Database, Read, wanted
from weaklink.store.tables import KEY

_LOCK_SECONDS = 60.0
"""How long a writer waits for another process to finish its transaction."""

_ROWS = 100_000
"""Rows that are turned into columns at once."""

_RETRY_SECONDS = 0.005
_EPOCH, _DAY = 2440587.5, 86400.0
"""Julian day of 1970, and seconds of a day."""


_PROBLEMS = {
    sqlite3.SQLITE_BUSY: (
        "The store {path} is locked by another process.",
        "Wait for that process to end, or give another --store.",
    ),
    sqlite3.SQLITE_FULL: (
        "There is no space left for the store {path}.",
        "Free some space and run the same command again. Stored outcomes are intact.",
    ),
    sqlite3.SQLITE_READONLY: (
        "The store {path} may be read but not written.",
        "Change its permissions, or give another --store.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The store {path} cannot be opened.",
        "Check that its folder exists and that you may read and write there.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "The file {path} is not a weaklink store.",
        "Give another path. If there is no file, weaklink creates one.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "The store {path} is damaged.",
        "Restore it from a copy, or give another --store and run the campaign again.",
    ),
    sqlite3.SQLITE_ERROR: (
        "The store {path} does not have the tables of a store ({error}).",
        "Restore it from a copy, or give another --store and run the campaign again.",
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk failed to read or write the store {path}.",
        "Check the disk and its free space, then give the same command again.",
    ),
}
"""What went wrong and what to do, by SQLite's primary result code."""


class SqliteDatabase(Database):
    """A store in a file."""

    def wait_for_turn(self, connection: Connection) -> None:
        """Do nothing: every transaction that may write has the file's lock."""

    def insert(self, table: sa.TableClause) -> Insert:
        """See ``Database``."""
        return insert(table)

    def put(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """See ``Database``."""
        connection.execute(self.upsert, rows)

    def adapted(self, statement: str) -> str:
        """See ``Database``."""
        return statement

    @property
    def now(self) -> sa.ColumnElement[float]:
        """See ``Database``."""
        return (sa.func.julianday("now") - _EPOCH) * _DAY

    def damaged(self) -> WeaklinkError:
        """See ``Database``."""
        return problem(sqlite3.SQLITE_CORRUPT, self.place)


def connect(path: Path, *, create: bool, lock_seconds: float = _LOCK_SECONDS) -> SqliteDatabase:
    """Open the file; see ``open_engine``."""
    engine = open_engine(path, create=create, lock_seconds=lock_seconds)
    reads = engine.execution_options(isolation_level="AUTOCOMMIT")
    return SqliteDatabase(engine, reads, str(path.absolute()))


def open_engine(path: Path, *, create: bool, lock_seconds: float = _LOCK_SECONDS) -> Engine:
    """Return an engine over the file, which is made where there is none and ``create`` is true.

    Writing transactions take the write lock when they begin, so that two processes wait for each
    other instead of failing halfway. Errors of SQLite that a user can fix become
    ``WeaklinkError``. A log that a kill left behind is folded in. In a folder that cannot be
    written the store can only be read.

    Raises:
        WeaklinkError: There is no file and ``create`` is false, or it cannot be opened, or it is
            damaged.
    """
    path = path.absolute()
    new = not path.exists() or (path.is_file() and path.stat().st_size == 0)
    if new and not create:
        raise WeaklinkError(
            f"There is no store at {path}.", "Check the path; `weaklink audit` makes a store."
        )
    if not new:
        _require_sqlite(path)
    place, uri = _place(path)
    url = sa.URL.create("sqlite", database=place, query={"uri": "true"} if uri else {})
    if new:
        _use_log(path, lock_seconds)
    engine = sa.create_engine(url, connect_args={"timeout": lock_seconds})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _explain, retval=True)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not new:
                _check(connection, path)
    except UnicodeDecodeError as error:  # SQLite's own message names what is damaged
        raise problem(sqlite3.SQLITE_CORRUPT, path) from error
    if not new:
        engine.dispose()
    return engine


def _require_sqlite(path: Path) -> None:
    try:
        refuse_one_byte(path)
    except sqlite3.DatabaseError as error:
        raise problem(sqlite3.SQLITE_NOTADB, path) from error


def _place(path: Path) -> tuple[str, bool]:
    """Return how SQLite is to open the file, and whether that is a URI.

    Raises:
        WeaklinkError: It can only be read, and its log could not be.
    """
    if not path.exists() or os.access(path.parent, os.W_OK):
        return str(path), False
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise WeaklinkError(
            f"The folder of the store {path} cannot be written, and a part of it is in {log.name}.",
            "Copy both files to a folder that you may write to, and give that --store.",
        )
    return f"file:{quote(str(path))}?immutable=1", True


def _use_log(path: Path, lock_seconds: float) -> None:
    """Give a new file a write-ahead log. SQLite itself does not wait for its turn to do that.

    Raises:
        WeaklinkError: The file cannot be opened, or is locked for too long.
    """
    ends = time.monotonic() + lock_seconds
    while True:
        try:
            with closing(sqlite3.connect(path, timeout=0)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            code = error.sqlite_errorcode & 0xFF
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                raise problem(code, path, error) from error
            time.sleep(_RETRY_SECONDS)
        else:
            return


def _check(connection: Connection, path: Path) -> None:
    """Fold a log in, and refuse a store that is damaged."""
    connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
    if not is_whole(connection, path):
        raise problem(sqlite3.SQLITE_CORRUPT, path)


def problem(code: int, path: object, error: object = "") -> WeaklinkError:
    """Return what a result code of SQLite means for a user."""
    told, remedy = _PROBLEMS[code]
    return WeaklinkError(told.format(path=path, error=error), remedy)


@contextmanager
def reader(path: Path) -> Iterator[Read]:
    """Give what reads a query in columns, from one state of the store.

    It takes a query, and perhaps a frame that the query may use as the table ``wanted``. It reads
    with the library that writes: locks belong to a process, and a second copy of SQLite in it gives
    up those of the first (https://www.sqlite.org/howtocorrupt.html, section 2.2.1).

    Raises:
        WeaklinkError: The store cannot be read.
    """
    place, uri = _place(path.absolute())
    try:
        with closing(
            sqlite3.connect(
                place,
                timeout=_LOCK_SECONDS,
                isolation_level=None,
                uri=uri,
                check_same_thread=False,
            )
        ) as connection:
            connection.execute("BEGIN")
            yield partial(_read, connection)
    except (sqlite3.Error, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise WeaklinkError(
            f"The store {path} cannot be read: {error}.",
            "Wait for other processes to end. If it still fails, restore the store from a copy.",
        ) from error


def _read(
    connection: sqlite3.Connection, query: sa.Select[Any], asked: pl.DataFrame | None = None
) -> pl.DataFrame:
    if asked is not None:
        names, holes = ", ".join(KEY), ", ".join("?" * len(KEY))
        connection.execute(f"CREATE TEMP TABLE {wanted.name} ({names})")
        connection.executemany(
            f"INSERT INTO {wanted.name} VALUES ({holes})",  # noqa: S608 - our own names
            asked.select(KEY).iter_rows(),
        )
    dialect = sa.dialects.sqlite.dialect()
    cursor = connection.execute(
        str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    )
    schema = [name for name, *_ in cursor.description]
    parts = [
        pl.DataFrame(rows, schema=schema, orient="row", infer_schema_length=None)
        for rows in iter(partial(cursor.fetchmany, _ROWS), [])
    ]
    return pl.concat(parts, how="vertical_relaxed") if parts else pl.DataFrame(schema=schema)


def _set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _explain(context: ExceptionContext) -> WeaklinkError | None:
    error = context.original_exception
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    undecoded = isinstance(error, sqlite3.OperationalError) and "decode" in str(error)
    if undecoded or isinstance(error, UnicodeDecodeError):
        code = sqlite3.SQLITE_CORRUPT
    if code not in _PROBLEMS:
        return None
    database = context.engine.url.database if context.engine else None
    return problem(code, database, error)
