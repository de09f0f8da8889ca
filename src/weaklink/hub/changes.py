"""What a new collection keeps of an older snapshot, and which models are gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from weaklink.hub.cards import FetchedCard, refusal
from weaklink.hub.client import Unreachable
from weaklink.hub.listing import interrupted
from weaklink.hub.record import is_hub_id

if TYPE_CHECKING:
    from weaklink.hub.client import HubClient
    from weaklink.hub.journal import CollectionJournal
    from weaklink.hub.listing import Watch
    from weaklink.hub.record import Row
    from weaklink.hub.snapshot import Snapshot

_BATCH = 2_000
_KEPT = ("ok", "cut", "mended", "missing")


def carry_cards(since: Snapshot, journal: CollectionJournal) -> None:
    """Take from the older snapshot the card of every model that is still at the same revision."""
    listed = pl.LazyFrame(journal.cards_to_fetch(), schema=["id", "sha"], orient="row")
    same = since.models.select("id", "sha").join(listed, on=["id", "sha"])
    ids = same.select("id").sort("id").collect()["id"]
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH].to_list()
        cards = since.cards.filter(pl.col("id").is_in(batch), pl.col("status").is_in(_KEPT))
        for row in cards.collect().iter_rows(named=True):
            journal.add_card(row["id"], FetchedCard(row["status"], row["text"]))


def record_gone(
    since: Snapshot, client: HubClient, journal: CollectionJournal, watch: Watch
) -> None:
    """Record the older snapshot's models that are listed no more as deleted or renamed.

    One request each. A model that still exists under its id has left the query, for instance by
    another pipeline tag, and is not recorded. What was gone before stays as it was recorded.

    Raises:
        WeaklinkError: The Hub cannot be reached.
    """
    listed = journal.ids()
    absent = since.models.filter(~pl.col("id").is_in(listed)).collect()
    done = set(journal.state("looked_for", []))
    for count, row in enumerate(absent.iter_rows(named=True)):
        watch("models no longer listed", count, len(absent))
        if row["id"] not in done:
            done.add(row["id"])
            gone = row if row["status"] in {"deleted", "renamed"} else _look_for(row, client)
            journal.add_page([gone] if gone else [], looked_for=sorted(done))


def _look_for(row: Row, client: HubClient) -> Row | None:
    """Ask the Hub for one model; return its row if it is gone."""
    try:
        reply = client.get(f"{client.endpoint}/api/models/{row['id']}?expand=sha", limit=1_000_000)
    except Unreachable as error:
        raise interrupted(str(error)) from error
    if reply.status == 200:  # noqa: PLR2004
        found = _id(reply.body)
        renamed = is_hub_id(found) and found != row["id"]
        return row | {"status": "renamed", "renamed_to": found} if renamed else None
    gone = reply.status == 404 or refusal(reply) == "deleted"  # noqa: PLR2004
    return row | {"status": "deleted"} if gone else None


def _id(body: bytes) -> object:
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return record.get("id") if isinstance(record, dict) else None
