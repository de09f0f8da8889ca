"""The study: many models attacked on many data sets, and what was found tried down the chains.

One campaign for each data set has every model as a victim. Models are in memory one at a time:
each is loaded to be checked, once more to be attacked on every data set, and as a downstream once
more for text transfer. What cannot be had is a failure with its reason, and the rest is finished.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from weaklink.campaigns.chain_trust import check_chain
from weaklink.campaigns.design import make_design, still_measured
from weaklink.campaigns.fluency import language_model_of, measure_fluency
from weaklink.campaigns.grounds import Ground, lay_grounds
from weaklink.campaigns.made import Made, make_models
from weaklink.campaigns.models import load_models
from weaklink.campaigns.preparation import aim, arm, load, quicken
from weaklink.campaigns.provenance import provenance
from weaklink.campaigns.record import record_campaign
from weaklink.campaigns.study_specification import StudySpecification
from weaklink.campaigns.survey import Survey, failure, survey
from weaklink.campaigns.text_transfer import Found, Replays, found_texts, replays_of
from weaklink.engine import Armed, ModelFailure, Models, Run
from weaklink.errors import WeaklinkError
from weaklink.files import write_atomically
from weaklink.progress import Progress
from weaklink.store import Campaign, Store, VictimRecord, open_store
from weaklink.store.reading import RECORD, STORE
from weaklink.store.record import CampaignEntry, ChainEntry, Failure, ReplayEntry, StudyRecord
from weaklink.victims.checkpoint import pick_device


class _Field(NamedTuple):
    """A data set of the study, and its campaign."""

    name: str
    ground: Ground
    campaign: Campaign


class _Part(NamedTuple):
    """What there is to do with one victim on one data set."""

    ground: Ground
    attacks: Mapping[str, Armed]
    campaign: Campaign
    """With no other victim in it."""


def run_study(
    spec: StudySpecification, folder: Path, progress: Progress, models: Models | None = None
) -> StudyRecord:
    """Run a study, or go on with one that was interrupted, and return its record.

    Args:
        spec: What to do.
        folder: Holds the store, the record and the models that the study makes. Another
            specification in the same folder asks only for what is new.
        progress: Is told how far the work is.
        models: Encoder, tagger and the like; by default those that the specification names.

    Raises:
        WeaklinkError: The specification cannot be followed at all, or the store failed. What has
            ended is stored, and the same call goes on where it stopped.
    """
    armed, language_model = arm(spec), language_model_of(spec)
    design = make_design(spec)
    folder.mkdir(parents=True, exist_ok=True)
    made = make_models(spec, folder, progress)
    models = models or load_models(spec, str(pick_device(spec.device)))
    grounds, missing = lay_grounds(spec, armed, models, made.places.values(), progress)
    seen = survey(design, spec, grounds, armed, made, progress)
    failures = [*made.failures, *missing, *seen.failures]
    chains = tuple(_measured(chain, seen, failures) for chain in design.chains)
    with open_store(folder / STORE) as store:
        study = _Study(spec, store, models, made, seen, progress, failures)
        fields = study.fields(grounds)
        record = StudyRecord(
            name=spec.name,
            specification=spec.model_dump(mode="json"),
            digest=spec.digest,
            models=tuple(seen.entries.values()),
            chains=chains,
            funnel=design.funnel,
            campaigns=tuple(
                CampaignEntry(dataset=field.name, campaign=store.add_campaign(field.campaign))
                for field in fields
            ),
            replays=(),
            failures=tuple(failures),
            provenance=provenance(seen.device),
        )
        write_record(record, folder)
        study.attack(fields)
        replays = study.replay(fields, chains) if spec.text_transfer else []
        if language_model is not None:
            measure_fluency(store, language_model, progress, device=seen.device)
    record = record.model_copy(update={"replays": tuple(replays), "failures": tuple(failures)})
    write_record(record, folder)
    return record


def write_record(record: StudyRecord, folder: Path) -> None:
    """Write a study's record beside its store."""
    write_atomically(folder / RECORD, record.model_dump_json(indent=2) + "\n")


@dataclass(frozen=True)
class _Study:
    """A study whose models have been surveyed."""

    spec: StudySpecification
    store: Store
    models: Models
    made: Made
    seen: Survey
    progress: Progress
    failures: list[Failure]

    def fields(self, grounds: Mapping[str, Ground]) -> list[_Field]:
        """Return the data sets that have victims."""
        return [
            _Field(name, grounds[name], self._campaign(records, grounds[name]))
            for name, records in self.seen.records.items()
            if records
        ]

    def attack(self, fields: Sequence[_Field]) -> None:
        """Attack one model after the other, on every data set."""
        victims = {v.fingerprint: v.name for field in fields for v in field.campaign.victims}
        for fingerprint, name in victims.items():
            parts = [
                _Part(field.ground, field.ground.attacks, self._campaign([victim], field.ground))
                for field in fields
                for victim in field.campaign.victims
                if victim.fingerprint == fingerprint
            ]
            self._do(name, parts)

    def replay(self, fields: Sequence[_Field], chains: Sequence[ChainEntry]) -> list[ReplayEntry]:
        """Try what was found on each upstream on its downstreams, and say where it is stored."""
        pairs = dict.fromkeys(pair for chain in chains for pair in pairwise(chain.measured))
        found = {field.name: found_texts(self.store, field.campaign) for field in fields}
        entries = list[ReplayEntry]()
        for downstream in dict.fromkeys(downstream for _, downstream in pairs):
            upstreams = [upstream for upstream, other in pairs if other == downstream]
            parts = []
            for field in fields:
                replays = self._replays(field, upstreams, found[field.name])
                victim = self._victim(field, downstream)
                if replays.attacks and victim is not None:
                    campaign = self._campaign([victim], field.ground, replays.attacks)
                    number = self.store.add_campaign(campaign)
                    parts.append(_Part(field.ground, replays.attacks, campaign))
                    entries += _entries(replays, field.name, downstream, number)
            self._do(downstream, parts)
        return entries

    def _replays(self, field: _Field, upstreams: Sequence[str], found: Found) -> Replays:
        """Return what was found on the upstreams that were attacked on a data set."""
        victims = {name: self._victim(field, name) for name in upstreams}
        attacked = {name: victim.fingerprint for name, victim in victims.items() if victim}
        return replays_of(attacked, field.campaign, found, self.spec)

    def _victim(self, field: _Field, name: str) -> VictimRecord | None:
        """Return a model as a victim of a data set's campaign, if it is one."""
        wanted = self.seen.entries[name].fingerprint
        return next((v for v in field.campaign.victims if v.fingerprint == wanted), None)

    def _campaign(
        self,
        victims: Sequence[VictimRecord],
        ground: Ground,
        attacks: Mapping[str, Armed] | None = None,
    ) -> Campaign:
        return record_campaign(self.spec, victims, attacks or ground.attacks, ground.dataset)

    def _do(self, name: str, parts: Sequence[_Part]) -> None:
        """Load a victim and make what is pending; a victim that gives out is a failure."""
        pending = sum(len(p.campaign.keys()) - len(self.store.done(p.campaign)) for p in parts)
        if not pending:
            return
        try:
            victim = load(name, self.spec, self.progress, place=self.made.places.get(name))
        except WeaklinkError as error:
            self.failures.append(failure(name, error))
            return
        quicken([*self.models.encoders, victim], self.spec, parts[0].ground.dataset, self.progress)
        self.progress.begin(f"Attacking {name}", pending)
        for part in parts:
            dataset, lexicon = part.ground.dataset, part.ground.lexicon
            targets = {victim.fingerprint: aim(victim, dataset)}
            run = Run(
                part.campaign, dataset, targets, part.attacks, lexicon, self.models, self.store,
                self.spec.width,
            )  # fmt: skip
            try:
                run.run(lambda _: self.progress.advance())
            except ModelFailure as error:
                self.failures.append(failure(f"{name} on {dataset.name}", error))


def _measured(chain: ChainEntry, seen: Survey, failures: list[Failure]) -> ChainEntry:
    """Return the chain with what of it can be measured after all, and its warnings."""
    measured = still_measured(chain.measured, seen.stated)
    for upstream, downstream in pairwise(measured):
        if seen.entries[upstream].fingerprint == seen.entries[downstream].fingerprint:
            same = Failure(what=downstream, reason=f"It is the same model as {upstream}.")
            failures += [same] if same not in failures else []
            measured = tuple(name for name in measured if name != downstream)
    warnings = check_chain([seen.stated[name] for name in measured])
    return chain.model_copy(update={"measured": measured, "warnings": warnings})


def _entries(replays: Replays, dataset: str, downstream: str, campaign: int) -> list[ReplayEntry]:
    return [
        ReplayEntry(
            dataset=dataset,
            campaign=campaign,
            upstream=source.upstream,
            downstream=downstream,
            attack=source.attack,
            repetition=source.repetition,
            attack_fingerprint=fingerprint,
        )
        for fingerprint, source in replays.sources.items()
    ]
