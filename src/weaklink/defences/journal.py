"""Figures of texts in a file that grows line by line, so that a killed run loses none."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path


class ScoreJournal:
    """Remembers lists of numbers by text, in memory and in a file.

    A last line that a kill cut off is left out; it is worked out again.

    Args:
        path: The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, list[float]] = {}
        if path.is_file():
            whole, _, _ = path.read_bytes().rpartition(b"\n")
            lines = [json.loads(line) for line in whole.splitlines()]
            self._known = dict(lines)
            path.write_bytes(whole + b"\n" if whole else b"")

    def recall(self, text: str, find: Callable[[], list[float]]) -> list[float]:
        """Return the numbers of a text, and find and write them where they are not known."""
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if digest not in self._known:
            self._known[digest] = found = find()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([digest, found]) + "\n")
        return self._known[digest]
