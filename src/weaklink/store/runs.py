"""The runs of a store: which there are, how far each is, and how one is taken out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from weaklink.errors import WeaklinkError, instead
from weaklink.store.campaign import Campaign
from weaklink.store.outcome import Outcome, OutcomeKey, Status
from weaklink.store.record import StudyRecord
from weaklink.store.store import Store, StoredCampaign
from weaklink.store.vulnerable import REPLAY

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A campaign that somebody asked for.

    Attributes:
        id: Of the campaign.
        created: When it was first stored, in UTC.
        campaign: The campaign.
        done: Outcomes that it has, those that ended in an error left out.
        record: What became of its run; None if it was interrupted before it began.
    """

    id: int
    created: datetime
    campaign: Campaign
    done: int
    record: StudyRecord | None

    @property
    def state(self) -> str:
        """How far it is, in words."""
        if self.record is not None and self.record.stopped is not None:
            stopped = self.record.stopped
            why = _WHY[stopped.reason]
            return f"{why}: {stopped.samples:,} of {stopped.asked:,} samples"
        if self.done >= self.campaign.size:
            return "done"
        return f"{self.done:,} of {self.campaign.size:,} outcomes"


_WHY = {
    "time": "time was up",
    "decided": "gates decided",
    "undecidable": "gates cannot be decided",
}


def runs_of(store: Store) -> list[RunEntry]:
    """Return the campaigns that somebody asked for, the oldest first.

    Replays and attacks on references are parts of those; a campaign that stopped early stands for
    the whole that was asked for.
    """
    return [
        RunEntry(one.id, one.created, one.campaign, len(store.done(one.campaign)), record)
        for one, record in asked_for(store)
    ]


def asked_for(store: Store) -> list[tuple[StoredCampaign, StudyRecord | None]]:
    """Return the campaigns that somebody asked for, each with the record of its run."""
    stored, records = store.campaigns(), store.records()
    of = {entry.campaign: record for record in records for entry in record.campaigns}
    recorded = [(one.campaign, of[one.id]) for one in stored if one.id in of]
    parts = [one for one in stored if one.id in _parts(records)]
    shown = [one for one in stored if one.id in of or not _is_part(one, recorded, parts)]
    return [(one, of.get(one.id)) for one in shown]


def _parts(records: list[StudyRecord]) -> set[int]:
    return {
        entry.campaign
        for record in records
        for entry in (*record.replays, *record.reference_campaigns)
    }


def _is_part(
    one: StoredCampaign,
    recorded: list[tuple[Campaign, StudyRecord]],
    parts: list[StoredCampaign],
) -> bool:
    """Return whether a campaign without a record belongs to a run that has one.

    A run that goes on where it stopped leaves campaigns of fewer samples behind, and one that was
    interrupted leaves replays.
    """
    if all(attack.name.startswith(REPLAY) for attack in one.campaign.attacks):
        return True
    if any(part.id == one.id or _replaced(one.campaign, part.campaign) for part in parts):
        return True
    return any(
        _within(one.campaign, run) or (record.stopped is not None and _within(run, one.campaign))
        for run, record in recorded
    )


def _within(part: Campaign, whole: Campaign) -> bool:
    """Return whether one campaign is another on fewer samples."""
    alike = _without_samples(part) == _without_samples(whole)
    return alike and set(part.data.sample_ids) <= set(whole.data.sample_ids)


def _without_samples(one: Campaign) -> Campaign:
    data = one.data.model_copy(update={"sample_ids": ()})
    return one.model_copy(update={"data": data, "provenance": {}})


def _replaced(part: Campaign, whole: Campaign) -> bool:
    """Return whether replays, or attacks on references, are others on fewer samples.

    What replays try depends on the samples, and so do their parameters.
    """
    names = [[attack.name for attack in campaign.attacks] for campaign in (part, whole)]
    return names[0] == names[1] and _within(
        part.model_copy(update={"attacks": ()}), whole.model_copy(update={"attacks": ()})
    )


def require_run(store: Store, number: int) -> None:
    """Refuse the id of no campaign.

    Raises:
        WeaklinkError: There is no campaign of that id.
    """
    stored = [one.id for one in store.campaigns()]
    if number not in stored:
        remedy = instead(str(number), map(str, stored), "There are:")
        raise WeaklinkError(f"There is no campaign {number}.", remedy)


def remove_run(store: Store, number: int) -> int:
    """Take a campaign out of a store, and return how many outcomes went with it.

    Outcomes that another campaign asks for stay. So do those of its replays.

    Raises:
        WeaklinkError: There is no campaign of that id.
    """
    require_run(store, number)
    stored = {one.id: one.campaign for one in store.campaigns()}
    kept = {key for other, one in stored.items() if other != number for key in one.keys()}  # noqa: SIM118
    return store.remove(number, set(stored[number].keys()) - kept)


def conflicts(source: Store, target: Store) -> list[tuple[Outcome, Outcome]]:
    """Return the outcomes that two stores have under one key and that say different things.

    Errors are not a conflict: they are tried again. Time and fluency may differ.
    """
    found, differing = source.outcomes(), list[tuple[Outcome, Outcome]]()
    while batch := list(islice(found, _BATCH)):
        theirs = target.named([one.key for one in batch])
        pairs = ((one, theirs[one.key]) for one in batch if one.key in theirs)
        differing += [pair for pair in pairs if _differ(*pair)]
    return differing


def _differ(one: Outcome, other: Outcome) -> bool:
    if Status.ERROR in (one.status, other.status):
        return False
    return _said(one) != _said(other)


def _said(one: Outcome) -> tuple[OutcomeKey, Status, str | None, int]:
    return one.key, one.status, one.adversarial_text, one.queries
