"""A study as it lies on disk: its record, and the store beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from weaklink.errors import WeaklinkError
from weaklink.store import Campaign, open_store
from weaklink.store.columns import Outcomes, StoredOutcomes
from weaklink.store.record import StudyRecord
from weaklink.validation import fault

RECORD, STORE = "study.json", "study.db"


@dataclass(frozen=True, slots=True)
class Study:
    """A study with its campaigns and all their outcomes, replays included.

    Attributes:
        record: What the run wrote.
        campaigns: By their id in the store.
        outcomes: Of all campaigns, each once.
    """

    record: StudyRecord
    campaigns: Mapping[int, Campaign]
    outcomes: Outcomes


def read_study(folder: Path) -> Study:
    """Read a study's record and its outcomes; no model is asked anything.

    Raises:
        WeaklinkError: There is no study in the folder, or it cannot be read, or its store lacks a
            campaign that the record names.
    """
    record = _read_record(folder / RECORD)
    wanted = {entry.campaign: None for entry in record.campaigns}
    wanted |= {replay.campaign: None for replay in record.replays}
    with open_store(folder / STORE, create=False) as store:
        stored = {found.id: found.campaign for found in store.campaigns()}
        absent = [str(number) for number in wanted if number not in stored]
        if absent:
            raise WeaklinkError(
                f"{folder / STORE} lacks the campaigns {', '.join(absent)} that its study names.",
                "Run the study again in this folder: what is stored is not asked again.",
            )
        campaigns = {number: stored[number] for number in wanted}
    outcomes = StoredOutcomes(folder / STORE, tuple(campaigns.values()))
    return Study(record, campaigns, outcomes)


def _read_record(path: Path) -> StudyRecord:
    try:
        return StudyRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise WeaklinkError(
            f"There is no study in {path.parent}: {path.name} cannot be read.",
            "Give the folder that `weaklink study run` wrote.",
        ) from error
    except ValidationError as error:
        raise WeaklinkError(
            f"{path} is not the record of a study: {fault(error, StudyRecord)}.",
            "Run the study again with this version: what is stored is not asked again.",
        ) from error
