"""Answers that LLMs have given, so that a rerun costs nothing and needs no network."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Lock
from weakref import finalize

from weaklink.cache import cache_folder


def answers_file() -> Path:
    """Return the file that answers are kept in unless another is named."""
    return cache_folder() / "llm-answers.sqlite"


class Answers:
    """Answers by the digest of their question, in one SQLite file; threads may share it.

    Args:
        path: The file; made if it is not there.

    Attributes:
        close: Closes the file, which is also closed when nobody holds the answers any more.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS replies (question TEXT PRIMARY KEY, reply TEXT)"
            " WITHOUT ROWID"
        )
        self.close = finalize(self, self._file.close)

    def get(self, question: str) -> str | None:
        """Return the answer to a question, or None if there is none yet."""
        with self._lock:
            row = self._file.execute(
                "SELECT reply FROM replies WHERE question = ?", (question,)
            ).fetchone()
        return str(row[0]) if row else None

    def put(self, question: str, answer: str) -> None:
        """Keep an answer; returns when it is on disk."""
        with self._lock:
            self._file.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (question, answer))
