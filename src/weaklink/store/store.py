"""The store: what campaigns asked for, and every outcome so far."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

import polars as pl
import sqlalchemy as sa
from sqlalchemy import Engine

from weaklink.errors import WeaklinkError
from weaklink.files import user_path
from weaklink.store import sqlite
from weaklink.store.campaign import Campaign
from weaklink.store.frame import to_frame
from weaklink.store.migrations import migrate
from weaklink.store.outcome import Outcome, OutcomeKey, Status
from weaklink.store.record import StudyRecord
from weaklink.store.tables import (
    KEY,
    campaigns,
    figures,
    outcomes,
    records,
    registrations,
    to_key,
    to_outcome,
    to_row,
)

Perplexities: TypeAlias = tuple[float | None, float | None]
"""Of the original and of the adversarial text."""


@dataclass(frozen=True, slots=True)
class StoredCampaign:
    """A campaign as the store holds it; ``created`` is in UTC."""

    id: int
    created: datetime
    campaign: Campaign


@dataclass(frozen=True, slots=True)
class Registration:
    """When a specification was first stored, in UTC, and how many outcomes there were then."""

    created: datetime
    outcomes: int


def open_store(location: str | PathLike[str], *, create: bool = True) -> Store:
    """Open the store at a path or an ``sqlite:///`` URL, and bring its schema up to date.

    Args:
        location: Where the store is.
        create: Whether to make a new store where there is none.

    Raises:
        WeaklinkError: There is no store there, or it cannot be read, is of a newer version, or
            is something else.
    """
    engine = sqlite.open_engine(_path(location), create=create)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, sqlite.put())


def _path(location: str | PathLike[str]) -> Path:
    scheme, found, rest = str(location).partition("://")
    if not found:
        return user_path(location)
    if scheme != "sqlite":
        raise WeaklinkError(
            f"Stores of the kind {scheme!r} do not exist.",
            "Give the path of an SQLite file.",
        )
    return Path(rest.removeprefix("/"))


class Store:
    """Campaigns and outcomes in a database. Use it as a context manager, or ``close`` it.

    Outcomes are read in the order of their keys, whatever the order that they were written in.

    Args:
        engine: Connects to a database whose schema is up to date.
        put: The database's statement that inserts an outcome unless there is one for its key
            already, and replaces one that ended in an error.
    """

    def __init__(self, engine: Engine, put: sa.Executable) -> None:
        self._engine = engine
        self._put = put
        self._reader = engine.execution_options(isolation_level="AUTOCOMMIT")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection to the database."""
        self._engine.dispose()

    def add_campaign(self, campaign: Campaign) -> int:
        """Record a campaign and return its id.

        The same campaign again has the same id. Provenance and runtime make no difference: they
        stay those of the first time.
        """
        runtime = {"victims": {"__all__": {"details": {"runtime"}}}}
        content = campaign.model_dump_json(exclude={"provenance": True, **runtime})
        digest = sha256(content.encode()).hexdigest()
        with self._engine.begin() as connection:
            known = sa.select(campaigns.c.id).where(campaigns.c.digest == digest)
            number: int | None = connection.execute(known).scalar()
            if number is None:
                last = connection.execute(sa.select(sa.func.max(campaigns.c.id))).scalar()
                number = (last or 0) + 1
                connection.execute(
                    sa.insert(campaigns).values(
                        id=number,
                        created=datetime.now(UTC).isoformat(),
                        digest=digest,
                        content=campaign.model_dump_json(),
                    )
                )
        return number

    def campaigns(self) -> list[StoredCampaign]:
        """Return all campaigns, the oldest first."""
        with self._reader.connect() as connection:
            rows = connection.execute(sa.select(campaigns).order_by(campaigns.c.id)).all()
        with self._parsing():
            return [
                StoredCampaign(
                    id=row.id,
                    created=datetime.fromisoformat(row.created),
                    campaign=Campaign.model_validate_json(row.content),
                )
                for row in rows
            ]

    def put_record(self, record: StudyRecord) -> None:
        """Keep what became of a run; an earlier record of the same specification is replaced."""
        with self._engine.begin() as connection:
            rows = connection.execute(sa.select(records).order_by(records.c.id)).all()
            found = self._records(rows)
            same = [row.id for row, one in zip(rows, found, strict=True) if _same(one, record)]
            if same:
                connection.execute(sa.delete(records).where(records.c.id.in_(same)))
            connection.execute(
                sa.insert(records).values(
                    id=max((row.id for row in rows), default=0) + 1,
                    created=datetime.now(UTC).isoformat(),
                    name=record.name,
                    content=record.model_dump_json(),
                )
            )

    def records(self) -> list[StudyRecord]:
        """Return what became of every run, the latest last."""
        with self._reader.connect() as connection:
            rows = connection.execute(sa.select(records).order_by(records.c.id)).all()
        return self._records(rows)

    def _records(self, rows: Iterable[sa.Row[Any]]) -> list[StudyRecord]:
        with self._parsing():
            return [StudyRecord.model_validate_json(row.content) for row in rows]

    @contextmanager
    def _parsing(self) -> Iterator[None]:
        """Say of contents that are not those of a store that it is damaged."""
        try:
            yield
        except (ValueError, TypeError) as error:
            path = self._engine.url.database
            raise sqlite.problem(sqlite3.SQLITE_CORRUPT, path) from error

    def register(self, digest: str, content: str) -> None:
        """Keep a specification with the time and the outcomes so far; a known one stays.

        Args:
            digest: Its digest.
            content: It, as canonical JSON.
        """
        known = sa.select(registrations.c.digest).where(registrations.c.digest == digest)
        with self._engine.begin() as connection:
            if connection.execute(known).scalar_one_or_none() is None:
                made = connection.execute(sa.select(sa.func.count()).select_from(outcomes))
                row = {
                    "digest": digest,
                    "created": datetime.now(UTC).isoformat(),
                    "outcomes": made.scalar_one(),
                    "content": content,
                }
                connection.execute(sa.insert(registrations).values(row))

    def registration(self, digest: str) -> Registration | None:
        """Return when the specification with a digest was first stored, if it was."""
        query = sa.select(registrations).where(registrations.c.digest == digest)
        with self._reader.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Registration(datetime.fromisoformat(row.created), row.outcomes)

    def put_figures(self, key: str, content: str) -> None:
        """Keep what was worked out of the outcomes, until an outcome is written."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(figures).where(figures.c.key == key))
            row = {"key": key, "created": datetime.now(UTC).isoformat(), "content": content}
            connection.execute(sa.insert(figures).values(row))

    def figures(self, key: str) -> str | None:
        """Return what was kept under a key, or None."""
        with self._reader.connect() as connection:
            query = sa.select(figures.c.content).where(figures.c.key == key)
            found: str | None = connection.execute(query).scalar_one_or_none()
        return found

    def put(self, outcome: Outcome) -> None:
        """Write one outcome in one transaction; once this returns, killing the process keeps it.

        An ``error`` outcome is replaced by a later one of the same key; any other stays.
        """
        with self._engine.begin() as connection:
            connection.execute(self._put, to_row(outcome))
            connection.execute(sa.delete(figures))

    def put_perplexities(
        self, language_model: str, measured: Mapping[OutcomeKey, Perplexities]
    ) -> None:
        """Write the perplexities of stored outcomes over any earlier ones, in one transaction.

        Args:
            language_model: Digest of the model that they were measured with.
            measured: Of each outcome, the perplexities of the original and the adversarial text.
        """
        named = [{f"the_{name}": getattr(key, name) for name in KEY} for key in measured]
        if not named:
            return
        statement = (
            sa.update(outcomes)
            .where(*(outcomes.c[name] == sa.bindparam(f"the_{name}") for name in KEY))
            .values(
                original_perplexity=sa.bindparam("original"),
                adversarial_perplexity=sa.bindparam("adversarial"),
                language_model=language_model,
            )
        )
        rows = [
            key | {"original": original, "adversarial": adversarial}
            for key, (original, adversarial) in zip(named, measured.values(), strict=True)
        ]
        with self._engine.begin() as connection:
            connection.execute(statement, rows)
            connection.execute(sa.delete(figures))

    def done(self, campaign: Campaign) -> set[OutcomeKey]:
        """Return the keys of the campaign that have an outcome other than ``error``."""
        query = sa.select(*(outcomes.c[name] for name in KEY)).where(
            _near(campaign), outcomes.c.status != Status.ERROR.value
        )
        with self._reader.connect() as connection:
            found = {to_key(row) for row in connection.execute(query).mappings()}
        return found.intersection(campaign.keys())

    def outcomes(
        self,
        campaign: Campaign | None = None,
        *,
        model: str | None = None,
        attack: str | None = None,
        status: Status | None = None,
    ) -> Iterator[Outcome]:
        """Yield the outcomes of a campaign, or of the whole store, that match every filter.

        Args:
            campaign: Whose outcomes; None: all.
            model: Name of the victim.
            attack: Name of the attack.
            status: How the attempts ended.
        """
        query = sa.select(outcomes).order_by(*(outcomes.c[name] for name in KEY))
        for column, wanted in (("victim", model), ("attack", attack), ("status", status)):
            if wanted is not None:
                query = query.where(outcomes.c[column] == str(wanted))
        keys = None if campaign is None else frozenset(campaign.keys())
        if campaign is not None:
            query = query.where(_near(campaign))
        with self._reader.connect() as connection:
            for row in connection.execute(query).mappings():
                with self._parsing():
                    outcome = to_outcome(row)
                if keys is None or outcome.key in keys:
                    yield outcome

    def frame(
        self,
        campaign: Campaign | None = None,
        *,
        model: str | None = None,
        attack: str | None = None,
        status: Status | None = None,
    ) -> pl.DataFrame:
        """Return what ``outcomes`` yields for the same filters, one row each."""
        return to_frame(self.outcomes(campaign, model=model, attack=attack, status=status))


def _near(campaign: Campaign) -> sa.ColumnElement[bool]:
    """Return the condition that all of the campaign's outcomes meet, and few others."""
    return sa.and_(
        outcomes.c.victim_fingerprint.in_([victim.fingerprint for victim in campaign.victims]),
        outcomes.c.attack_fingerprint.in_([attack.fingerprint for attack in campaign.attacks]),
        outcomes.c.data_fingerprint == campaign.data.fingerprint,
        outcomes.c.seed == campaign.seed,
    )


def _same(one: StudyRecord, other: StudyRecord) -> bool:
    return (one.name, one.digest) == (other.name, other.digest)
