"""What a caller of Python reads: stores, studies and figures, with errors in Python's words."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from weaklink.campaigns.python.errors import in_python

if TYPE_CHECKING:
    from weaklink.measures import Results
    from weaklink.store import Store
    from weaklink.store.databases import Location
    from weaklink.store.studies import Study


def open_store(location: Location, *, create: bool = True) -> Store:
    """Open a store of outcomes, and bring its schema up to date. Use it as a context manager.

    Args:
        location: Path of an SQLite file, ``sqlite:///`` with such a path, or the address of a
            PostgreSQL database, ``postgresql://USER@HOST/DATABASE``, without a password.
        create: Whether to make a new file where there is none.

    Raises:
        WeaklinkError: There is no store there, or it cannot be read, is of a newer version, or
            is something else.
    """
    from weaklink.store import open_store

    with in_python():
        return open_store(location, create=create)


def read_study(folder: str | PathLike[str]) -> Study:
    """Read a study's record and its outcomes; no model is asked anything.

    Args:
        folder: The folder of a study, which holds its ``study.json``.

    Raises:
        WeaklinkError: There is no study in the folder, or it cannot be read, or its store lacks a
            campaign that the record names.
    """
    from weaklink.store.studies import read_study

    with in_python():
        return read_study(Path(folder))


def read_results(path: str | PathLike[str]) -> Results:
    """Return the figures of a campaign from its JSON, whichever version of weaklink wrote it.

    Args:
        path: What ``results.to_json()`` gave, or ``--json`` of ``weaklink audit``, or the
            ``results.json`` of a study.

    Raises:
        WeaklinkError: The file cannot be read, is something else or broken, or a later version
            of weaklink wrote it.
    """
    from weaklink.measures import read_results

    with in_python():
        return read_results(path)
