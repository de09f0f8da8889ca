"""Collection of a snapshot from the Hub: list, find what is gone, fetch cards, write.

Every step works from the journal, so the same command after any interruption goes on where it was
and ends with the same snapshot.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from weaklink.hub.cards import FetchedCard, fetch_card
from weaklink.hub.changes import carry_cards, record_gone
from weaklink.hub.client import HubClient
from weaklink.hub.journal import CollectionJournal
from weaklink.hub.listing import ModelQuery, Watch, interrupted, list_models
from weaklink.hub.snapshot import Snapshot, write_snapshot

if TYPE_CHECKING:
    from pathlib import Path

_STATES = ("collecting", "collected")
_BATCH = 512
_FAILURES_IN_A_ROW = 25


def collect(
    query: ModelQuery,
    out: Path,
    *,
    since: Snapshot | None = None,
    workers: int = 8,
    watch: Watch = lambda *_: None,
    client: HubClient | None = None,
) -> Snapshot:
    """Collect a snapshot into ``out/<task>-<time>``, or go on with one that was interrupted.

    Args:
        query: What to collect.
        out: Folder of snapshots.
        since: An older snapshot. Cards are fetched only of models whose revision it does not have,
            and, without a limit, its models that are listed no more are recorded as deleted or
            renamed.
        workers: Number of cards to fetch at once.
        watch: Told of progress.
        client: Asks the Hub; by default one for so many workers.

    Raises:
        WeaklinkError: The Hub cannot be reached or refuses the token. What was fetched is kept.
    """
    client = client or HubClient(workers=workers)
    asked: dict[str, Any] = query.model_dump(mode="json") | {"endpoint": client.address}
    if since:
        asked["since"] = since.manifest.digests["models.parquet"]
    folder, done = (out / f".{what}-{_short_digest(asked)}" for what in _STATES)
    if done.exists():
        shutil.rmtree(done)
    with CollectionJournal.open(folder) as journal:
        started = journal.started()
        list_models(query, client, journal, watch)
        if since and query.limit is None:
            record_gone(since, client, journal, watch)
        if query.cards:
            if since:
                carry_cards(since, journal)
            _fetch_cards(client, workers, journal, watch)
        target = out / f"{query.task or 'all'}-{started:%Y%m%dT%H%M%SZ}"
        if not target.exists():  # else killed between writing it and removing the journal
            write_snapshot(
                target,
                journal.models(),
                journal.cards(),
                source=client.address,
                query=asked,
                started=started,
                finished=datetime.now(UTC),
            )
    discard(folder, done)
    return Snapshot.open(target)


def discard(folder: Path, done: Path) -> None:
    """Delete a journal, half of which would begin a second snapshot: it is renamed first."""
    folder.rename(done)
    shutil.rmtree(done)


def _short_digest(asked: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]


def _fetch_cards(client: HubClient, workers: int, journal: CollectionJournal, watch: Watch) -> None:
    """Fetch every card that the journal lacks; a worker records its card before it takes another.

    Raises:
        WeaklinkError: Many cards in a row failed, so the Hub must be down.
    """

    def fetch(model_id: str, sha: str | None) -> FetchedCard:
        card = fetch_card(client, model_id, sha)
        journal.add_card(model_id, card)
        return card

    waiting = journal.cards_to_fetch()
    done, failures = journal.count("cards"), 0
    total = done + len(waiting)
    pool = ThreadPoolExecutor(workers)
    try:
        for start in range(0, len(waiting), _BATCH):
            batch = [pool.submit(fetch, *model) for model in waiting[start : start + _BATCH]]
            for future in as_completed(batch):
                failures = failures + 1 if future.result().status == "failed" else 0
                if failures == _FAILURES_IN_A_ROW:
                    raise interrupted(f"{failures} cards in a row failed")
                done += 1
                watch("cards", done, total)
    finally:
        pool.shutdown(cancel_futures=True)
