"""The schema of every version, and stores of other versions."""

import sqlite3
from contextlib import closing
from dataclasses import fields

import pytest

from tests.examples import an_outcome
from weaklink.errors import WeaklinkError
from weaklink.store import Outcome, OutcomeKey, open_store
from weaklink.store.databases import sqlite
from weaklink.store.migrations import MIGRATIONS, migrate
from weaklink.store.tables import campaigns, outcomes, records, registrations, to_row


def schema(path):
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql NOTNULL ORDER BY name")
        return "".join(f"{sql};\n" for (sql,) in rows)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_the_schema_of_each_version_is_pinned(tmp_path, golden, version):
    database = sqlite.connect(tmp_path / "audit.db", create=True)
    migrate(database, MIGRATIONS[:version])
    database.close()
    golden(f"schema-{version:04}.sql", schema(tmp_path / "audit.db"))


def test_the_newest_schema_has_the_columns_that_the_code_uses(tmp_path):
    open_store(tmp_path / "audit.db").close()
    with closing(sqlite3.connect(tmp_path / "audit.db")) as connection:
        for table in (campaigns, outcomes, records, registrations):
            rows = connection.execute(f"SELECT name FROM pragma_table_info('{table.name}')")  # noqa: S608
            assert {name for (name,) in rows} == set(table.c.keys())
    assert set(outcomes.c.keys()) == {
        field.name for field in (*fields(Outcome), *fields(OutcomeKey)) if field.name != "key"
    }


def test_an_older_store_is_brought_up_to_date_with_what_it_holds(tmp_path):
    path = tmp_path / "audit.db"
    with open_store(path) as store:
        store.put(an_outcome())
    database = sqlite.connect(path, create=False)
    migrate(database, [*MIGRATIONS, ("CREATE TABLE extra (id INTEGER)",)])
    database.close()
    assert "CREATE TABLE extra" in schema(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM outcomes").fetchone() == (1,)
        versions = connection.execute("SELECT version FROM weaklink_schema").fetchall()
    assert versions == [(number,) for number in range(1, len(MIGRATIONS) + 2)]


def test_a_store_from_before_fluency_is_read_as_one_that_was_not_measured(tmp_path):
    path = tmp_path / "audit.db"
    database = sqlite.connect(path, create=True)
    migrate(database, MIGRATIONS[:1])
    database.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        known = {
            name for (name,) in connection.execute("SELECT name FROM pragma_table_info('outcomes')")
        }
        row = {name: value for name, value in to_row(an_outcome()).items() if name in known}
        places = ", ".join("?" * len(row))
        connection.execute(
            f"INSERT INTO outcomes ({', '.join(row)}) VALUES ({places})",  # noqa: S608
            list(row.values()),
        )
    assert len(known) < len(to_row(an_outcome()))
    with open_store(path) as store:
        assert list(store.outcomes()) == [an_outcome()]
        store.put_perplexities("#lm", {an_outcome().key: (1.0, 2.0)})
        assert [outcome.perplexity_ratio for outcome in store.outcomes()] == [2.0]


def test_a_store_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "audit.db"
    open_store(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO weaklink_schema VALUES (99)")
    before = path.read_bytes()
    with pytest.raises(WeaklinkError, match="schema version 99") as refusal:
        open_store(path)
    assert refusal.value.remedy.startswith("Upgrade weaklink")
    assert path.read_bytes() == before


def test_a_migration_that_fails_halfway_changes_nothing(tmp_path):
    path = tmp_path / "audit.db"
    open_store(path).close()
    before = schema(path)
    database = sqlite.connect(path, create=False)
    with pytest.raises(Exception, match="syntax error"):
        migrate(database, [*MIGRATIONS, ("CREATE TABLE extra (id INTEGER)", "NO SQL")])
    database.close()
    assert schema(path) == before
