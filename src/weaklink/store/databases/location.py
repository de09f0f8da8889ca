"""Where a store is, and which kind of database that means."""

from __future__ import annotations

from contextlib import AbstractContextManager
from os import fspath
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from weaklink.errors import WeaklinkError
from weaklink.files import user_path
from weaklink.store.databases import sqlite
from weaklink.store.databases.database import Database, Location, Read

_POSTGRESQL = frozenset({"postgresql", "postgres"})
_SECRETS = frozenset({"password", "sslpassword"})
_REMEDY = (
    "Remove it. Set PGPASSWORD, or put it into a password file (PGPASSFILE) or into a service "
    "file that the address names with ?service=NAME."
)


def open_database(location: Location, *, create: bool) -> Database:
    """Connect to the database of a store.

    Args:
        location: Where it is.
        create: Whether to make a new SQLite file where there is none.

    Raises:
        WeaklinkError: There is none, or it cannot be read, or its address is not allowed.
    """
    if _scheme(location) in _POSTGRESQL:
        from weaklink.store.databases import postgresql

        return postgresql.connect(_without_secret(fspath(location)))
    return sqlite.connect(_path(location), create=create)


def read_columns(location: Location) -> AbstractContextManager[Read]:
    """Give what reads a query in columns, several times as fast as row by row.

    Raises:
        WeaklinkError: The store cannot be read.
    """
    if _scheme(location) in _POSTGRESQL:
        from weaklink.store.databases import postgresql

        return postgresql.reader(_without_secret(fspath(location)))
    return sqlite.reader(_path(location))


def is_address(location: Location) -> bool:
    """Return whether it names a database server, and no file."""
    return _scheme(location) in _POSTGRESQL


def shown(location: Location) -> str:
    """Return a location to show, record or hand on: an absolute path, or the address.

    Raises:
        WeaklinkError: The address holds a password.
    """
    if is_address(location):
        return _without_secret(fspath(location))
    return str(_path(location).absolute())


def _scheme(location: Location) -> str:
    scheme, found, _ = fspath(location).partition("://")
    return scheme if found else ""


def _path(location: Location) -> Path:
    scheme = _scheme(location)
    if not scheme:
        return user_path(location)
    if scheme != "sqlite":
        raise WeaklinkError(
            f"Stores of the kind {scheme!r} do not exist.",
            "Give the path of an SQLite file, or postgresql://HOST/DATABASE.",
        )
    return Path(fspath(location).removeprefix("sqlite://").removeprefix("/"))


def _without_secret(address: str) -> str:
    """Return the address, which commands, records and reports show.

    Raises:
        WeaklinkError: It holds a password.
    """
    try:
        parts = urlsplit(address)
        secret = parts.password is not None or any(
            name.strip().lower() in _SECRETS for name, _ in parse_qsl(parts.query)
        )
    except ValueError:
        secret = True
    if secret:
        raise WeaklinkError(
            "The address of the store holds a password, which a report or a log could show.",
            _REMEDY,
        )
    return address
