"""Outcomes in memory, read in columns as those of a store are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass

import polars as pl

from weaklink.store.campaign import Campaign
from weaklink.store.frame import COLUMNS
from weaklink.store.outcome import Status
from weaklink.store.tables import KEY

_KEYS = {name: COLUMNS[name] for name in KEY}


@dataclass(frozen=True)
class FrameOutcomes:
    """The outcomes of a frame; see ``columns.Outcomes``.

    Attributes:
        whole: One outcome a row, in the columns of ``frame.COLUMNS``.
    """

    whole: pl.DataFrame

    def chunks(
        self, columns: Sequence[str], successes: Sequence[str] = ()
    ) -> Iterator[pl.DataFrame]:
        """Yield all outcomes of one victim on one data set at a time."""
        succeeded = pl.col("status") == str(Status.SUCCEEDED)
        only = [pl.when(succeeded).then(pl.col(name)).alias(name) for name in successes]
        for _, part in self.whole.group_by("victim_fingerprint", "data_fingerprint"):
            yield part.select(*columns, *only)

    def frame(
        self,
        *columns: str,
        attacks: Collection[str] | None = None,
        status: Status | None = None,
        limit: int | None = None,
    ) -> pl.DataFrame:
        """Return the outcomes in the order of their keys."""
        found = self.whole.sort(KEY)
        if attacks is not None:
            found = found.filter(pl.col("attack_fingerprint").is_in(list(attacks)))
        if status is not None:
            found = found.filter(pl.col("status") == str(status))
        found = found if limit is None else found.head(limit)
        return found.select(columns) if columns else found

    def rows(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return the whole outcomes with these keys."""
        return self.whole.join(keys, how="semi", on=KEY)

    def count(self) -> int:
        """Return how many outcomes there are."""
        return self.whole.height

    def done(self) -> dict[str, int]:
        """Return how many outcomes each victim has."""
        counted = self.whole.filter(pl.col("status") != str(Status.ERROR))
        return dict(counted.group_by("victim_fingerprint").len().rows())

    def asked_by(self, campaigns: Sequence[Campaign]) -> FrameOutcomes:
        """Return the outcomes that other campaigns ask for."""
        keys = pl.DataFrame(
            [astuple(key) for one in campaigns for key in one.keys()],  # noqa: SIM118
            _KEYS, orient="row",
        )  # fmt: skip
        return FrameOutcomes(self.whole.join(keys, on=KEY, how="semi"))
