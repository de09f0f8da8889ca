"""A campaign: the outcomes that it asks for and the store does not have yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from weaklink.attacks import Attack, Lexicon, Parameters
from weaklink.data import Dataset
from weaklink.engine.attempt import Attempt, Job
from weaklink.engine.blocks import Block, blocks_of
from weaklink.engine.leasing import LeasedKeys, Worker, this_worker
from weaklink.engine.memo import Memo
from weaklink.engine.models import Models
from weaklink.engine.scheduler import Scheduler
from weaklink.lexicons.languages.letters import ENGLISH, versions_of_writing
from weaklink.store import Campaign, Outcome, OutcomeKey, Status, Store
from weaklink.text.pairs import parted
from weaklink.victims import Victim


@dataclass(frozen=True)
class ConfiguredAttack:
    """An attack with its parameters."""

    attack: Attack[Any]
    parameters: Parameters

    def fingerprint(
        self,
        resources: Mapping[str, str],
        target: str | None,
        max_queries: int | None,
        source: str | None = None,
        language: str = ENGLISH,
    ) -> str:
        """Return a digest of all that its outcomes depend on besides victim, data and seed.

        Args:
            resources: Digest of every resource that may be used, by name.
            target: Label that it aims at.
            source: Label of the samples that it attacks; None: of all.
            max_queries: Its query budget.
            language: ISO 639-1 code of the language of the texts. Beyond English, outcomes depend
                on what tells words and letters apart, too.
        """
        content: dict[str, Any] = {
            "attack": self.attack.name,
            "version": self.attack.version,
            "parameters": self.parameters.model_dump(mode="json"),
            "resources": {name: resources[name] for name in self.attack.uses},
            "target": target,
            "max_queries": max_queries,
        }
        if source is not None:
            content["source"] = source
        if language != ENGLISH:
            content["language"] = [language, *versions_of_writing()]
        data = json.dumps(content, sort_keys=True).encode()
        return blake2b(data, digest_size=16).hexdigest()


@dataclass(frozen=True)
class LoadedVictim:
    """A victim in memory, ready to be asked about the samples of a data set.

    Attributes:
        victim: The victim.
        scores: The memo of its probabilities.
        gold: For each label of the data, the victim's index of it; None where they do not match.
    """

    victim: Victim
    scores: Memo
    gold: tuple[int, ...] | None


@dataclass(frozen=True)
class Assignment:
    """An attack against a victim, and what all of its attempts share.

    Attributes:
        victim: The victim.
        attack: The attack.
        lexicon: What the attack looks words up in.
        target: Label to aim at; None: any but the victim's own prediction.
        max_queries: The query budget of an attempt; None: no bound.
        source: Label of the samples that are attacked; None: all are.
    """

    victim: LoadedVictim
    attack: ConfiguredAttack
    lexicon: Lexicon
    target: str | None = None
    max_queries: int | None = None
    source: str | None = None

    def start(
        self, key: OutcomeKey, text: str, *, dataset: Dataset | None = None, gold: int | None = None
    ) -> tuple[Outcome, Attempt]:
        """Return an outcome with what is known beforehand, and the attempt that will fill it in.

        Args:
            key: The outcome's key.
            text: The text to attack; of a pair, both segments (``text.pairs``).
            dataset: Where it is from; None: from nowhere, and it has no gold label.
            gold: Its gold label, an index into the labels of the data set.
        """
        victim = self.victim.victim
        order = self.victim.gold
        segment, beside = parted(text)
        blank = Outcome(
            key=key,
            victim=victim.name,
            attack=self.attack.attack.name,
            dataset="" if dataset is None else dataset.name,
            status=Status.ERROR,
            original_text=segment,
            text_before=beside.before,
            text_after=beside.after,
            gold_label="" if dataset is None or gold is None else dataset.labels[gold],
            gold_index=None if order is None or gold is None else order[gold],
        )
        job = Job(
            victim=victim,
            attack=self.attack.attack,
            parameters=self.attack.parameters,
            lexicon=self.lexicon,
            target=None if self.target is None else victim.labels.index(self.target),
            max_queries=self.max_queries,
            source=None if self.source is None else victim.labels.index(self.source),
        )
        return blank, job.attempt(blank, gold)


@dataclass(frozen=True)
class CampaignRun:
    """Everything that it takes to run a campaign.

    Attributes:
        campaign: What is asked for.
        dataset: Its samples.
        victims: Its victims by fingerprint.
        attacks: Its attacks by fingerprint, in the order that a block makes them in.
        lexicon: What attacks look words up in.
        models: Sentence encoder and tagger.
        store: Where outcomes are kept.
        width: Attempts alive at once.
        worker: Who leases blocks of them.
    """

    campaign: Campaign
    dataset: Dataset
    victims: Mapping[str, LoadedVictim]
    attacks: Mapping[str, ConfiguredAttack]
    lexicon: Lexicon
    models: Models
    store: Store
    width: int = 64
    worker: Worker = field(default_factory=this_worker)

    def pending(self) -> list[OutcomeKey]:
        """Return the keys of the outcomes that the store does not have yet, errors included."""
        done = self.store.done(self.campaign)
        return [key for key in self.campaign.keys() if key not in done]  # noqa: SIM118

    def run(
        self, report: Callable[[Outcome], None], stop: Callable[[], bool] = lambda: False
    ) -> int:
        """Make the pending outcomes, store each as it ends, and tell ``report``.

        Pending outcomes are leased block by block. A block that another worker owns is left to it.

        Args:
            report: Is given each outcome.
            stop: Asked again and again; once it is true, attempts under way are given up.

        Returns:
            How many blocks other workers owned. Run again to see what became of them.

        Raises:
            ModelFailure: A model failed again and again. What has ended is stored.
            DeadlyVictim: Workers died over a victim again and again.
            WeaklinkError: The store failed.
        """
        elsewhere = 0
        for victim in self.victims.values():
            services = self.models.services(victim.scores, victim.victim, self.lexicon.language)
            keys = LeasedKeys(self.store, self.worker, self._blocks(victim.victim.fingerprint))
            work = self._attempts(keys, victim)
            try:
                for outcome in Scheduler(services, self.width).run(work, stop):
                    self.store.put(outcome)
                    keys.stored(outcome.key)
                    report(outcome)
            finally:
                keys.release()
            elsewhere += keys.elsewhere
        return elsewhere

    def _blocks(self, fingerprint: str) -> Iterator[Block]:
        """Return what is asked of a victim in blocks."""
        alone = tuple(v for v in self.campaign.victims if v.fingerprint == fingerprint)
        campaign = self.campaign.model_copy(update={"victims": alone})
        return blocks_of(campaign, self.dataset.samples, self.attacks)

    def _attempts(
        self, keys: Iterable[OutcomeKey], victim: LoadedVictim
    ) -> Iterator[tuple[Outcome, Attempt]]:
        """Start attempts in the order of their keys."""
        samples = {sample.id: sample for sample in self.dataset.samples}
        goal, budget = self.campaign.target, self.campaign.max_queries
        for key in keys:
            sample, attack = samples[key.sample_id], self.attacks[key.attack_fingerprint]
            assignment = Assignment(
                victim, attack, self.lexicon, goal, budget, self.campaign.source
            )
            yield assignment.start(key, sample.text, dataset=self.dataset, gold=sample.label)
