"""Answers that remote victims gave, and what they cost: nothing is paid for twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from weaklink.sqlite_file import SqliteFile
from weaklink.victims.remote.requests import Answer, Tokens

_TABLES = """
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS answers (question TEXT PRIMARY KEY, answer TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spending (
    victim TEXT PRIMARY KEY, requests INTEGER, tokens_in INTEGER, tokens_out INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS under_way (
    request TEXT, question TEXT, victim TEXT, PRIMARY KEY (request, question)
) WITHOUT ROWID;
"""
_AT_ONCE = 500


class Spending(NamedTuple):
    """What was asked of victims, earlier runs included."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


class Sent(NamedTuple):
    """A request that is counted, and about to be sent.

    Attributes:
        request: Tells it from all others.
        victim: Whom it asks.
        worst: The most that it may cost.
    """

    request: str
    victim: str
    worst: Tokens


class Lost(NamedTuple):
    """Requests of which no answer was kept, and the texts in them."""

    requests: int = 0
    texts: int = 0


class RemoteAnswers:
    """Answers by the digest of their question, and what each victim cost, in one SQLite file.

    An answer and its cost are written in one transaction. A request is counted, with the most that
    it may cost, before it is sent, and with the questions that are under way in it: so a kill can
    lose an answer under way, but never hide a cost. Kills lose nothing that was written; only a
    loss of power may lose the last answers.

    Args:
        path: The file; made if it is not there.

    Attributes:
        close: Closes the file, which is also closed when nobody holds the answers any more.
    """

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path, _TABLES)
        self.close = self._file.close

    def known(self, questions: Sequence[str]) -> dict[str, Answer]:
        """Return the answers that there are, by question."""
        found: dict[str, Answer] = {}
        for part in _parts(questions):
            marks = ",".join("?" * len(part))
            query = f"SELECT question, answer FROM answers WHERE question IN ({marks})"  # noqa: S608 - question marks
            rows = self._file.read(query, part)
            with self._file.reading():
                found |= {question: json.loads(said) for question, said in rows}
        return found

    def reserve(
        self,
        victim: str,
        questions: Iterable[str],
        worst: Tokens,
        allowed: Callable[[Spending], bool],
    ) -> Sent | None:
        """Count a request at its worst cost, if what all victims cost with it is allowed."""
        sent = Sent(uuid4().hex, victim, worst)
        with self._file.transaction() as database:
            database.execute(_ADD, (victim, 1, worst.read, worst.written))
            if not allowed(Spending(*database.execute(_TOTAL).fetchone())):
                database.rollback()
                return None
            rows = [(sent.request, question, victim) for question in questions]
            database.executemany("INSERT INTO under_way VALUES (?, ?, ?)", rows)
            return sent

    def settle(self, sent: Sent, used: Tokens, answers: Mapping[str, Answer]) -> None:
        """Keep the answers to a request, and replace its worst cost by what was used."""
        with self._file.transaction() as database:
            database.executemany(
                "INSERT OR REPLACE INTO answers VALUES (?, ?)",
                [(question, json.dumps(answer)) for question, answer in answers.items()],
            )
            change = used.read - sent.worst.read, used.written - sent.worst.written
            database.execute(_ADD, (sent.victim, 0, *change))
            database.execute("DELETE FROM under_way WHERE request = ?", (sent.request,))

    def lost_by(self) -> dict[str, Lost]:
        """Return the requests that have no answer and no failure yet, by the victim's name.

        They were under way when their process was killed, or are under way in another process.
        """
        rows = self._file.read(
            "SELECT victim, count(DISTINCT request), count(*) FROM under_way GROUP BY victim"
        )
        return {victim: Lost(*counts) for victim, *counts in rows}

    def spent(self) -> Spending:
        """Return what all victims have cost so far."""
        ((*counts,),) = self._file.read(_TOTAL)
        return Spending(*counts)

    def spent_by(self) -> dict[str, Spending]:
        """Return what each victim has cost so far, by name."""
        rows = self._file.read("SELECT * FROM spending ORDER BY victim")
        return {victim: Spending(*counts) for victim, *counts in rows}


_TOTAL = """
SELECT coalesce(sum(requests), 0), coalesce(sum(tokens_in), 0), coalesce(sum(tokens_out), 0)
FROM spending
"""
_ADD = """
INSERT INTO spending VALUES (?, ?, ?, ?) ON CONFLICT (victim) DO UPDATE SET
requests = requests + excluded.requests,
tokens_in = tokens_in + excluded.tokens_in,
tokens_out = tokens_out + excluded.tokens_out
"""


def _parts(questions: Sequence[str]) -> list[Sequence[str]]:
    return [questions[i : i + _AT_ONCE] for i in range(0, len(questions), _AT_ONCE)]
