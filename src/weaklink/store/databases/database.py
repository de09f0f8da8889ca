"""What a store needs of its database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import Any, TypeAlias

import polars as pl
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from weaklink.errors import WeaklinkError
from weaklink.store.outcome import Status
from weaklink.store.tables import KEY, outcomes

Location: TypeAlias = str | PathLike[str]
"""Path of an SQLite file, or address of a database (``postgresql://...``)."""

Read: TypeAlias = Callable[..., pl.DataFrame]
"""Reads a query in columns, and perhaps a frame that the query may use as ``wanted``."""

wanted = sa.table("wanted", *(sa.column(name) for name in KEY))
"""Keys of outcomes, in a table that only the connection has which reads them."""


@dataclass(frozen=True)
class Database(ABC):
    """A database with the tables of a store.

    Attributes:
        engine: Connects for writing.
        reads: Connects for reading; rows of large results come some at a time.
        place: Where it is, for people. It holds no password.
    """

    engine: Engine
    reads: Engine
    place: str

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """Give a transaction that no other one of this kind runs beside, in any process."""
        with self.engine.begin() as connection:
            self.wait_for_turn(connection)
            yield connection

    @abstractmethod
    def wait_for_turn(self, connection: Connection) -> None:
        """Wait until no other transaction runs that waited for its turn."""

    @abstractmethod
    def insert(self, table: sa.TableClause) -> Any:  # noqa: ANN401 - each dialect has its own class
        """Return an insert that can say what to do about a row that is there."""

    @abstractmethod
    def put(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows of ``outcomes``, each key once; replace only those that ended in an error."""

    @abstractmethod
    def adapted(self, statement: str) -> str:
        """Return a statement of a migration as the database reads it."""

    @property
    @abstractmethod
    def now(self) -> sa.ColumnElement[float]:
        """The database's clock: seconds since 1970."""

    @abstractmethod
    def damaged(self) -> WeaklinkError:
        """Return the error of contents that are not those of a store."""

    @cached_property
    def upsert(self) -> Any:  # noqa: ANN401 - each dialect has its own class
        """The statement that inserts an outcome, or replaces one that ended in an error."""
        statement = self.insert(outcomes)
        return statement.on_conflict_do_update(
            index_elements=KEY,
            set_={column.name: column for column in statement.excluded if column.name not in KEY},
            where=outcomes.c.status == Status.ERROR.value,
        )

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
