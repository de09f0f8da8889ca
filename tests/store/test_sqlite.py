"""The embedded store: conformance, and what can go wrong with a file."""

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from hashlib import sha256
from threading import Timer
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from tests.examples import a_campaign, an_outcome
from weaklink.errors import WeaklinkError
from weaklink.store import Store, open_store
from weaklink.store.databases import sqlite
from weaklink.testing.stores import StoreConformance


class TestSqlite(StoreConformance):
    kills = 10

    @pytest.fixture
    def reopen(self, tmp_path):
        return partial(open_store, tmp_path / "audit.db")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "audit.db"


def keep_one_outcome(path):
    with open_store(path) as store:
        store.put(an_outcome(0))


def is_intact(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_opens_by_path_and_by_url(path, monkeypatch):
    keep_one_outcome(path)
    with open_store(f"sqlite:///{path}") as store:
        assert list(store.outcomes()) == [an_outcome(0)]
    monkeypatch.chdir(path.parent)
    with open_store("sqlite:///audit.db") as store:
        assert list(store.outcomes()) == [an_outcome(0)]


def test_no_name_of_a_file_is_special(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (":memory:", "file:x?mode=memory", "a?b=c#d%20e.db"):
        keep_one_outcome(name)
        assert (tmp_path / name).stat().st_size > 0


def test_refuses_other_databases(path):
    with pytest.raises(WeaklinkError, match="'mysql'"):
        open_store("mysql://host/audit")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(WeaklinkError, match="is not a weaklink store"):
        open_store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"text,label\n" * 1000, b"\x89PNG\r\n" * 1000])
def test_refuses_a_file_of_another_kind_and_leaves_it_as_it_is(path, content):
    path.write_bytes(content)
    with pytest.raises(WeaklinkError, match="is not a weaklink store"):
        open_store(path)
    assert path.read_bytes() == content


def test_refuses_what_is_not_there(path):
    with pytest.raises(WeaklinkError, match="There is no store"):
        open_store(path, create=False)
    assert not path.exists()
    path.touch()
    with pytest.raises(WeaklinkError, match="There is no store"):
        open_store(path, create=False)


def test_refuses_what_cannot_be_opened(tmp_path):
    for location in (tmp_path, tmp_path / "no folder" / "audit.db"):
        with pytest.raises(WeaklinkError, match="cannot be opened"):
            open_store(location)


def test_refuses_a_damaged_store(path):
    keep_one_outcome(path)
    content = bytearray(path.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    path.write_bytes(content)
    with pytest.raises(WeaklinkError, match="is damaged"):
        open_store(path)


def store_with(path, pragma, **options):
    """Open the store with a pragma set on each connection."""
    database = sqlite.connect(path, create=False, **options)
    sa.event.listen(database.engine, "connect", lambda connection, _: connection.execute(pragma))
    return Store(database, path)


def test_a_store_that_cannot_be_written_can_be_read(path):
    keep_one_outcome(path)
    with store_with(path, "PRAGMA query_only = ON") as store:
        with pytest.raises(WeaklinkError, match="may be read but not written"):
            store.put(an_outcome(1))
        with pytest.raises(WeaklinkError, match="may be read but not written"):
            store.add_campaign(a_campaign())
        assert list(store.outcomes()) == [an_outcome(0)]


def test_a_full_disk_loses_nothing_that_was_stored(path):
    keep_one_outcome(path)
    with closing(sqlite3.connect(path)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()

    with store_with(path, f"PRAGMA max_page_count = {pages}") as store:
        with pytest.raises(WeaklinkError, match="no space left"):
            store.put(an_outcome(1, original_text="long " * 10_000))
        assert list(store.outcomes()) == [an_outcome(0)]
    assert is_intact(path)
    with open_store(path) as store:
        store.put(an_outcome(1))
        assert list(store.outcomes()) == [an_outcome(0), an_outcome(1)]


def test_a_lock_that_is_never_released_is_an_error_and_does_not_stop_readers(path):
    keep_one_outcome(path)
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as other,
        store_with(path, "PRAGMA synchronous", lock_seconds=0.01) as store,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WeaklinkError, match="is locked by another process"):
            store.put(an_outcome(1))
        assert list(store.outcomes()) == [an_outcome(0)]
        other.execute("ROLLBACK")
        store.put(an_outcome(1))
    assert is_intact(path)


def test_uses_a_write_ahead_log_that_is_folded_in_when_the_store_closes(path):
    with open_store(path) as store:
        store.put(an_outcome(0))
        assert path.with_name("audit.db-wal").exists()
    assert [file.name for file in path.parent.iterdir()] == ["audit.db"]


def test_a_new_file_that_another_process_is_setting_up_is_waited_for(path, monkeypatch):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        waited = []

        def sleep(seconds):
            waited.append(seconds)
            other.execute("ROLLBACK")

        clock = SimpleNamespace(sleep=sleep, monotonic=time.monotonic)
        monkeypatch.setattr(sqlite, "time", clock)
        keep_one_outcome(path)
    assert len(waited) == 1
    assert is_intact(path)


def test_reading_in_columns_gives_up_no_lock_of_the_process_that_reads(path):
    """Else another process, when it closes, takes the log away from one that goes on to write."""
    with open_store(path) as store:
        store.put(an_outcome(0))
        with sqlite.reader(path) as read:
            assert len(read(sa.select(sa.column("seed")).select_from(sa.table("outcomes")))) == 1
        other = "import sys; from weaklink.store import open_store; open_store(sys.argv[1]).close()"
        subprocess.run([sys.executable, "-c", other, path], check=True)
        assert path.with_name("audit.db-wal").exists()
        store.put(an_outcome(1))


def test_what_reads_in_columns_waits_for_a_lock_too(path):
    keep_one_outcome(path)
    asked = sa.select(sa.func.count().label("n")).select_from(sa.table("outcomes"))
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        release = Timer(0.2, other.execute, ["ROLLBACK"])
        release.start()
        with sqlite.reader(path) as read:
            assert read(asked)["n"].to_list() == [1]
        release.join()


def test_a_transaction_that_may_write_takes_the_lock_when_it_begins(path):
    keep_one_outcome(path)
    engine = sqlite.open_engine(path, create=False)
    with closing(sqlite3.connect(path, timeout=0)) as other:
        with engine.begin(), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")
    engine.dispose()


def test_a_campaign_on_english_has_the_digest_that_it_had_without_a_language(path):
    english = a_campaign()
    spanish = english.model_copy(
        update={"data": english.data.model_copy(update={"language": "es"})}
    )
    with open_store(path) as store:
        assert store.add_campaign(english) != store.add_campaign(spanish)
        assert [one.campaign.data.language for one in store.campaigns()] == ["en", "es"]
    with closing(sqlite3.connect(path)) as connection:
        (digest,) = connection.execute("SELECT digest FROM campaigns ORDER BY id").fetchone()
    content = json.loads(english.model_dump_json(exclude={"provenance": True, "source": True}))
    del content["data"]["language"]
    for victim in content["victims"]:
        victim["details"].pop("runtime", None)
        del victim["operating_point"]
    plain = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    assert digest == sha256(plain.encode()).hexdigest()
