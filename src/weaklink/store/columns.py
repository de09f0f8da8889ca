"""The outcomes of some campaigns, read in columns."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import polars as pl
import sqlalchemy as sa

from weaklink.store.campaign import Campaign
from weaklink.store.databases import Location, Read, read_columns, wanted
from weaklink.store.frame import COLUMNS
from weaklink.store.outcome import Status
from weaklink.store.tables import KEY, outcomes

_CHUNK = 400_000
"""Outcomes in one chunk, about."""


class Outcomes(Protocol):
    """Outcomes by column; the columns are those of ``frame.COLUMNS``."""

    def chunks(
        self, columns: Sequence[str], successes: Sequence[str] = ()
    ) -> Iterator[pl.DataFrame]:
        """Yield all outcomes; those of one victim on one data set stand in the same chunk.

        The next chunk is read while the last one is worked on.

        Args:
            columns: What to read; the key is among them.
            successes: What to read of successes only; null elsewhere.
        """

    def frame(
        self,
        *columns: str,
        attacks: Collection[str] | None = None,
        status: Status | None = None,
        limit: int | None = None,
    ) -> pl.DataFrame:
        """Return the outcomes in the order of their keys.

        Args:
            columns: What to read; all by default.
            attacks: Fingerprints; only outcomes of these attacks.
            status: Only outcomes that ended so.
            limit: At most so many, the first.
        """

    def rows(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return the whole outcomes with these keys, in no order.

        Args:
            keys: One key a row, in the columns of ``tables.KEY``.
        """

    def count(self) -> int:
        """Return how many outcomes there are."""

    def done(self) -> dict[str, int]:
        """Return how many outcomes each victim has, by its fingerprint; errors do not count."""

    def asked_by(self, campaigns: Sequence[Campaign]) -> Outcomes:
        """Return the outcomes that other campaigns of the same store ask for."""


class _Part(NamedTuple):
    """Victims, attacks and samples of the campaigns on one data set with one seed."""

    data: str
    seed: int
    victims: list[str]
    attacks: list[str]
    samples: list[str]
    repetitions: int
    outcomes: int
    """How many the campaigns ask for."""


@dataclass(frozen=True)
class StoredOutcomes:
    """The outcomes that campaigns ask for and a store has."""

    location: Location
    campaigns: Sequence[Campaign]

    def chunks(
        self, columns: Sequence[str], successes: Sequence[str] = ()
    ) -> Iterator[pl.DataFrame]:
        """Yield all outcomes; see ``Outcomes``."""
        succeeded = outcomes.c.status == str(Status.SUCCEEDED)
        asked: list[sa.ColumnElement[Any]] = [outcomes.c[name] for name in columns]
        asked += [sa.case((succeeded, outcomes.c[name])).label(name) for name in successes]
        with read_columns(self.location) as read, ThreadPoolExecutor(1) as ahead:
            coming: deque[Future[pl.DataFrame]] = deque()
            for part, victims in _in_chunks(self.campaigns):
                query = sa.select(*asked).where(_of_victims(part, victims))
                coming.append(ahead.submit(_chunk, read, query, part))
                if len(coming) > 1:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()

    def frame(
        self,
        *columns: str,
        attacks: Collection[str] | None = None,
        status: Status | None = None,
        limit: int | None = None,
    ) -> pl.DataFrame:
        """Return the outcomes in the order of their keys; see ``Outcomes``."""
        query = sa.select(*(outcomes.c[name] for name in columns or COLUMNS))
        query = query.where(self._asked()).order_by(*(outcomes.c[name] for name in KEY))
        if attacks is not None:
            query = query.where(outcomes.c.attack_fingerprint.in_(list(attacks)))
        if status is not None:
            query = query.where(outcomes.c.status == str(status))
        with read_columns(self.location) as read:
            return _typed(read(query if limit is None else query.limit(limit)))

    def rows(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return the whole outcomes with these keys; see ``Outcomes``."""
        same = sa.and_(*(outcomes.c[name] == wanted.c[name] for name in KEY))
        query = sa.select(*(outcomes.c[name] for name in COLUMNS))
        with read_columns(self.location) as read:
            return _typed(read(query.select_from(wanted.join(outcomes, same)), keys))

    def count(self) -> int:
        """Return how many outcomes there are."""
        with read_columns(self.location) as read:
            counted = read(sa.select(sa.func.count().label("n")).where(self._asked()))
        return int(counted["n"][0])

    def done(self) -> dict[str, int]:
        """Return how many outcomes each victim has; see ``Outcomes``."""
        victim = outcomes.c.victim_fingerprint
        query = sa.select(victim, sa.func.count().label("n")).group_by(victim)
        query = query.where(self._asked(), outcomes.c.status != str(Status.ERROR))
        with read_columns(self.location) as read:
            return dict(read(query).rows())

    def asked_by(self, campaigns: Sequence[Campaign]) -> StoredOutcomes:
        """Return the outcomes that other campaigns ask for; see ``Outcomes``."""
        return StoredOutcomes(self.location, campaigns)

    def _asked(self) -> sa.ColumnElement[bool]:
        return sa.or_(sa.false(), *map(_within, _parts(self.campaigns)))


def _parts(campaigns: Iterable[Campaign]) -> list[_Part]:
    """Return one part for each data set and seed, in the order of the campaigns."""
    grouped: dict[tuple[str, int], list[Campaign]] = {}
    for campaign in campaigns:
        grouped.setdefault((campaign.data.fingerprint, campaign.seed), []).append(campaign)
    return [
        _Part(
            *place,
            victims=list(dict.fromkeys(v.fingerprint for c in group for v in c.victims)),
            attacks=list(dict.fromkeys(a.fingerprint for c in group for a in c.attacks)),
            samples=list(dict.fromkeys(sample for c in group for sample in c.data.sample_ids)),
            repetitions=max((a.repetitions for c in group for a in c.attacks), default=1),
            outcomes=sum(c.size for c in group),
        )
        for place, group in grouped.items()
    ]


def _in_chunks(campaigns: Iterable[Campaign]) -> Iterator[tuple[_Part, list[str]]]:
    """Yield some victims of a data set at a time, whose outcomes are about a chunk."""
    for part in _parts(campaigns):
        size = max(1, _CHUNK * len(part.victims) // max(1, part.outcomes))
        for start in range(0, len(part.victims), size):
            yield part, part.victims[start : start + size]


def _chunk(read: Read, query: sa.Select[Any], part: _Part) -> pl.DataFrame:
    return _typed(read(query)).filter(
        pl.col("attack_fingerprint").is_in(part.attacks),
        pl.col("sample_id").is_in(part.samples),
        pl.col("repetition") < part.repetitions,
    )


def _of_victims(part: _Part, victims: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.and_(
        outcomes.c.victim_fingerprint.in_(victims),
        outcomes.c.data_fingerprint == part.data,
        outcomes.c.seed == part.seed,
    )


def _within(part: _Part) -> sa.ColumnElement[bool]:
    return sa.and_(
        _of_victims(part, part.victims),
        outcomes.c.attack_fingerprint.in_(part.attacks),
        outcomes.c.sample_id.in_(part.samples),
        outcomes.c.repetition < part.repetitions,
    )


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with the types of ``COLUMNS``: an empty column tells none."""
    frame = frame.cast({name: kind for name, kind in COLUMNS.items() if name in frame.columns})
    if "status" in frame.columns and not frame["status"].is_in([*map(str, Status)]).all():
        raise pl.exceptions.InvalidOperationError("an outcome has an unknown status")
    return frame
