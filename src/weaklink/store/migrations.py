"""The schema of the store as numbered steps, in SQL that SQLite and PostgreSQL both read.

A step that was released is never edited: a change of the schema is a new step at the end.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from weaklink.errors import WeaklinkError
from weaklink.store.databases import Database

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE weaklink_schema (version INTEGER PRIMARY KEY)",
        """\
CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY,
    created TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL
)""",
        """\
CREATE TABLE outcomes (
    victim_fingerprint TEXT NOT NULL,
    attack_fingerprint TEXT NOT NULL,
    data_fingerprint TEXT NOT NULL,
    sample_id TEXT NOT NULL,
    repetition INTEGER NOT NULL,
    seed BIGINT NOT NULL,
    victim TEXT NOT NULL,
    attack TEXT NOT NULL,
    dataset TEXT NOT NULL,
    status TEXT NOT NULL,
    original_text TEXT NOT NULL,
    gold_label TEXT NOT NULL,
    gold_index INTEGER,
    original_label TEXT,
    original_index INTEGER,
    original_probability DOUBLE PRECISION,
    adversarial_text TEXT,
    adversarial_label TEXT,
    adversarial_probability DOUBLE PRECISION,
    queries BIGINT NOT NULL,
    words INTEGER NOT NULL,
    words_changed INTEGER,
    similarity DOUBLE PRECISION,
    seconds DOUBLE PRECISION NOT NULL,
    cut BOOLEAN NOT NULL,
    error TEXT,
    PRIMARY KEY (
        victim_fingerprint, attack_fingerprint, data_fingerprint, seed, sample_id, repetition
    )
)""",
    ),
    (
        "ALTER TABLE outcomes ADD COLUMN notes TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE outcomes ADD COLUMN original_perplexity DOUBLE PRECISION",
        "ALTER TABLE outcomes ADD COLUMN adversarial_perplexity DOUBLE PRECISION",
        "ALTER TABLE outcomes ADD COLUMN language_model TEXT",
    ),
    (
        """\
CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    created TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL
)""",
    ),
    (
        """\
CREATE TABLE figures (
    key TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    content TEXT NOT NULL
)""",
    ),
    (
        """\
CREATE TABLE registrations (
    digest TEXT PRIMARY KEY,
    created TEXT NOT NULL,
    outcomes BIGINT NOT NULL,
    content TEXT NOT NULL
)""",
    ),
    (
        """\
CREATE TABLE leases (
    block TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    until DOUBLE PRECISION NOT NULL,
    pending INTEGER NOT NULL,
    deaths INTEGER NOT NULL
)""",
    ),
    (
        "ALTER TABLE outcomes ADD COLUMN text_before TEXT",
        "ALTER TABLE outcomes ADD COLUMN text_after TEXT",
    ),
)

_schema = sa.table("weaklink_schema", sa.column("version", sa.Integer))


def migrate(database: Database, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Bring the database up to the newest version, all steps in one transaction.

    Of several processes one does it; the others wait.

    Raises:
        WeaklinkError: The database is not a store, or one of a newer weaklink.
    """
    with database.reads.connect() as connection:
        if _version(connection, database.place) == len(migrations):
            return
    with database.alone() as connection:
        version = _version(connection, database.place)
        if version > len(migrations):
            raise WeaklinkError(
                f"The store {database.place} has schema version {version}, "
                f"but this weaklink supports versions up to {len(migrations)}.",
                "Upgrade weaklink, or give another --store.",
            )
        for number, statements in enumerate(migrations[version:], start=version + 1):
            for statement in statements:
                connection.exec_driver_sql(database.adapted(statement))
            connection.execute(sa.insert(_schema).values(version=number))


def _version(connection: Connection, place: str) -> int:
    """Return the number of the last step that the database has taken; 0 for an empty one."""
    tables = sa.inspect(connection).get_table_names()
    if not tables:
        return 0
    if _schema.name not in tables:
        raise WeaklinkError(
            f"The database {place} is not a weaklink store.",
            "Give another path. If there is no file, weaklink creates one.",
        )
    version = connection.execute(sa.select(sa.func.max(_schema.c.version))).scalar_one()
    if not isinstance(version, int):
        raise WeaklinkError(
            f"The store {place} does not say of which version it is.",
            "Restore it from a copy, or give another --store and run the campaign again.",
        )
    return version
