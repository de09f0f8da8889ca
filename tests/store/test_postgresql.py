"""The store on a real PostgreSQL server: conformance, and what is particular to a server."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count

import pytest
from typer.testing import CliRunner

from tests.examples import a_campaign, an_outcome
from weaklink.cli.app import app
from weaklink.errors import WeaklinkError
from weaklink.store import open_store
from weaklink.store.databases import shown
from weaklink.store.migrations import MIGRATIONS
from weaklink.testing.postgresql import postgres_server
from weaklink.testing.stores import StoreConformance

_NUMBERS = count()


@pytest.fixture(scope="module")
def server():
    with postgres_server() as server:
        server.create("weaklink")
        yield server


@pytest.fixture
def address(server):
    """An empty schema of the database: made in a millisecond, where a database takes a hundred."""
    name = f"test{next(_NUMBERS)}"
    server.run(f"CREATE SCHEMA {name}", "weaklink")
    return f"{server.address('weaklink')}&options=-csearch_path%3D{name}"


class TestPostgresql(StoreConformance):
    kills, written = 3, 30

    @pytest.fixture
    def reopen(self, address):
        return partial(open_store, address)


def test_migrations_run_once_however_many_open_a_new_store(address, server):
    with ThreadPoolExecutor(6) as pool:
        found = [*pool.map(_versions, [address] * 6)]
    assert found == [list(range(1, len(MIGRATIONS) + 1))] * 6


def _versions(address):
    with open_store(address) as store, store.database.reads.connect() as connection:
        return [*connection.exec_driver_sql("SELECT version FROM weaklink_schema").scalars()]


def test_a_store_of_a_newer_version_is_refused(address, server):
    open_store(address).close()
    schema = address.rpartition("%3D")[2]
    server.run(f"INSERT INTO {schema}.weaklink_schema VALUES (99)", "weaklink")  # noqa: S608
    with pytest.raises(WeaklinkError, match="schema version 99") as refusal:
        open_store(address)
    assert refusal.value.remedy.startswith("Upgrade weaklink")


def test_refuses_a_database_of_something_else(server):
    address = server.create("recipes")
    server.run("CREATE TABLE recipes (name TEXT)", "recipes")
    with pytest.raises(WeaklinkError, match="is not a weaklink store"):
        open_store(address)
    assert (
        server.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "recipes") == "1"
    )


def test_refuses_a_database_that_does_not_store_utf_8(server):
    server.run("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
    with pytest.raises(WeaklinkError, match="as LATIN1, not as UTF-8"):
        open_store(server.address("latin"))


SECRET = "hunter2"  # noqa: S105


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://user:{SECRET}@host/weaklink",
        f"postgres://user:{SECRET}@host:port/weaklink",
        f"postgresql://user:{SECRET}@[host/weaklink",
        f"postgresql://host/weaklink?password={SECRET}",
        f"postgresql://host/weaklink?sslmode=require&%70assword={SECRET}",
    ],
)
def test_a_password_in_the_address_is_refused_and_not_repeated(address):
    for use in (open_store, shown):
        with pytest.raises(WeaklinkError, match="holds a password") as refusal:
            use(address)
        assert "PGPASSWORD" in refusal.value.remedy
        assert SECRET not in f"{refusal.value} {refusal.value.remedy}"


def test_passwords_come_from_the_environment_a_file_or_a_service(server, tmp_path, monkeypatch):
    server.run("CREATE ROLE guarded")
    server.run(f"CREATE ROLE alice LOGIN IN ROLE guarded PASSWORD '{SECRET}'")
    server.create("guarded")
    server.run("ALTER DATABASE guarded OWNER TO alice")
    address = server.address("guarded", "alice")
    with pytest.raises(WeaklinkError, match="no password supplied"):
        open_store(address)

    monkeypatch.setenv("PGPASSWORD", "wrong" + SECRET)
    with pytest.raises(WeaklinkError, match="password authentication failed") as refusal:
        open_store(address)
    assert SECRET not in f"{refusal.value} {refusal.value.remedy} {refusal.value.__cause__}"

    monkeypatch.setenv("PGPASSWORD", SECRET)
    with open_store(address) as store:
        store.put(an_outcome())
        assert store.columns([a_campaign()]).count() == 1
        assert SECRET not in f"{store.location} {store.database.engine.url!r}"
    monkeypatch.delenv("PGPASSWORD")

    passwords = tmp_path / "passwords"
    passwords.write_text(f"*:*:guarded:alice:{SECRET}")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    with open_store(address) as store:
        assert store.columns([a_campaign()]).count() == 1
    monkeypatch.delenv("PGPASSFILE")

    services = tmp_path / "services"
    services.write_text(
        f"[study]\nhost={server.folder}\nuser=alice\ndbname=guarded\npassword={SECRET}\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    with open_store("postgresql://?service=study") as store:
        assert store.columns([a_campaign()]).count() == 1


def test_a_server_that_is_not_there_is_a_clear_error(tmp_path):
    address = f"postgresql:///weaklink?host={tmp_path}"
    with pytest.raises(WeaklinkError, match="cannot be reached: .*No such file"):
        open_store(address)


def test_a_user_who_may_only_read_can_read(server, address):
    schema = address.rpartition("%3D")[2]
    with open_store(address) as store:
        store.put(an_outcome())
    server.run("CREATE ROLE reader LOGIN")
    server.run(f"GRANT USAGE ON SCHEMA {schema} TO reader", "weaklink")
    server.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader", "weaklink")
    with open_store(address.replace("tester@", "reader@")) as store:
        assert list(store.outcomes()) == [an_outcome()]
        for bulk in (1, 20):
            with pytest.raises(WeaklinkError, match="may not be read or written by this user"):
                store.put_all(an_outcome(number) for number in range(bulk))


def test_a_connection_that_is_lost_is_a_clear_error_and_the_next_one_works(server, address):
    with open_store(address) as store:
        store.put(an_outcome(0))
        ours = "FROM pg_stat_activity WHERE application_name = 'weaklink'"
        server.run(f"SELECT pg_terminate_backend(pid) {ours}")
        with pytest.raises(WeaklinkError, match="cannot be reached"):
            store.put(an_outcome(1))
        store.put(an_outcome(1))
        assert len(list(store.outcomes())) == 2


def test_a_store_is_copied_from_sqlite_and_back(address, tmp_path):
    with open_store(tmp_path / "one.db") as one:
        one.put_all(an_outcome(number, repetition=number % 3) for number in range(50))
        one.add_campaign(a_campaign())
    runner = CliRunner()
    for source, target in ((tmp_path / "one.db", address), (address, tmp_path / "two.db")):
        done = runner.invoke(app, ["store", "copy", str(source), str(target)])
        assert "Copied 50 outcomes" in done.output
    with open_store(tmp_path / "one.db") as one, open_store(tmp_path / "two.db") as two:
        assert list(one.outcomes()) == list(two.outcomes())
        assert one.campaigns() == two.campaigns()
