"""The outcomes of a study as arrays, a block for each data set."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from weaklink.measures import Bounds, valid
from weaklink.measures.grid import Axes, Floats, attempts, correctness, mean_known
from weaklink.measures.rates import attacked, succeeded
from weaklink.store import Campaign, Outcome, Status
from weaklink.store.reading import Study
from weaklink.store.record import StudyRecord

Link: TypeAlias = tuple[str, str]
"""The names of an upstream and of its downstream."""


@dataclass(frozen=True)
class Block:
    """All attempts of a study on one data set, on axes that all blocks share but for the samples.

    Attributes:
        dataset: Its name.
        campaign: As the store has it.
        fell: Shape (models, attacks, samples, repetitions): 1 where an attempt succeeded, 0 where
            it did not, NaN where none counts.
        valid: The same, 1 only where the adversarial text is valid too.
        correct: Shape (models, samples), as the labels of model and data have it.
        mapped: The same where the specification says what a model's labels mean.
        replayed: Shape (links, attacks, samples, repetitions): whether the text found on the
            upstream makes the downstream err; NaN where there is no such text.
        statuses: Number of attempts by (model, attack, status), as indices of the axes.
        repetitions: How often each attack was to be made.
    """

    dataset: str
    campaign: Campaign
    fell: Floats
    valid: Floats
    correct: Floats
    mapped: Floats
    replayed: Floats
    statuses: Mapping[tuple[int, int, Status], int]
    repetitions: tuple[int, ...]

    @cached_property
    def share(self) -> Floats:
        """The share of each sample's attempts that succeeded: (models, attacks, samples)."""
        return mean_known(self.fell)


@dataclass(frozen=True)
class Blocks:
    """A study's blocks and the names along their axes.

    Attributes:
        models: Those that could be loaded.
        attacks: Of all campaigns, in their order.
        links: Each pair of consecutive measured models of a chain, once.
        blocks: One for each data set.
    """

    models: tuple[str, ...]
    attacks: tuple[str, ...]
    links: tuple[Link, ...]
    blocks: tuple[Block, ...]

    @property
    def datasets(self) -> tuple[str, ...]:
        """The names of the data sets."""
        return tuple(block.dataset for block in self.blocks)


def links_of(record: StudyRecord) -> tuple[Link, ...]:
    """Return every pair of consecutive measured models that could be loaded, once."""
    loaded = {model.name for model in record.models if model.fingerprint is not None}
    pairs = (
        pair
        for chain in record.chains
        for pair in zip(chain.measured, chain.measured[1:], strict=False)
    )
    return tuple(dict.fromkeys(pair for pair in pairs if loaded.issuperset(pair)))


def to_blocks(study: Study, bounds: Bounds) -> Blocks:
    """Arrange a study's outcomes.

    Args:
        study: The study.
        bounds: What makes an adversarial text valid.
    """
    record = study.record
    models = tuple(model.name for model in record.models if model.fingerprint is not None)
    campaigns = [study.campaigns[entry.campaign] for entry in record.campaigns]
    names = (attack.name for campaign in campaigns for attack in campaign.attacks)
    attacks, links = tuple(dict.fromkeys(names)), links_of(record)
    by_data = defaultdict[str, list[Outcome]](list)
    by_attack = defaultdict[str, list[Outcome]](list)
    for outcome in study.outcomes:
        by_data[outcome.key.data_fingerprint].append(outcome)
        by_attack[outcome.key.attack_fingerprint].append(outcome)
    axes = Blocks(models, attacks, links, ())
    blocks = tuple(
        _block(record, entry.dataset, campaign, axes, by_data, by_attack, bounds)
        for entry, campaign in zip(record.campaigns, campaigns, strict=True)
    )
    return Blocks(models, attacks, links, blocks)


def _block(
    record: StudyRecord,
    dataset: str,
    campaign: Campaign,
    names: Blocks,
    by_data: Mapping[str, Sequence[Outcome]],
    by_attack: Mapping[str, Sequence[Outcome]],
    bounds: Bounds,
) -> Block:
    repetitions = {attack.name: attack.repetitions for attack in campaign.attacks}
    axes = _axes(record, campaign, names, max(repetitions.values(), default=1))
    outcomes = [
        outcome
        for outcome in by_data.get(campaign.data.fingerprint, ())
        if outcome.key.attack_fingerprint in axes.attacks and outcome.key.seed == campaign.seed
    ]
    return Block(
        dataset=dataset,
        campaign=campaign,
        fell=attempts(outcomes, axes),
        valid=attempts(outcomes, axes, lambda outcome: bool(valid(outcome, bounds))),
        correct=correctness(outcomes, axes),
        mapped=correctness(outcomes, axes, _by_meaning(record)),
        replayed=_replayed(record, dataset, axes, names, by_attack),
        statuses=_statuses(outcomes, axes),
        repetitions=tuple(repetitions.get(name, 0) for name in names.attacks),
    )


def _by_meaning(record: StudyRecord) -> Callable[[Outcome], bool | None]:
    """Return what tells correctness by the meaning of labels (``[labels]``), where it is given."""
    names = {model.fingerprint: model.name for model in record.models}
    meanings = record.specification.get("labels", {})

    def correct(outcome: Outcome) -> bool | None:
        means = meanings.get(names.get(outcome.key.victim_fingerprint))
        if means is None or outcome.original_label not in means:
            return outcome.correct if means is None else None
        return bool(means[outcome.original_label] == outcome.gold_label)

    return correct


def _axes(record: StudyRecord, campaign: Campaign, names: Blocks, repetitions: int) -> Axes:
    fingerprints = {model.name: model.fingerprint for model in record.models}
    models = defaultdict[str, tuple[int, ...]](tuple)
    for index, name in enumerate(names.models):
        models[str(fingerprints[name])] += (index,)
    return Axes(
        models=models,
        attacks={a.fingerprint: names.attacks.index(a.name) for a in campaign.attacks},
        samples={sample: index for index, sample in enumerate(campaign.data.sample_ids)},
        shape=(
            len(names.models), len(names.attacks), len(campaign.data.sample_ids), repetitions,
        ),
    )  # fmt: skip


def _statuses(outcomes: Iterable[Outcome], axes: Axes) -> Counter[tuple[int, int, Status]]:
    counts = Counter[tuple[int, int, Status]]()
    for outcome in outcomes:
        for model in axes.models.get(outcome.key.victim_fingerprint, ()):
            counts[model, axes.attacks[outcome.key.attack_fingerprint], outcome.status] += 1
    return counts


def _replayed(
    record: StudyRecord,
    dataset: str,
    axes: Axes,
    names: Blocks,
    by_attack: Mapping[str, Sequence[Outcome]],
) -> Floats:
    fingerprints = {model.name: model.fingerprint for model in record.models}
    found = np.full((len(names.links), *axes.shape[1:]), np.nan)
    for replay in record.replays:
        link = (replay.upstream, replay.downstream)
        if replay.dataset != dataset or link not in names.links:
            continue
        place = names.links.index(link), names.attacks.index(replay.attack)
        for outcome in filter(attacked, by_attack.get(replay.attack_fingerprint, ())):
            sample = axes.samples.get(outcome.key.sample_id)
            victim = outcome.key.victim_fingerprint
            if sample is not None and victim == fingerprints[replay.downstream]:
                found[(*place, sample, replay.repetition)] = succeeded(outcome)
    return found
