"""Files that keep answers, listings and signatures: damage is told, and nothing else is used."""

import random
from contextlib import suppress
from datetime import UTC, datetime

import numpy as np
import pytest

from weaklink.errors import WeaklinkError
from weaklink.hub.journal import CollectionJournal
from weaklink.hub.record import row_of
from weaklink.lineage.weights.snapshot.kept import SignatureFile
from weaklink.lineage.weights.snapshot.signatures import Signature
from weaklink.llm.answers import Answers
from weaklink.victims.remote.answers import RemoteAnswers
from weaklink.victims.remote.requests import Tokens

from . import ROUNDS

SIGNATURE = Signature(
    widths=np.ones(2, int),
    vectors=np.ones((2, 3), np.float32),
    raw=np.ones(2),
    layers=2,
    task_head=True,
    created=datetime(2026, 1, 1, tzinfo=UTC),
)


def remote(path, *, fill=False):
    answers = RemoteAnswers(path)
    if fill:
        sent = answers.reserve("v", ["q", "r"], Tokens(9, 9), lambda _: True)
        answers.settle(sent, Tokens(1, 1), {"q": {"scores": {"a": 0.5}}, "r": {"label": "b"}})
    found = answers.known(["q", "r"]), answers.spent_by(), answers.lost_by()
    answers.close()
    return found


def llm(path, *, fill=False):
    answers = Answers(path)
    if fill:
        answers.put("q", "an answer")
    found = answers.get("q")
    answers.close()
    return found


def signatures(path, *, fill=False):
    kept = SignatureFile(path)
    if fill:
        kept.put("a/b", "main", SIGNATURE, None)
    found = kept.get("a/b", "main")
    kept.close()
    return found


def journal(path, *, fill=False):
    (path.parent / "journal").mkdir(exist_ok=True)
    place = path.parent / "journal" / "journal.sqlite"
    if not fill:
        place.write_bytes(path.read_bytes())
    with CollectionJournal.open(place.parent) as kept:
        if fill:
            kept.add_page([row_of({"id": f"a/{i}", "createdAt": "2024-05-01"}) for i in range(9)])
        found = kept.state("page", 1), [*kept.models()], [*kept.cards()], kept.cards_to_fetch()
    if fill:
        path.write_bytes(place.read_bytes())
    return found


USERS = [remote, llm, signatures, journal]


@pytest.mark.parametrize("use", USERS)
@pytest.mark.parametrize(
    "content", [b"x", b"text,label\n" * 99, b"SQLite format 3\0" + b"\1" * 999]
)
def test_another_file_is_told_and_left_as_it_is(use, content, tmp_path):
    path = tmp_path / "kept.sqlite"
    path.write_bytes(content)
    with pytest.raises(WeaklinkError, match="cannot be used"):
        use(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("use", USERS)
def test_damage_is_told_or_does_no_harm(use, tmp_path):
    """Fuzzing: bytes of a file are exchanged, by a fixed seed."""
    path = tmp_path / "kept.sqlite"
    use(path, fill=True)
    whole, draw = path.read_bytes(), random.Random(26)
    used = [number for number, byte in enumerate(whole) if byte]
    for _ in range(25 * ROUNDS):
        data = bytearray(whole)
        for _ in range(draw.choice([1, 1, 3])):
            data[draw.choice(used)] = draw.randrange(256)
        for old in tmp_path.rglob("*.sqlite*"):
            old.unlink()
        path.write_bytes(data)
        with suppress(WeaklinkError):
            use(path)
