"""A campaign: what its specification asks for, less what the store already has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from weaklink.attacks import Attack, Lexicon, Parameters
from weaklink.data import Dataset
from weaklink.engine.attempt import Attempt, Job
from weaklink.engine.memo import Memo
from weaklink.engine.models import Models
from weaklink.engine.scheduler import Scheduler
from weaklink.store import Campaign, Outcome, OutcomeKey, Status, Store
from weaklink.victims import Victim


@dataclass(frozen=True)
class Armed:
    """An attack with its parameters."""

    attack: Attack[Any]
    parameters: Parameters

    def fingerprint(
        self, resources: Mapping[str, str], target: str | None, max_queries: int | None
    ) -> str:
        """Return a digest of all that its outcomes depend on besides victim, data and seed.

        Args:
            resources: Digest of every resource that may be used, by name.
            target: Label that it aims at.
            max_queries: Its query budget.
        """
        content = {
            "attack": self.attack.name,
            "version": self.attack.version,
            "parameters": self.parameters.model_dump(mode="json"),
            "resources": {name: resources[name] for name in self.attack.uses},
            "target": target,
            "max_queries": max_queries,
        }
        data = json.dumps(content, sort_keys=True).encode()
        return blake2b(data, digest_size=16).hexdigest()


@dataclass(frozen=True)
class Target:
    """A victim of the campaign, ready to be asked.

    Attributes:
        victim: The victim.
        scores: The memo of its probabilities.
        gold: For each label of the data, the victim's index of it; None where they do not match.
    """

    victim: Victim
    scores: Memo
    gold: tuple[int, ...] | None


@dataclass(frozen=True)
class Run:
    """Everything that it takes to run a campaign.

    Attributes:
        campaign: What is asked for.
        dataset: Its samples.
        targets: Its victims by fingerprint.
        attacks: Its attacks by fingerprint.
        lexicon: What attacks look words up in.
        models: Sentence encoder and tagger.
        store: Where outcomes are kept.
        width: Attempts alive at once.
    """

    campaign: Campaign
    dataset: Dataset
    targets: Mapping[str, Target]
    attacks: Mapping[str, Armed]
    lexicon: Lexicon
    models: Models
    store: Store
    width: int = 64

    def pending(self) -> list[OutcomeKey]:
        """Return the keys of the outcomes that the store does not have yet, errors included."""
        done = self.store.done(self.campaign)
        return [key for key in self.campaign.keys() if key not in done]  # noqa: SIM118

    def run(self, report: Callable[[Outcome], None]) -> None:
        """Make the pending outcomes, store each as it ends, and tell ``report``.

        Raises:
            ModelFailure: A model failed again and again. What has ended is stored.
            WeaklinkError: The store failed.
        """
        pending = self.pending()
        for fingerprint, target in self.targets.items():
            services = self.models.services(target.scores, target.victim)
            keys = [key for key in pending if key.victim_fingerprint == fingerprint]
            for outcome in Scheduler(services, self.width).run(self._attempts(keys, target)):
                self.store.put(outcome)
                report(outcome)

    def _attempts(
        self, keys: list[OutcomeKey], target: Target
    ) -> Iterator[tuple[Outcome, Attempt]]:
        """Start attempts, long texts first, so that none is left running alone at the end.

        All attacks on one text start together, since they ask much the same.
        """
        samples = {sample.id: sample for sample in self.dataset.samples}
        goal = self.campaign.target
        for key in sorted(keys, key=lambda k: (-len(samples[k.sample_id].text), k.sample_id)):
            sample = samples[key.sample_id]
            armed = self.attacks[key.attack_fingerprint]
            job = Job(
                victim=target.victim,
                attack=armed.attack,
                parameters=armed.parameters,
                lexicon=self.lexicon,
                target=None if goal is None else target.victim.labels.index(goal),
                max_queries=self.campaign.max_queries,
            )
            blank = Outcome(
                key=key,
                victim=target.victim.name,
                attack=armed.attack.name,
                dataset=self.dataset.name,
                status=Status.ERROR,
                original_text=sample.text,
                gold_label=self.dataset.labels[sample.label],
                gold_index=None if target.gold is None else target.gold[sample.label],
            )
            yield blank, job.attempt(blank, sample.label)
