"""Whether a SQLite file is whole, and which large files were when they were last looked at."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path
from shlex import quote
from threading import Event, Timer
from typing import cast

import sqlalchemy as sa
from sqlalchemy import Connection

from weaklink.cache import cache_folder, digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.files import write_atomically

SMALL = 64_000_000
"""Bytes of a file that is checked whenever it is opened."""

SECONDS = 60.0
"""How long a check may take: enough for 5 to 15 GB, by the order in which they were written."""

AGAIN = 600.0
"""Seconds until one process checks a large file again that changes all the time."""

_READ = """
import sys
buffer = bytearray(2**20)
with open(sys.argv[1], "rb", buffering=0) as file:
    while file.readinto(buffer):
        pass
"""
_CHECKED = dict[tuple[int, int], float]()
"""When this process checked a large file, by its device and inode."""


class UncheckedStore(UserWarning):
    """A store is so large that it was checked for damage in part only."""


def is_whole(connection: Connection, path: Path) -> bool:
    """Return whether SQLite finds no damage, indices that miss rows included.

    A large file that has not changed since a check is not checked again. A check that takes too
    long is given up with a warning, and the file is taken as it is.

    Args:
        connection: One to the file, in autocommit mode.
        path: The file.
    """
    state = path.stat()
    if state.st_size <= SMALL:
        return integrity(connection) is True
    file = (state.st_dev, state.st_ino)
    now = time.monotonic()
    if now - _CHECKED.get(file, -AGAIN) < AGAIN:
        return True
    note = cache_folder() / "checked" / f"{digest_of_parts([str(path)])}.json"
    known = _noted(note, state)
    if known is None:
        _read_through(path)
        verdict = integrity(connection)
        if verdict is False:
            return False
        known = verdict is True
        _keep(note, state, whole=known)
    _CHECKED[file] = now
    if not known:
        warnings.warn(
            f"The store {path} is too large to be checked for damage in {SECONDS:.0f} seconds. "
            f"To check it, run: sqlite3 {quote(str(path))} 'PRAGMA integrity_check'",
            UncheckedStore,
            stacklevel=2,
        )
    return True


def integrity(connection: Connection) -> bool | None:
    """Return whether the file is whole; None: the time was over before that was known."""
    driver, over = cast("sqlite3.Connection", connection.connection.driver_connection), Event()

    def end() -> None:
        over.set()
        driver.interrupt()

    timer = Timer(SECONDS, end)
    timer.start()
    try:
        whole = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"
    except sa.exc.OperationalError:
        if not over.is_set():
            raise
        return None
    finally:
        timer.cancel()
    return None if over.is_set() and not whole else whole


def _read_through(path: Path) -> None:
    """Read a file from its start into the memory of the system; a check reads it in no order.

    Another process does that. If this one closed the file, it would give up the locks that SQLite
    holds on it.
    """
    with suppress(subprocess.TimeoutExpired):
        command = (sys.executable, "-I", "-S", "-c", _READ, str(path))
        subprocess.run(  # noqa: S603 - this Python, and a path as its argument
            command, timeout=SECONDS / 2, check=False, stderr=subprocess.DEVNULL
        )


def _noted(note: Path, state: os.stat_result) -> bool | None:
    """Return whether a file that has not changed since was checked to its end, if it was."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads(note.read_text("utf-8"))
        if kept["state"] == _identity(state):
            return kept["whole"] is True
    return None


def _keep(note: Path, state: os.stat_result, *, whole: bool) -> None:
    with suppress(OSError, WeaklinkError):
        note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(note, json.dumps({"state": _identity(state), "whole": whole}))


def _identity(state: os.stat_result) -> list[int]:
    """Return what changes when a file is written or replaced."""
    return [state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns]
