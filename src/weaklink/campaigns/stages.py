"""The stages of a run: attacks, blocks, replays, fluency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from weaklink.campaigns.blocks.driver import Blocks
from weaklink.campaigns.blocks.expected import expected
from weaklink.campaigns.blocks.one_bar import OneBar
from weaklink.campaigns.blocks.pace import BlockPace
from weaklink.campaigns.blocks.replayed import EarlyReplays, Replayed, wants_early_replays
from weaklink.campaigns.command import reproduced
from weaklink.campaigns.design import Design
from weaklink.campaigns.executors.task import Executor, Task, Work
from weaklink.campaigns.fluency import measure_fluency
from weaklink.campaigns.prepare.check import Checked
from weaklink.campaigns.prepare.data import PreparedData, Samples, prepare_data
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.prepare.languages import reads
from weaklink.campaigns.record import provenance, record_campaign
from weaklink.campaigns.replay import found_texts, replays_of
from weaklink.campaigns.specification import Specification
from weaklink.engine import ConfiguredAttack, Models
from weaklink.measures import Bound
from weaklink.measures.runs.baseline import Baseline
from weaklink.measures.runs.look import Look
from weaklink.models.language_model import LanguageModelFiles
from weaklink.models.perplexity import LanguageModel
from weaklink.store import Campaign, Store, VictimRecord
from weaklink.store.in_memory import FrameOutcomes
from weaklink.store.record import CampaignEntry, ChainEntry, Stopped, StudyRecord
from weaklink.store.studies import Study


class AttackedDataset(NamedTuple):
    """A data set that has victims, and its campaign."""

    name: str
    data: PreparedData
    campaign: Campaign
    number: int
    """The campaign's id in the store."""

    @property
    def entry(self) -> CampaignEntry:
        """What a record keeps of it."""
        return CampaignEntry(dataset=self.name, campaign=self.number)


@dataclass
class Stages:
    """The stages of a run, once its data and victims are checked."""

    spec: Specification
    store: Store
    executor: Executor
    models: Models
    seen: Checked
    failures: Failures
    progress: OneBar
    language_model: LanguageModelFiles | None
    spent: Callable[[], Sequence[str]]
    """What remote models have cost so far, in words."""
    made: int = 0
    _early: EarlyReplays | None = None

    def campaigns(self, samples: Mapping[str, Samples]) -> list[AttackedDataset]:
        """Prepare the data sets that have victims, and record the campaign of each."""
        found = []
        for name, records in self.seen.records.items():
            if records:
                data = prepare_data(
                    samples[name], self.spec, self.models, self.failures, self.progress
                )
                campaign = self._campaign(records, data)
                number = self.store.add_campaign(campaign)
                found.append(AttackedDataset(name, data, campaign, number))
        return found

    def beside(
        self, attacked: Sequence[AttackedDataset], records: Mapping[str, Sequence[VictimRecord]]
    ) -> list[AttackedDataset]:
        """Record the campaigns of the references on the same samples with the same attacks."""
        found = []
        for one in attacked:
            if records[one.name]:
                campaign = self._campaign(records[one.name], one.data)
                number = self.store.add_campaign(campaign)
                found.append(AttackedDataset(one.name, one.data, campaign, number))
        return found

    def record(
        self, design: Design, chains: Sequence[ChainEntry], attacked: Sequence[AttackedDataset]
    ) -> StudyRecord:
        """Return the record, as far as it is known before the first attack."""
        return StudyRecord(
            name=self.spec.name,
            specification=self.spec.content(),
            digest=self.spec.digest,
            changed=self.spec.changed(),
            models=tuple(self.seen.entries.values()),
            chains=tuple(chains),
            funnel=design.funnel,
            campaigns=tuple(one.entry for one in attacked),
            replays=(),
            failures=tuple(self.failures.entries),
            provenance=provenance(self.seen.device or "cpu"),
            command=reproduced(self.spec) if self.failures.strict else (),
        )

    def keep(self, record: StudyRecord, keep: Callable[[StudyRecord], None]) -> None:
        """Keep the record in the store, and wherever else it is wanted."""
        self.store.put_record(record)
        keep(record)

    def attack(
        self, attacked: Sequence[AttackedDataset], stop: Callable[[], bool] = lambda: False
    ) -> None:
        """Attack one model after the other, on every data set: the audited one first."""
        victims = {v.fingerprint: v.name for one in attacked for v in one.campaign.victims}
        tasks = [
            Task(
                name,
                [
                    Work(
                        one.data,
                        one.data.attacks,
                        one.campaign.model_copy(update={"victims": (victim,)}),
                    )
                    for one in attacked
                    for victim in one.campaign.victims
                    if victim.fingerprint == fingerprint
                ],
            )
            for fingerprint, name in reversed(victims.items())
        ]
        self.made += self.executor.run(tasks, self.failures.add, stop)

    def tell_expected(
        self, attacked: Sequence[AttackedDataset], chains: Sequence[ChainEntry]
    ) -> None:
        """Say how long the attacks will take."""
        campaigns = [(one.campaign, one.data.dataset) for one in attacked]
        pairs = {pair for chain in chains for pair in pairwise(chain.measured)}
        pending = sum(len(one.keys()) - len(self.store.done(one)) for one, _ in campaigns)
        line = expected(
            self.spec, campaigns, self.seen.seconds, len(pairs), pending, self.models.encoder
        )
        if line is not None:
            self.progress.tell(line)

    def _early_replays(
        self, attacked: Sequence[AttackedDataset], wanted: Sequence[tuple[str, str]]
    ) -> EarlyReplays:
        """Return the replays of a campaign under way; see ``replay``."""

        def replay(parts: Sequence[Campaign]) -> Replayed:
            both = zip(attacked, parts, strict=True)
            some = [one._replace(campaign=p) for one, p in both if p.data.sample_ids]
            return self.replay(some, wanted)

        return EarlyReplays(replay)

    def blocks(
        self,
        attacked: Sequence[AttackedDataset],
        beside: Sequence[AttackedDataset],
        record: StudyRecord,
        gates: Sequence[Bound | Baseline],
        pace: BlockPace,
        pairs: Sequence[tuple[str, str]],
    ) -> Blocks:
        """Return the campaigns, and those of references beside them, as blocks.

        Texts are tried along the pairs of models at each look if a gate waits for that.
        """
        every = [*attacked, *beside]
        waited = wants_early_replays(self.spec, gates)
        early = self._early = self._early_replays(attacked, pairs) if waited else None

        def look(done: Sequence[Campaign], whole: bool) -> Look:  # noqa: FBT001
            numbered = {one.number: part for one, part in zip(every, done, strict=True)}
            mine = done[: len(attacked)]
            replayed, replays = early.of(mine, whole=whole) if early else (0, [])
            # Not by the reader of columns: it brings an SQLite of its own, and two in one process
            # take each other's locks on a file.
            parts = [*done, *(campaign for campaign, _ in replays)]
            made = FrameOutcomes(pl.concat([self.store.frame(one) for one in parts]))
            left = {one.name: _left(one.campaign, numbered[one.number]) for one in every}
            entries = tuple(entry for _, part in replays for entry in part)
            so_far = record.model_copy(update={"replays": entries})
            return Look(Study(so_far, numbered, made), self.spec.bounds, left, replayed)

        campaigns = [one.campaign for one in every]
        return Blocks(
            self.spec, self.store, campaigns, gates, look, self.progress, pace, self.spent
        )

    def attack_in_blocks(
        self, blocks: Blocks, attacked: Sequence[AttackedDataset]
    ) -> Stopped | None:
        """Attack block by block, and measure the fluency of what was found in each."""

        def attack(campaigns: Sequence[Campaign], stop: Callable[[], bool]) -> None:
            parts = zip(attacked, campaigns, strict=True)
            self.attack([one._replace(campaign=part) for one, part in parts], stop)
            if not stop():
                self.measure(campaigns)

        with self.progress.hold("Attacking block by block", blocks.pending):
            return blocks.run(attack)

    def cut(
        self, attacked: Sequence[AttackedDataset], done: Sequence[Campaign]
    ) -> list[AttackedDataset]:
        """Return the data sets with what is done of their campaigns, which the store is told."""
        return [
            one._replace(campaign=part, number=self.store.add_campaign(part))
            for one, part in zip(attacked, done, strict=True)
        ]

    def replays(
        self, attacked: Sequence[AttackedDataset], pairs: Sequence[tuple[str, str]]
    ) -> Replayed:
        """Return the replays of what is done, if they are asked for; see ``replay``."""
        if self._early is not None:
            with self.progress.hold("Trying texts on other models"):
                return self._early.of([one.campaign for one in attacked], whole=True)[1]
        asked = self.spec.text_transfer and not self.spec.replay
        return self.replay(attacked, pairs) if asked else []

    def replay(
        self, attacked: Sequence[AttackedDataset], wanted: Iterable[tuple[str, str]]
    ) -> Replayed:
        """Try what was found on each upstream on its downstreams, and say where it is stored.

        A bare model and the same model with a defence are such a pair, too.
        """
        pairs = dict.fromkeys(wanted)
        texts = {one.name: found_texts(self.store, one.campaign) for one in attacked if pairs}
        entries, tasks = Replayed(), list[Task]()
        for downstream in dict.fromkeys(downstream for _, downstream in pairs):
            upstreams = [upstream for upstream, other in pairs if other == downstream]
            work = []
            for one in attacked:
                victim = self.seen.victim(one.name, downstream)
                known = {name: self.seen.victim(one.name, name) for name in upstreams}
                prints = {name: found.fingerprint for name, found in known.items() if found}
                replays = replays_of(prints, one.campaign, texts[one.name], self.spec)
                if replays.attacks and victim is not None:
                    campaign = self._campaign([victim], one.data, replays.attacks)
                    campaign = campaign.model_copy(update={"data": one.campaign.data})
                    number = self.store.add_campaign(campaign)
                    work.append(Work(one.data, replays.attacks, campaign))
                    entries.append((campaign, replays.entries(one.name, downstream, number)))
            tasks.append(Task(downstream, work))
        self.made += self.executor.run(tasks, self.failures.add)
        return entries

    def measure(self, campaigns: Sequence[Campaign]) -> None:
        """Measure the fluency of what was found in languages that the language model reads."""
        named = self.spec.language_model
        read = [one for one in campaigns if reads(named, one.data.language)]
        if self.language_model is not None and read:
            measure_fluency(
                self.store,
                self.language_model,
                self.progress,
                campaigns=read,
                device=self.seen.device or "cpu",
                load=self._load_language_model,
            )

    @cached_property
    def _load_language_model(self) -> Callable[[str], LanguageModel] | None:
        """Load the language model; only once where it measures block after block."""
        if self.language_model is None or not self.spec.in_blocks:
            return None
        return cache(self.language_model.load)

    def _campaign(
        self,
        victims: Sequence[VictimRecord],
        data: PreparedData,
        attacks: Mapping[str, ConfiguredAttack] | None = None,
    ) -> Campaign:
        return record_campaign(self.spec, victims, attacks or data.attacks, data.dataset)


def _left(whole: Campaign, done: Campaign) -> list[str]:
    """Return the samples of a campaign that are not done yet."""
    known = set(done.data.sample_ids)
    return [sample for sample in whole.data.sample_ids if sample not in known]
