"""Who works on what: blocks of pending outcomes that belong to a worker until a time.

A lease only keeps two workers from making the same outcomes. It is not a lock: a worker whose lease
ran out may still store what it made, since an outcome is the same whoever made it. Times are those
of the database, so that clocks of machines need not agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from weaklink.store.databases import Database
from weaklink.store.tables import leases

UNDER = " under "
"""Stands in a worker's name between its own and that of the driver that it works for.

Such a worker may end because its driver did, so that only its driver says whether it died.
"""


@dataclass(frozen=True)
class Leases:
    """The leases of a store."""

    database: Database

    def claim(self, block: str, owner: str, seconds: float, pending: int) -> int | None:
        """Own a block for some time, unless another worker does.

        Args:
            block: Its name, the same for whoever asks for the same outcomes.
            owner: Name of the worker.
            seconds: For how long.
            pending: How many of its outcomes are not stored yet.

        Returns:
            How many workers died over the block, one after the other, since one of them stored an
            outcome; None: another worker owns it. A worker died if ``end`` was called, or if its
            lease ran out and it has no driver.
        """
        clock = self.database.now
        row = {"block": block, "owner": owner, "pending": pending, "deaths": 0}
        insert = self.database.insert(leases).values(row | {"until": clock + seconds})
        new = insert.excluded
        died = sa.or_(leases.c.until == 0.0, leases.c.owner.not_like(f"%{UNDER}%"))
        before = sa.case((leases.c.pending == new.pending, leases.c.deaths), else_=0)
        deaths = before + sa.case((died, 1), else_=0)
        statement = insert.on_conflict_do_update(
            index_elements=["block"],
            set_={name: new[name] for name in ("owner", "until", "pending")} | {"deaths": deaths},
            where=leases.c.until < clock,
        ).returning(leases.c.deaths)
        with self.database.engine.begin() as connection:
            found: int | None = connection.execute(statement).scalar_one_or_none()
        return found

    def renew(self, block: str, owner: str, seconds: float) -> None:
        """Own a block for some more time from now, if it is still the worker's."""
        until = self.database.now + seconds
        self._write(sa.update(leases).where(_of(block, owner)).values(until=until))

    def release(self, block: str, owner: str | None = None) -> None:
        """End the lease of a block: the worker's, or whoever's."""
        self._write(sa.delete(leases).where(_of(block, owner)))

    def end(self, owner: str) -> None:
        """Let all leases of a worker run out, because it died."""
        self._write(sa.update(leases).where(leases.c.owner == owner).values(until=0.0))

    def dismiss(self, owner: str) -> None:
        """End all leases of a worker that was stopped and did not die."""
        self._write(sa.delete(leases).where(leases.c.owner == owner))

    def owners(self) -> dict[str, str]:
        """Return the worker that owns each block now."""
        query = sa.select(leases.c.block, leases.c.owner).where(leases.c.until >= self.database.now)
        with self.database.reads.connect() as connection:
            return {row.block: row.owner for row in connection.execute(query)}

    def _write(self, statement: sa.Executable) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(statement)


def _of(block: str, owner: str | None) -> sa.ColumnElement[bool]:
    same = leases.c.block == block
    return same if owner is None else sa.and_(same, leases.c.owner == owner)
