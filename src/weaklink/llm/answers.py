"""Answers that LLMs have given, so that a rerun costs nothing and needs no network."""

from __future__ import annotations

from pathlib import Path

from weaklink.cache import cache_folder
from weaklink.sqlite_file import SqliteFile

_TABLES = """
CREATE TABLE IF NOT EXISTS replies (question TEXT PRIMARY KEY, reply TEXT) WITHOUT ROWID;
"""


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
        self._file = SqliteFile(path, _TABLES)
        self.close = self._file.close

    def get(self, question: str) -> str | None:
        """Return the answer to a question, or None if there is none yet."""
        found = self._file.read("SELECT reply FROM replies WHERE question = ?", [question])
        return str(found[0][0]) if found else None

    def put(self, question: str, answer: str) -> None:
        """Keep an answer; returns when it is on disk."""
        with self._file.transaction() as database:
            database.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (question, answer))
