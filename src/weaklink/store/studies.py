"""Reads a study or an audit from disk: its record and its outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

import polars as pl

from weaklink.errors import WeaklinkError, instead, refuse_path
from weaklink.files import write_atomically
from weaklink.store import Campaign, Registration, Store, StoredCampaign, open_store
from weaklink.store.columns import Outcomes
from weaklink.store.databases import Location, shown
from weaklink.store.outcome import Status
from weaklink.store.record import CampaignEntry, ChainEntry, Link, ModelEntry, StudyRecord
from weaklink.validation import read_model

RECORD, STORE = "study.json", "study.db"
_ELSEWHERE = "study.store"
"""Names the store of a study that is not in its folder."""
_STATED = "specification"
"""Method of a link that the specification states."""


@dataclass(frozen=True, slots=True)
class Study:
    """A study with its campaigns and all their outcomes, replays included.

    Attributes:
        record: What the run wrote.
        campaigns: By their id in the store.
        outcomes: Of all campaigns, each once.
        store: Where they are kept; None for outcomes in memory.
        registered: When its specification was first stored, if it was.
    """

    record: StudyRecord
    campaigns: Mapping[int, Campaign]
    outcomes: Outcomes
    store: Location | None = None
    registered: Registration | None = None

    def __new__(cls, *given: object, **_: object) -> Self:
        """Refuse a path, from which a study is read.

        Raises:
            WeaklinkError: A path was given.
        """
        for one in given[:1]:
            refuse_path(one, "Study", "weaklink.read_study(folder) with the folder of a study")
        return object.__new__(cls)

    def attempts(self, *columns: str, status: Status | None = None) -> pl.DataFrame:
        """Return the attempts on its own models: outcomes without replays and references.

        Args:
            columns: Which; none: all.
            status: The only status; None: all.
        """
        campaigns = [self.campaigns[entry.campaign] for entry in self.record.campaigns]
        attacks = {attack.fingerprint for campaign in campaigns for attack in campaign.attacks}
        victims = {victim.fingerprint for campaign in campaigns for victim in campaign.victims}
        made = self.outcomes.frame(*columns, attacks=attacks, status=status)
        return made.filter(pl.col("victim_fingerprint").is_in(victims))


def read_study(folder: Path) -> Study:
    """Read a study's record and its outcomes; no model is asked anything.

    Raises:
        WeaklinkError: There is no study in the folder, or it cannot be read, or its store lacks a
            campaign that the record names.
    """
    record = _read_record(folder / RECORD)
    place = store_of(folder)
    with open_store(place, create=False) as store:
        return _study(record, store, place)


def store_of(folder: Path) -> Location:
    """Return where the outcomes of a study are: in its folder, or where a run was told."""
    elsewhere = folder / _ELSEWHERE
    return elsewhere.read_text("utf-8").strip() if elsewhere.exists() else folder / STORE


def keep_store_of(folder: Path, store: Location) -> None:
    """Note in a study's folder that its outcomes are somewhere else.

    Raises:
        WeaklinkError: The address of the store holds a password.
    """
    write_atomically(folder / _ELSEWHERE, f"{shown(store)}\n")


def study_of_audit(path: Location, campaign: int | None = None) -> Study:
    """Read an audit as the study that it is: from its record, or as its campaign tells it.

    Args:
        path: The store.
        campaign: Id of the audit's campaign; None: the latest.

    Raises:
        WeaklinkError: There is no store, or no such campaign in it.
    """
    with open_store(path, create=False) as store:
        chosen = choose_campaign(store, path, campaign)
        known = [
            record
            for record in store.records()
            if chosen.id in {entry.campaign for entry in record.campaigns}
        ]
        record = known[-1] if known else _derived(chosen)
        return _study(record, store, path)


def choose_campaign(store: Store, path: Location, wanted: int | None = None) -> StoredCampaign:
    """Return the campaign with an id, or that of the latest run.

    Without a record of a run, that is the latest campaign that is not part of another.

    Args:
        store: Holds the campaigns.
        path: Where it is.
        wanted: The id; None: the latest.

    Raises:
        WeaklinkError: The store has no campaign, or none with that id.
    """
    records = store.records()
    kept = {entry.campaign for record in records for entry in record.campaigns}
    further = {
        entry.campaign
        for record in records
        for entry in (*record.replays, *record.reference_campaigns)
    } - kept
    stored = {one.id: one for one in store.campaigns()}
    shown = [number for number in stored if number not in further]
    if not shown:
        raise WeaklinkError(
            f"{path} has no campaign.", f"Run one: weaklink audit MODEL --store {path}"
        )
    latest = [entry.campaign for entry in records[-1].campaigns] if records else []
    chosen = (latest or shown)[-1] if wanted is None else wanted
    if chosen not in stored:
        remedy = instead(str(wanted), map(str, shown))
        raise WeaklinkError(f"{path} has no campaign {wanted}.", remedy)
    return stored[chosen]


def digest_of(campaign: Campaign) -> str:
    """Return the digest of an audit by a version that kept no record: that of its campaign."""
    content = campaign.model_dump_json(exclude={"provenance"})
    return sha256(content.encode()).hexdigest()


def _derived(stored: StoredCampaign) -> StudyRecord:
    """Return the record of an audit by a version that kept none."""
    campaign = stored.campaign
    names = {victim.role: victim.name for victim in campaign.victims}
    chain = tuple(names[role] for role in ("upstream", "downstream") if role in names)
    return StudyRecord(
        name="audit",
        specification={},
        digest=digest_of(campaign),
        models=tuple(
            ModelEntry(
                name=victim.name,
                fingerprint=victim.fingerprint,
                architecture=victim.details.get("architecture"),
            )
            for victim in campaign.victims
        ),
        chains=(_chain(*chain),) if len(chain) > 1 else (),
        funnel=(),
        campaigns=(CampaignEntry(dataset=campaign.data.name, campaign=stored.id),),
        replays=(),
        failures=(),
        provenance=campaign.provenance,
    )


def _chain(upstream: str, downstream: str) -> ChainEntry:
    link = Link(upstream=upstream, downstream=downstream, relation="finetune", method=_STATED)
    both = (upstream, downstream)
    return ChainEntry(name="C1", models=both, links=(link,), measured=both)


def _study(record: StudyRecord, store: Store, path: Location) -> Study:
    """Return a record with its campaigns and their outcomes."""
    wanted = {entry.campaign: None for entry in record.campaigns}
    wanted |= {one.campaign: None for one in (*record.replays, *record.reference_campaigns)}
    stored = {found.id: found.campaign for found in store.campaigns()}
    absent = [str(number) for number in wanted if number not in stored]
    if absent:
        raise WeaklinkError(
            f"{path} lacks the campaigns {', '.join(absent)} that its study names.",
            "Run the study again in this folder. Stored outcomes are kept.",
        )
    campaigns = {number: stored[number] for number in wanted}
    outcomes = store.columns(tuple(campaigns.values()))
    return Study(record, campaigns, outcomes, path, store.registration(record.digest))


def _read_record(path: Path) -> StudyRecord:
    missing = WeaklinkError(
        f"There is no study in {path.parent}: {path.name} cannot be read.",
        "Give the folder that `weaklink study run` wrote.",
    )
    broken = WeaklinkError(
        f"{path} is not the record of a study",
        "Run the study again with this version. Stored outcomes are kept.",
    )
    return read_model(path, StudyRecord, missing, broken)
