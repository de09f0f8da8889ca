"""The store: what campaigns asked for, and every outcome so far."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias

import polars as pl
import sqlalchemy as sa

from weaklink.store.campaign import Campaign, DataRecord
from weaklink.store.columns import StoredOutcomes
from weaklink.store.databases import Database, Location, open_database
from weaklink.store.frame import to_frame
from weaklink.store.leases import Leases
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

_FEW = 500
"""Samples that a query names; of more, it reads those of the whole data set."""

_VARIABLES = 10_000
"""Values in one query; SQLite takes 32,766."""

Perplexities: TypeAlias = tuple[float | None, float | None]
"""Of the original and of the adversarial text."""


@dataclass(frozen=True, slots=True)
class StoredCampaign:
    """A campaign as the store holds it; ``created`` is in UTC."""

    id: int
    created: datetime
    campaign: Campaign


_COUNT = sa.select(sa.func.count()).select_from(outcomes)


@dataclass(frozen=True, slots=True)
class Registration:
    """When a specification was first stored, in UTC, and how many outcomes there were then."""

    created: datetime
    outcomes: int


def open_store(location: Location, *, create: bool = True) -> Store:
    """Open a store, and bring its schema up to date.

    Args:
        location: Path of an SQLite file, ``sqlite:///`` with such a path, or the address of a
            PostgreSQL database, ``postgresql://USER@HOST/DATABASE``, without a password.
        create: Whether to make a new file where there is none.

    Raises:
        WeaklinkError: There is no store there, or it cannot be read, is of a newer version, or
            is something else.
    """
    database = open_database(location, create=create)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return Store(database, location)


class Store:
    """Campaigns and outcomes in a database. Use it as a context manager, or ``close`` it.

    Outcomes are read in the order of their keys, whatever the order that they were written in.
    Several processes may use one at once.

    Args:
        database: One whose schema is up to date.
        location: Where it is.

    Attributes:
        database: See the arguments.
        leases: Who works on what.
    """

    def __init__(self, database: Database, location: Location) -> None:
        self.location = location
        self.database = database
        self._engine = database.engine
        self._reader = database.reads
        self.leases = Leases(database)

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
        self.database.close()

    def add_campaign(self, campaign: Campaign, created: datetime | None = None) -> int:
        """Record a campaign and return its id.

        The same campaign again has the same id. Provenance and runtime make no difference: they
        stay those of the first time.

        Args:
            campaign: The campaign.
            created: When it was first recorded, if not now; in UTC.
        """
        runtime: dict[str, Any] = {
            "victims": {"__all__": {"details": {"runtime"}, "operating_point": True}}
        }
        content = campaign.model_dump_json(
            exclude={"provenance": True, **runtime, **_as_before(campaign)}
        )
        digest = sha256(content.encode()).hexdigest()
        with self.database.alone() as connection:
            known = sa.select(campaigns.c.id).where(campaigns.c.digest == digest)
            number: int | None = connection.execute(known).scalar()
            if number is None:
                last = connection.execute(sa.select(sa.func.max(campaigns.c.id))).scalar()
                number = (last or 0) + 1
                connection.execute(
                    sa.insert(campaigns).values(
                        id=number,
                        created=(created or datetime.now(UTC)).isoformat(),
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
        with self.database.alone() as connection:
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
            raise self.database.damaged() from error

    def register(self, digest: str, content: str) -> None:
        """Keep a specification with the time and the outcomes so far; a known one stays.

        Args:
            digest: Its digest.
            content: It, as canonical JSON.
        """
        known = sa.select(registrations.c.digest).where(registrations.c.digest == digest)
        with self.database.alone() as connection:
            if connection.execute(known).scalar_one_or_none() is None:
                made = connection.execute(sa.select(sa.func.count()).select_from(outcomes))
                row = {
                    "digest": digest,
                    "created": datetime.now(UTC).isoformat(),
                    "outcomes": made.scalar_one(),
                    "content": content,
                }
                connection.execute(sa.insert(registrations).values(row))

    def registrations(self) -> list[dict[str, Any]]:
        """Return every registration as a row."""
        with self._reader.connect() as connection:
            query = sa.select(registrations).order_by(registrations.c.digest)
            return [dict(row) for row in connection.execute(query).mappings()]

    def keep_registration(self, row: Mapping[str, Any]) -> None:
        """Keep a registration of another store, unless this one has an earlier one."""
        same = registrations.c.digest == row["digest"]
        with self.database.alone() as connection:
            query = sa.select(registrations.c.created).where(same)
            known = connection.execute(query).scalar_one_or_none()
            if known is None or known > row["created"]:
                connection.execute(sa.delete(registrations).where(same))
                connection.execute(sa.insert(registrations).values(dict(row)))

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
        with self.database.alone() as connection:
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
        """Write one outcome in one transaction; see ``put_all``."""
        self.put_all([outcome])

    def put_all(self, found: Iterable[Outcome]) -> None:
        """Write outcomes in one transaction; once this returns, killing the process keeps them.

        An ``error`` outcome is replaced by a later one of the same key; any other stays.
        """
        rows = dict[OutcomeKey, dict[str, Any]]()
        for outcome in found:
            if outcome.key not in rows or rows[outcome.key]["status"] == Status.ERROR.value:
                rows[outcome.key] = to_row(outcome)
        if not rows:
            return
        with self._engine.begin() as connection:
            self.database.put(connection, [*rows.values()])
            connection.execute(sa.delete(figures))

    def put_perplexities(
        self, language_model: str, measured: Mapping[OutcomeKey, Perplexities]
    ) -> None:
        """Write the perplexities of stored outcomes over any earlier ones, in one transaction.

        Args:
            language_model: Digest of the model that they were measured with.
            measured: Of each outcome, the perplexities of the original and the adversarial text.
        """
        ordered = sorted(measured.items(), key=lambda item: astuple(item[0]))
        named = [{f"the_{name}": getattr(key, name) for name in KEY} for key, _ in ordered]
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
            for key, (_, (original, adversarial)) in zip(named, ordered, strict=True)
        ]
        with self._engine.begin() as connection:
            connection.execute(statement, rows)
            connection.execute(sa.delete(figures))

    def named(self, keys: Sequence[OutcomeKey]) -> dict[OutcomeKey, Outcome]:
        """Return the outcomes with these keys, as far as there are any."""
        found = dict[OutcomeKey, Outcome]()
        samples = sorted({key.sample_id for key in keys})
        for start in range(0, len(samples), _VARIABLES):
            some = samples[start : start + _VARIABLES]
            query = sa.select(outcomes).where(outcomes.c.sample_id.in_(some))
            with self._reader.connect() as connection, connection.execute(query) as rows:
                for row in rows.mappings():
                    with self._parsing():
                        outcome = to_outcome(row)
                    found[outcome.key] = outcome
        return {key: found[key] for key in keys if key in found}

    def remove(self, number: int, keys: Iterable[OutcomeKey]) -> int:
        """Take out a campaign, the records that name it, and some outcomes, in one transaction.

        Returns:
            How many outcomes there were.
        """
        named = [{f"the_{name}": getattr(key, name) for name in KEY} for key in keys]
        same = (outcomes.c[name] == sa.bindparam(f"the_{name}") for name in KEY)
        with self._engine.begin() as connection:
            rows = connection.execute(sa.select(records)).all()
            found = self._records(rows)
            about = [
                row.id
                for row, record in zip(rows, found, strict=True)
                if number in {entry.campaign for entry in record.campaigns}
            ]
            before = connection.execute(_COUNT).scalar_one()
            if named:
                connection.execute(sa.delete(outcomes).where(*same), named)
            connection.execute(sa.delete(records).where(records.c.id.in_(about)))
            connection.execute(sa.delete(campaigns).where(campaigns.c.id == number))
            connection.execute(sa.delete(figures))
            after: int = connection.execute(_COUNT).scalar_one()
        return int(before - after)

    def count(self) -> int:
        """Return how many outcomes the store has, those of replays and references included."""
        with self._reader.connect() as connection:
            found: int = connection.execute(_COUNT).scalar_one()
        return found

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
    ) -> Generator[Outcome, None, None]:
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
        with self._reader.connect() as connection, connection.execute(query) as found:
            for row in found.mappings():
                with self._parsing():
                    outcome = to_outcome(row)
                if keys is None or outcome.key in keys:
                    yield outcome

    def names(self, column: Literal["victim", "attack"]) -> set[str]:
        """Return the victims or the attacks that the outcomes are of."""
        with self._reader.connect() as connection:
            return set(connection.scalars(sa.select(outcomes.c[column]).distinct()))

    def columns(self, asked: Sequence[Campaign]) -> StoredOutcomes:
        """Return the outcomes of some campaigns by column; they can be read when this is closed."""
        return StoredOutcomes(self.location, asked)

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
    samples = campaign.data.sample_ids
    return sa.and_(
        outcomes.c.sample_id.in_(samples) if len(samples) <= _FEW else sa.true(),
        outcomes.c.victim_fingerprint.in_([victim.fingerprint for victim in campaign.victims]),
        outcomes.c.attack_fingerprint.in_([attack.fingerprint for attack in campaign.attacks]),
        outcomes.c.data_fingerprint == campaign.data.fingerprint,
        outcomes.c.seed == campaign.seed,
    )


def _same(one: StudyRecord, other: StudyRecord) -> bool:
    return (one.name, one.digest) == (other.name, other.digest)


def _as_before(campaign: Campaign) -> dict[str, Any]:
    """Return the fields that older campaigns lack, where they are as they were without them."""
    plain: dict[str, Any] = {} if campaign.source else {"source": True}
    if campaign.data.language == DataRecord.model_fields["language"].default:
        plain["data"] = {"language"}
    return plain
