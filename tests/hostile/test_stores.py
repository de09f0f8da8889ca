"""A store that is damaged, copied, read-only or no store at all is told, and loses nothing."""

import contextlib
import inspect
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.engine import killable
from tests.examples import a_campaign, an_outcome
from tests.study.planted import planted_study
from weaklink.errors import WeaklinkError
from weaklink.store import Store, open_store
from weaklink.store.columns import StoredOutcomes
from weaklink.store.databases import checking, sqlite
from weaklink.store.studies import study_of_audit

from . import ROUNDS


def fill(path, samples=4):
    campaign = a_campaign(samples=samples)
    with open_store(path) as store:
        store.add_campaign(campaign)
        for sample in range(samples):
            for victim in ("up", "down"):
                store.put(an_outcome(sample, victim=victim))
    return campaign


def read(path):
    """Read a store in every way that there is; return the number of outcomes."""
    with open_store(path, create=False) as store:
        campaigns = [one.campaign for one in store.campaigns()]
        store.records()
        count = len(list(store.outcomes()))
    study_of_audit(path)
    StoredOutcomes(path, campaigns).frame()
    return count


KILLED = """
import os, sys
from tests.hostile.test_stores import fill
from weaklink.store import open_store
fill(sys.argv[1])
store = open_store(sys.argv[1])
from tests.examples import an_outcome
store.put(an_outcome(0, repetition=1))
os.kill(os.getpid(), 9)
"""


def test_a_command_that_opens_a_store_folds_in_what_a_kill_left(tmp_path):
    path = tmp_path / "audit.db"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", KILLED, path], env=environment, check=False)
    assert path.with_name("audit.db-wal").stat().st_size > 0
    with open_store(path, create=False):
        copy = tmp_path / "copy.db"
        shutil.copy(path, copy)
    assert read(copy) == 9


@pytest.mark.parametrize("content", [b"x", b"\0", b"\n", b"SQLite format 3", b"x" * 99])
@pytest.mark.parametrize("create", [True, False])
def test_a_short_file_is_no_store_and_is_left_as_it_is(content, create, tmp_path):
    path = tmp_path / "audit.db"
    path.write_bytes(content)
    with pytest.raises(WeaklinkError, match="is not a weaklink store"):
        open_store(path, create=create)
    assert path.read_bytes() == content


@pytest.fixture
def locked(tmp_path):
    """A folder that nobody may write to, not even root."""
    folder = tmp_path / "locked"
    folder.mkdir()
    yield folder
    folder.chmod(0o700)


def test_a_store_in_a_folder_that_cannot_be_written_is_read(locked, monkeypatch):
    path = locked / "audit.db"
    fill(path)
    before = {one.name: one.read_bytes() for one in locked.iterdir()}
    path.chmod(0o400)
    locked.chmod(0o500)
    monkeypatch.setattr("weaklink.store.databases.sqlite.os.access", lambda *_: False)
    assert read(path) == 8
    locked.chmod(0o700)
    assert {one.name: one.read_bytes() for one in locked.iterdir()} == before


def test_a_store_that_cannot_be_written_with_a_log_is_not_half_read(locked, monkeypatch):
    path = locked / "audit.db"
    fill(path)
    path.with_name("audit.db-wal").write_bytes(b"something")
    monkeypatch.setattr("weaklink.store.databases.sqlite.os.access", lambda *_: False)
    with pytest.raises(WeaklinkError, match="-wal"):
        open_store(path, create=False)


REFUSALS = {
    "no space left": "PRAGMA max_page_count = {pages}",
    "may be read but not written": "PRAGMA query_only = 1",
}


@pytest.mark.parametrize(("told", "pragma"), REFUSALS.items(), ids=REFUSALS.keys())
def test_a_store_that_refuses_in_mid_run_loses_nothing(
    told, pragma, uninterrupted, tmp_path, monkeypatch
):
    """The disk is full, or the store read-only, from the fifth outcome on; then it is not."""
    monkeypatch.setattr(killable, "ATTACKS", {"pwws": 1})
    path, begun = tmp_path / "audit.db", []
    with open_store(path) as store:
        asked = len(toy_run(store).pending())
    database = sqlite.connect(path, create=False)

    def refuse(connection, *_):
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        if len(begun) >= 5:
            connection.execute(pragma.format(pages=pages))

    sa.event.listen(database.engine, "checkout", refuse)
    with Store(database, path) as store, pytest.raises(WeaklinkError, match=told):
        toy_run(store).run(lambda outcome: begun.append(outcome.key))
    with open_store(path) as store:
        kept = {one.key: one for one in store.outcomes()}
        assert set(begun) <= set(kept)
        assert len(kept) < asked
        toy_run(store).run(lambda _: None)
        ended = {one.key: one for one in store.outcomes()}
    assert {key: ended[key] for key in kept} == kept
    assert {key: timeless(one) for key, one in ended.items()} == uninterrupted
    assert len(ended) == asked


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    with (
        pytest.MonkeyPatch.context() as patch,
        open_store(tmp_path_factory.mktemp("whole") / "audit.db") as store,
    ):
        patch.setattr(killable, "ATTACKS", {"pwws": 1})
        toy_run(store).run(lambda _: None)
        return {one.key: timeless(one) for one in store.outcomes()}


def toy_run(store):
    run = killable.make_run(store, 4)
    store.add_campaign(run.campaign)
    return run


def timeless(outcome):
    return replace(outcome, seconds=0.0)


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_a_damaged_store_is_told_or_whole(large, tmp_path, monkeypatch):
    """Fuzzing: bytes of a store are exchanged, cut or set to zero, by a fixed seed."""
    if large:
        check_as_large(monkeypatch)
    path, damaged = tmp_path / "whole.db", tmp_path / "damaged.db"
    fill(path, samples=40)
    whole, draw = path.read_bytes(), random.Random(8)
    for _ in range(50 * ROUNDS):
        data = bytearray(whole)
        start = draw.randrange(len(data))
        match draw.randrange(4):
            case 0:
                data[start] ^= 1 << draw.randrange(8)
            case 1:
                data[start : start + 300] = bytes(len(data[start : start + 300]))
            case 2:
                data = data[:start]
            case _:
                page = start // 4096 * 4096
                data[page : page + 4096] = bytes(4096)
        damaged.write_bytes(data)
        with contextlib.suppress(WeaklinkError):
            assert read(damaged) == 80


def test_a_message_of_sqlite_that_is_no_text_is_told(tmp_path):
    """SQLite says which part of its schema is damaged, in whatever bytes that has."""
    path = tmp_path / "audit.db"
    fill(path)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"tableoutcomes", b"table\xefutcomes"))
    with pytest.raises(WeaklinkError, match="damaged"):
        read(path)


def check_as_large(monkeypatch):
    """Check every store as a large one, and as a process does that has seen none."""
    monkeypatch.setattr(checking, "SMALL", 0)
    monkeypatch.setattr(checking, "AGAIN", 0.0)


TAKES_THE_FILE = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=0) as database:
    print(*database.execute("PRAGMA journal_mode = DELETE").fetchone())
"""


def test_opening_a_store_again_gives_up_no_lock_of_the_process(tmp_path, monkeypatch):
    """A system drops all locks of a process on a file when it closes the file once."""
    check_as_large(monkeypatch)
    path = tmp_path / "audit.db"
    fill(path)
    with open_store(path) as store:
        store.put(an_outcome(0, repetition=1))
        read(path)
        took = subprocess.run(
            [sys.executable, "-c", TAKES_THE_FILE, path],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "database is locked" in took.stderr
        store.put(an_outcome(0, repetition=2))
    assert read(path) == 10


def test_no_outcome_of_a_large_store_is_lost_with_its_key(tmp_path, monkeypatch):
    """A wrong letter of a key is valid for SQLite, and hides the outcome from who asks for it."""
    check_as_large(monkeypatch)
    path = tmp_path / "audit.db"
    fill(path)
    whole, key = path.read_bytes(), an_outcome(0).key
    start = f"{key.victim_fingerprint}{key.attack_fingerprint}{key.data_fingerprint}".encode()
    in_table_and_index = [found.start() for found in re.finditer(re.escape(start), whole)]
    assert len(in_table_and_index) == 8
    for place in in_table_and_index:
        path.write_bytes(whole[:place] + b"X" + whole[place + 1 :])
        with pytest.raises(WeaklinkError, match="is damaged"):
            read(path)


def count_checks(monkeypatch):
    checks = []
    check = checking.integrity
    monkeypatch.setattr(checking, "integrity", lambda one: checks.append(one) or check(one))
    return checks


def test_a_large_store_is_checked_once_for_each_change(tmp_path, monkeypatch):
    check_as_large(monkeypatch)
    path = tmp_path / "audit.db"
    fill(path)
    checks = count_checks(monkeypatch)
    for _ in range(3):
        read(path)
    assert len(checks) == 1
    with open_store(path) as store:
        store.put(an_outcome(0, repetition=1))
    for _ in range(3):
        read(path)
    assert len(checks) == 2


def test_one_process_checks_a_large_store_that_changes_all_the_time_once(tmp_path, monkeypatch):
    monkeypatch.setattr(checking, "SMALL", 0)
    path = tmp_path / "audit.db"
    fill(path)
    checks = count_checks(monkeypatch)
    for repetition in range(1, 4):
        with open_store(path) as store:
            store.put(an_outcome(0, repetition=repetition))
    assert len(checks) == 1


class AtOnce:
    """A timer that is over as soon as the check of a store has begun."""

    def __init__(self, _, end):
        self.end, self.driver = end, inspect.getclosurevars(end).nonlocals["driver"]

    def start(self):
        self.driver.set_progress_handler(self.end, 1)

    def cancel(self):
        self.driver.set_progress_handler(None, 0)


def test_a_check_that_takes_too_long_is_given_up_and_told(tmp_path, monkeypatch):
    path = tmp_path / "audit.db"
    fill(path)
    check_as_large(monkeypatch)
    monkeypatch.setattr(checking, "Timer", AtOnce)
    checks = count_checks(monkeypatch)
    for _ in range(2):
        with pytest.warns(checking.UncheckedStore, match="PRAGMA integrity_check"):
            open_store(path).close()
    assert len(checks) == 1


@pytest.mark.parametrize("kept", ["", "{", "[]", "null", '{"state": 1}', '{"state": null}'])
def test_a_damaged_note_of_a_check_is_no_check(kept, cache, tmp_path, monkeypatch):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path / "cache"))
    check_as_large(monkeypatch)
    path = tmp_path / "audit.db"
    fill(path)
    read(path)
    (note,) = (tmp_path / "cache" / "checked").iterdir()
    note.write_text(kept)
    checks = count_checks(monkeypatch)
    read(path)
    assert len(checks) == 1


def test_a_lone_surrogate_in_a_text_is_stored_as_a_question_mark(tmp_path):
    with open_store(tmp_path / "audit.db") as store:
        store.put(an_outcome(0, adversarial_text="a \ud800 b", error="\udcff"))
        assert [one.adversarial_text for one in store.outcomes()] == ["a ? b"]


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE outcomes",
        "DROP TABLE weaklink_schema",
        "DELETE FROM weaklink_schema",
        "UPDATE campaigns SET content = '{'",
        "UPDATE campaigns SET content = x'ff'",
        "UPDATE campaigns SET created = 'yesterday'",
        "UPDATE outcomes SET status = 'odd'",
        "UPDATE outcomes SET notes = '{'",
        "UPDATE outcomes SET original_text = x'fffe'",
        "ALTER TABLE outcomes DROP COLUMN words",
        "INSERT INTO records VALUES (1, 'x', 'audit', '{}')",
    ],
)
def test_a_store_with_other_contents_is_told(change, tmp_path):
    path = tmp_path / "audit.db"
    fill(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()
    with pytest.raises(WeaklinkError):
        read(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"finetuned": 7},
        {"hardened": [7]},
        {"finetuned": [{"name": "a"}]},
        {"pretrained": [{"name": None}]},
        {"labels": ["a"]},
        {"labels": {"m": {"a": 1}}},
        {"bounds": "none"},
        {"bounds": {"similarity": []}},
    ],
    ids=str,
)
def test_a_record_whose_specification_is_none_is_told(changes, tmp_path):
    record = planted_study().record
    said = record.model_copy(update={"specification": record.specification | changes})
    with open_store(tmp_path / "audit.db") as store:
        store.put_record(said)
        with pytest.raises(WeaklinkError, match="damaged"):
            store.records()
