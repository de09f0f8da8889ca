"""All that is particular to PostgreSQL: connecting, locks, its errors, and COPY.

Texts sort by their code points (collation C), as in SQLite: both read outcomes in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, cast

import polars as pl
import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.engine import ExceptionContext

from weaklink.errors import WeaklinkError
from weaklink.store.databases.database import Database, Read, wanted
from weaklink.store.tables import KEY, outcomes

if TYPE_CHECKING:
    import psycopg

_TURN = 0x7765616B6C696E6B
"""Number of the advisory lock of a store: ``weaklink`` in ASCII."""

_ROWS = 2_000
"""Rows that are fetched at once."""

_MANY = 8
"""Rows from which on COPY is faster."""

_TEXT = 'TEXT COLLATE "C"'
_COLUMNS = tuple(outcomes.c.keys())
_NAMES = ", ".join(_COLUMNS)
_INCOMING = sa.table("incoming", *(sa.column(name) for name in _COLUMNS))
_MAKE_INCOMING = f"CREATE TEMPORARY TABLE {_INCOMING.name} (LIKE outcomes) ON COMMIT DELETE ROWS"
_INTEGERS = frozenset({"repetition", "seed"})

_KINDS = [f"{name} {'BIGINT' if name in _INTEGERS else _TEXT}" for name in KEY]
_MAKE_WANTED = f"CREATE TEMPORARY TABLE {wanted.name} ({', '.join(_KINDS)})"

_PROBLEMS = {
    "InsufficientPrivilege": (
        "The store {place} may not be read or written by this user: {error}.",
        "Grant the user the rights on the database, or give another --store.",
    ),
    "ReadOnlySqlTransaction": (
        "The store {place} may be read but not written.",
        "Connect to the primary server, or give another --store.",
    ),
    "DiskFull": (
        "There is no space left for the store {place}.",
        "Free some space and run the same command again. Stored outcomes are intact.",
    ),
    "UndefinedTable": (
        "The store {place} does not have the tables of a store ({error}).",
        "Restore it from a copy, or give another --store and run the campaign again.",
    ),
    "UndefinedColumn": (
        "The store {place} does not have the tables of a store ({error}).",
        "Restore it from a copy, or give another --store and run the campaign again.",
    ),
}
"""What went wrong and what to do, by the name of psycopg's class."""


class PostgresDatabase(Database):
    """A store on a server, which many machines share."""

    def wait_for_turn(self, connection: Connection) -> None:
        """See ``Database``."""
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))

    def insert(self, table: sa.TableClause) -> Insert:
        """See ``Database``."""
        return insert(table)

    def put(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """See ``Database``: many are copied to a table of the connection, and taken from there."""
        if len(rows) < _MANY:
            connection.execute(self.upsert, rows)
            return
        if _INCOMING.name not in connection.info:
            connection.exec_driver_sql(_MAKE_INCOMING)
            connection.info[_INCOMING.name] = True
        raw = cast("psycopg.Connection", connection.connection.driver_connection)
        with raw.cursor() as cursor, cursor.copy(f"COPY incoming ({_NAMES}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([row[name] for name in _COLUMNS])
        connection.execute(self._take)

    @cached_property
    def _take(self) -> sa.Executable:
        """The statement that takes rows from the connection's own table, in the order of keys."""
        rows = sa.select(*_INCOMING.c).order_by(*(_INCOMING.c[name] for name in KEY))
        return cast("sa.Executable", self.upsert.from_select(_COLUMNS, rows))

    def adapted(self, statement: str) -> str:
        """See ``Database``."""
        return re.sub(r"\bTEXT\b", _TEXT, statement)

    @property
    def now(self) -> sa.ColumnElement[float]:
        """See ``Database``."""
        return sa.cast(sa.func.extract("epoch", sa.func.clock_timestamp()), sa.Double)

    def damaged(self) -> WeaklinkError:
        """See ``Database``."""
        return WeaklinkError(
            f"The store {self.place} is damaged.",
            "Restore it from a copy, or give another --store and run the campaign again.",
        )


def connect(address: str) -> PostgresDatabase:
    """Connect to a database. Passwords come from libpq's own places, never from the address.

    Raises:
        WeaklinkError: It cannot be reached, or does not store UTF-8, or psycopg is not installed.
    """
    engine = _engine(address)
    reads = engine.execution_options(stream_results=True, max_row_buffer=_ROWS)
    with engine.connect() as connection:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        engine.dispose()
        raise WeaklinkError(
            f"The database {address} stores texts as {encoding}, not as UTF-8.",
            "Create one with: createdb --encoding=UTF8 --template=template0 NAME",
        )
    return PostgresDatabase(engine, reads, address)


def _engine(address: str) -> Engine:
    try:
        import psycopg
    except ImportError as error:
        raise _missing() from error
    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=partial(psycopg.connect, address, application_name="weaklink"),
    )
    event.listen(engine, "handle_error", partial(_explain, address), retval=True)
    return engine


def _missing() -> WeaklinkError:
    return WeaklinkError(
        "PostgreSQL needs packages that are not installed.", "pip install 'weaklink[postgresql]'"
    )


def _explain(address: str, context: ExceptionContext) -> WeaklinkError | None:
    """Return what an error of psycopg means for a user."""
    import psycopg

    error = context.original_exception
    for kind in type(error).__mro__:
        if kind.__name__ in _PROBLEMS:
            told, remedy = _PROBLEMS[kind.__name__]
            return WeaklinkError(told.format(place=address, error=_first_line(error)), remedy)
    if isinstance(error, psycopg.OperationalError):
        return WeaklinkError(
            f"The store {address} cannot be reached: {_first_line(error)}.",
            "Check that the server runs and that the address, the user and the password are "
            "right. Then run the same command again. Stored outcomes are intact.",
        )
    return None


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")


@contextmanager
def reader(address: str) -> Iterator[Read]:
    """Give what reads a query in columns, which come by COPY; see ``sqlite.reader``.

    Raises:
        WeaklinkError: The store cannot be read.
    """
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError as error:
        raise _missing() from error
    engine = _engine(address)
    try:
        engine.connect().close()  # the dialect learns of the server how to quote
        with dbapi.connect(address) as connection:

            def read(query: sa.Select[Any], asked: pl.DataFrame | None = None) -> pl.DataFrame:
                compiled = query.compile(engine, compile_kwargs={"literal_binds": True})
                with connection.cursor() as cursor:
                    if asked is not None:
                        cursor.execute(_MAKE_WANTED)
                        table = asked.select(KEY).to_arrow()
                        cursor.adbc_ingest(wanted.name, table, mode="append", temporary=True)
                    cursor.execute(str(compiled).replace("%%", "%"))
                    return cast("pl.DataFrame", pl.from_arrow(cursor.fetch_arrow_table()))

            yield read
    except (dbapi.Error, pl.exceptions.PolarsError) as error:
        raise WeaklinkError(
            f"The store {address} cannot be read: {_first_line(error)}.",
            "Check that the server runs, then run the same command again.",
        ) from error
    finally:
        engine.dispose()
