"""Answers that an LLM has given, so that a rerun costs nothing and needs no network."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from weaklink.lineage.llm.ask import PROMPT_VERSION, Answer


class Cache:
    """Answers by card digest, prompt version and model, in one SQLite file.

    Args:
        path: The file; made if it is not there.
        model: The model that is asked.
    """

    def __init__(self, path: Path, model: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._model, self._lock = model, Lock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS answers (card TEXT, prompt TEXT, model TEXT, answer TEXT,"
            " PRIMARY KEY (card, prompt, model)) WITHOUT ROWID"
        )

    def get(self, digest: str, downstream: str) -> Answer | None:
        """Return the answer to one model's card, if there is one that this version can read."""
        with self._lock:
            row = self._file.execute(
                "SELECT answer FROM answers WHERE card = ? AND prompt = ? AND model = ?",
                (f"{downstream}@{digest}", PROMPT_VERSION, self._model),
            ).fetchone()
        try:
            return Answer.model_validate_json(row[0]) if row else None
        except ValidationError:
            return None

    def put(self, digest: str, downstream: str, answer: Answer) -> None:
        """Keep an answer; returns when it is on disk."""
        with self._lock:
            self._file.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)",
                (f"{downstream}@{digest}", PROMPT_VERSION, self._model, answer.model_dump_json()),
            )

    def close(self) -> None:
        """Close the file."""
        self._file.close()
