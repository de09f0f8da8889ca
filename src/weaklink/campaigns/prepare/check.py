"""Checks every model of a campaign once, before any is attacked."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from weaklink.campaigns.blocks.expected import token_seconds
from weaklink.campaigns.design import Design, still_measured
from weaklink.campaigns.prepare.chain_trust import Stated, check_chain
from weaklink.campaigns.prepare.data import Samples
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.prepare.victims import (
    Victims,
    check_gradients,
    check_labels,
    check_target,
    trust_warnings,
)
from weaklink.campaigns.record import record_victim, roles_of
from weaklink.campaigns.specification import Specification
from weaklink.campaigns.specification.specification import TFIDF
from weaklink.errors import WeaklinkError
from weaklink.progress import Progress
from weaklink.store import VictimRecord
from weaklink.store.record import ChainEntry, ModelEntry
from weaklink.victims import Victim
from weaklink.victims.load import check_name
from weaklink.victims.pairs import check_reads


@dataclass
class Checked:
    """What was seen.

    Attributes:
        records: The victims of each data set, each fingerprint once.
        entries: Every model of the design by name.
        stated: What the models that can be attacked say of themselves, by name.
        device: Where the victims run; None for those that do not say.
        seconds: What a token cost each victim in its trust checks, by name.
    """

    records: dict[str, list[VictimRecord]]
    entries: dict[str, ModelEntry] = field(default_factory=dict)
    stated: dict[str, Stated] = field(default_factory=dict)
    device: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def victim(self, dataset: str, name: str) -> VictimRecord | None:
        """Return a model as a victim on a data set, if it is one."""
        wanted = self.entries[name].fingerprint
        return next((v for v in self.records[dataset] if v.fingerprint == wanted), None)


def check_names(design: Design, victims: Victims, failures: Failures) -> None:
    """Record models whose names are at first sight wrong, before anything is loaded."""
    for name in (*design.models, *design.references):
        known = name in (*victims.places, *victims.provided, TFIDF)
        if not known and name not in failures:
            try:
                check_name(name)
            except WeaklinkError as error:
                failures.add(name, error)


def check_victims(
    design: Design,
    spec: Specification,
    samples: Mapping[str, Samples],
    victims: Victims,
    failures: Failures,
    progress: Progress,
) -> Checked:
    """Load each model once, and check it on every data set.

    Args:
        design: The models.
        spec: How they run.
        samples: The data sets by name.
        victims: Loads the models.
        failures: Takes the models that fail; those already among them are skipped.
        progress: Is told of each.
    """
    found = Checked({name: [] for name in samples})
    attacks = [one for each in samples.values() for one in each.attacks]
    for name in design.models:
        facts = design.facts.get(name, {})
        found.entries[name] = ModelEntry(
            name=name,
            architecture=facts.get("architecture"),
            languages=tuple(facts.get("languages") or ()),
            downloads=facts.get("downloads_all_time"),
        )
        if name in failures:
            continue
        try:
            check_gradients(attacks, victims.load(name))
            _check(name, found, spec, samples, victims, failures, progress)
        except Exception as error:  # noqa: BLE001 - one model's fault must not end a study
            failures.add(name, error)
    return found


def measured_chains(
    chains: Sequence[ChainEntry], found: Checked, failures: Failures
) -> tuple[ChainEntry, ...]:
    """Return the chains with what of each can be measured after all, and its warnings."""
    return tuple(_measured(chain, found, failures) for chain in chains)


def _measured(chain: ChainEntry, found: Checked, failures: Failures) -> ChainEntry:
    measured = still_measured(chain.measured, found.stated)
    for upstream, downstream in pairwise(measured):
        if found.entries[upstream].fingerprint == found.entries[downstream].fingerprint:
            same = WeaklinkError(
                f"{upstream} and {downstream} are the same model.",
                "Give the model that the downstream was fine-tuned from, or no upstream.",
            )
            failures.add(downstream, same)
            measured = tuple(name for name in measured if name != downstream)
    warnings = check_chain([found.stated[name] for name in measured])
    return chain.model_copy(update={"measured": measured, "warnings": warnings})


def _check(
    name: str,
    found: Checked,
    spec: Specification,
    samples: Mapping[str, Samples],
    victims: Victims,
    failures: Failures,
    progress: Progress,
) -> None:
    """Check a victim on every data set."""
    victim = victims.load(name)
    check_target(spec.target, victim)
    check_target(spec.source, victim)
    entry = found.entries[name]
    languages = tuple(getattr(victim, "languages", ())) or entry.languages
    known = {record.fingerprint for records in found.records.values() for record in records}
    role = roles_of(spec).get(name, "single") if failures.strict else "single"
    records = dict[str, VictimRecord]()
    for data, one in samples.items():
        try:
            check_labels(one.dataset, victim)
            check_reads(victim, one.dataset.name, pairs=one.dataset.of_pairs)
            if victim.fingerprint in known:
                continue
            if failures.strict:
                victims.quicken(name, one.dataset)
            loaded = victims.on(name, one.dataset)
            began = time.perf_counter()
            warnings = trust_warnings(loaded, one.dataset, one.attacks, spec, progress)
            texts = [sample.text for sample in one.dataset.samples]
            found.seconds[name] = token_seconds(time.perf_counter() - began, texts)
        except WeaklinkError as error:
            failures.add(f"{name} on {data}", error)
            continue
        records[data] = record_victim(victim, role, warnings)
    for data, record in records.items():
        found.records[data].append(record)
    _enter(victim, entry, languages, found)


def _enter(victim: Victim, entry: ModelEntry, languages: tuple[str, ...], found: Checked) -> None:
    """Note what a victim says of itself."""
    found.device = found.device or victim.details.get("device")
    found.stated[entry.name] = Stated(entry.name, victim.labels, languages)
    found.entries[entry.name] = entry.model_copy(
        update={
            "fingerprint": victim.fingerprint,
            "architecture": victim.details.get("architecture", entry.architecture),
            "languages": languages,
        }
    )
