"""Copies a store into another, of the same kind of database or not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from weaklink.progress import Progress
from weaklink.store.record import StudyRecord
from weaklink.store.store import Store

_BATCH = 2_000
"""Outcomes in one transaction."""

_PARTS = ("campaigns", "replays", "reference_campaigns")


def copy_store(source: Store, target: Store, progress: Progress) -> int:
    """Copy all that one store holds into another, and return how many outcomes were read.

    The rules of ``put`` hold: what the target has stays, and only errors are replaced. Figures are
    not copied, since they are worked out of outcomes. The ids of
    campaigns in records become those of the target. A copy that was interrupted goes on.

    Args:
        source: What is copied.
        target: Takes it; it may hold outcomes of its own.
        progress: Is told how far the copy is.
    """
    progress.begin("Copying outcomes")
    found, copied = source.outcomes(), 0
    while batch := list(islice(found, _BATCH)):
        target.put_all(batch)
        copied += len(batch)
        progress.advance(len(batch))
    numbers = {one.id: target.add_campaign(one.campaign, one.created) for one in source.campaigns()}
    for row in source.registrations():
        target.keep_registration(row)
    for record in source.records():
        target.put_record(_renumbered(record, numbers))
    return copied


def _renumbered(record: StudyRecord, numbers: Mapping[int, int]) -> StudyRecord:
    """Return a record with the ids that its campaigns have in another store."""
    changed = {
        part: tuple(
            entry.model_copy(update={"campaign": numbers.get(entry.campaign, entry.campaign)})
            for entry in getattr(record, part)
        )
        for part in _PARTS
    }
    return record.model_copy(update=changed)
