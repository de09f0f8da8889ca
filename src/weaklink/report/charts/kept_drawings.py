"""Drawings of charts that were drawn before: the renderer takes a second for those of a report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from weaklink.cache import cache_folder, digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.sqlite_file import SqliteFile

MOST = 2000
"""Drawings that are kept, some 20 MB; the oldest go first."""
_TABLE = "CREATE TABLE IF NOT EXISTS drawings (digest TEXT PRIMARY KEY, drawing TEXT);"
_KNOWN = "SELECT drawing FROM drawings WHERE digest = ?"
_TOO_OLD = "DELETE FROM drawings WHERE rowid <= (SELECT max(rowid) FROM drawings) - ?"


def kept_drawing(specification: Mapping[str, Any], renderer: str, draw: Callable[[], str]) -> str:
    """Return the drawing of an equal chart, or else a new one.

    ``drawings.sqlite`` in the cache folder keeps them. Without a file that can be used, each chart
    is drawn.

    Args:
        specification: The chart, as JSON.
        renderer: What draws it, with its version.
        draw: Draws it.
    """
    digest = digest_of_parts([renderer, json.dumps(specification, sort_keys=True)])
    path = cache_folder() / "drawings.sqlite"
    found = _read(path, digest)
    if found is None:
        found = draw()
        _write(path, digest, found)
    return found


def _read(path: Path, digest: str) -> str | None:
    if path.is_file():
        with suppress(WeaklinkError, OSError), closing(SqliteFile(path, _TABLE)) as file:
            return next((str(row[0]) for row in file.read(_KNOWN, [digest])), None)
    return None


def _write(path: Path, digest: str, drawing: str) -> None:
    with (
        suppress(WeaklinkError, OSError),
        closing(SqliteFile(path, _TABLE)) as file,
        file.transaction() as database,
    ):
        database.execute("INSERT OR REPLACE INTO drawings VALUES (?, ?)", (digest, drawing))
        database.execute(_TOO_OLD, [MOST])
