"""All that is particular to SQLite: opening a file, locking, its errors, and the upsert."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import polars as pl
import sqlalchemy as sa
import sqlalchemy.dialects.sqlite
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

from weaklink.errors import WeaklinkError
from weaklink.store.outcome import Status
from weaklink.store.tables import KEY, outcomes

_LOCK_SECONDS = 60.0
"""How long a writer waits for another process to finish its transaction."""

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
    sqlite3.SQLITE_IOERR: (
        "The disk failed to read or write the store {path}.",
        "Check the disk and its free space, then give the same command again.",
    ),
}
"""What went wrong and what to do, by SQLite's primary result code."""


def open_engine(path: Path, *, create: bool, lock_seconds: float = _LOCK_SECONDS) -> Engine:
    """Return an engine over the file, which is made where there is none and ``create`` is true.

    Writing transactions take the write lock when they begin, so that two processes wait for each
    other instead of failing halfway. Errors of SQLite that a user can fix become
    ``WeaklinkError``.

    Raises:
        WeaklinkError: There is no file and ``create`` is false, or it cannot be opened.
    """
    path = path.absolute()
    new = not path.exists() or (path.is_file() and path.stat().st_size == 0)
    if new and not create:
        raise WeaklinkError(
            f"There is no store at {path}.", "Check the path; `weaklink audit` makes a store."
        )
    url = sa.URL.create("sqlite", database=str(path))
    engine = sa.create_engine(url, connect_args={"timeout": lock_seconds})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _explain, retval=True)
    if new:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    return engine


Read = Callable[..., pl.DataFrame]

wanted = sa.table("wanted", *(sa.column(name) for name in KEY))
"""Keys of outcomes, in a table that only the connection has which reads them."""


@contextmanager
def reader(path: Path) -> Iterator[Read]:
    """Give what reads a query in columns, several times as fast as row by row.

    It takes a query, and perhaps a frame that the query may use as the table ``wanted``.

    Raises:
        WeaklinkError: The store cannot be read.
    """
    from adbc_driver_sqlite import dbapi

    dialect = sa.dialects.sqlite.dialect()
    try:
        with dbapi.connect(str(path.absolute())) as connection:

            def read(query: sa.Select[Any], asked: pl.DataFrame | None = None) -> pl.DataFrame:
                text = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
                with connection.cursor() as cursor:
                    if asked is not None:
                        cursor.adbc_ingest(wanted.name, asked.to_arrow(), temporary=True)
                    cursor.adbc_statement.set_options(**_WHOLE)
                    cursor.execute(text)
                    return cast("pl.DataFrame", pl.from_arrow(cursor.fetch_arrow_table()))

            yield read
    except dbapi.Error as error:
        raise WeaklinkError(
            f"The store {path} cannot be read: {error}.",
            "Wait for other processes to end. If it still fails, restore the store from a copy.",
        ) from error


_WHOLE = {"adbc.sqlite.query.batch_rows": str(2**30)}
"""All rows tell the type of a column, since the first ones may all be null."""


def put() -> sa.Executable:
    """Return the statement that inserts an outcome, or replaces one that ended in an error."""
    statement = insert(outcomes)
    return statement.on_conflict_do_update(
        index_elements=KEY,
        set_={column.name: column for column in statement.excluded if column.name not in KEY},
        where=outcomes.c.status == Status.ERROR.value,
    )


def _set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _explain(context: ExceptionContext) -> WeaklinkError | None:
    error = context.original_exception
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code not in _PROBLEMS:
        return None
    problem, remedy = _PROBLEMS[code]
    database = context.engine.url.database if context.engine else None
    return WeaklinkError(problem.format(path=database), remedy)
