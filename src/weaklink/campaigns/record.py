"""A campaign, as the store keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from weaklink.campaigns.provenance import provenance
from weaklink.data import Dataset
from weaklink.engine import Armed, Settings
from weaklink.store import AttackRecord, Campaign, DataRecord, VictimRecord
from weaklink.victims import TrustWarning, Victim

Role = Literal["upstream", "downstream", "single"]


def record_victim(
    victim: Victim, role: Role, warnings: Sequence[TrustWarning] = ()
) -> VictimRecord:
    """Return what the store keeps of a victim."""
    return VictimRecord(
        name=victim.name,
        fingerprint=victim.fingerprint,
        role=role,
        labels=victim.labels,
        details=victim.details,
        warnings=tuple(warnings),
    )


def record_campaign(
    settings: Settings,
    victims: Sequence[VictimRecord],
    attacks: Mapping[str, Armed],
    dataset: Dataset,
) -> Campaign:
    """Return the campaign of some victims; attacks go by fingerprint."""
    return Campaign(
        victims=tuple(victims),
        attacks=tuple(
            AttackRecord(
                name=armed.attack.name,
                fingerprint=fingerprint,
                paper=armed.attack.paper,
                parameters=_parameters(armed, settings),
                repetitions=repetitions_of(armed, settings),
            )
            for fingerprint, armed in attacks.items()
        ),
        data=DataRecord(
            name=dataset.name,
            source=dataset.source,
            split=dataset.split,
            labels=dataset.labels,
            fingerprint=dataset.fingerprint,
            sample_ids=tuple(sample.id for sample in dataset.samples),
        ),
        seed=settings.seed,
        target=settings.target,
        max_queries=settings.max_queries,
        provenance=provenance(victims[0].details.get("device", "cpu")),
    )


def _parameters(armed: Armed, settings: Settings) -> dict[str, Any]:
    """Return an attack's parameters, and the paraphraser where it asks one."""
    asked = {"paraphraser": settings.paraphraser} if "scpn" in armed.attack.uses else {}
    return armed.parameters.model_dump(mode="json") | asked


def repetitions_of(armed: Armed, settings: Settings) -> int:
    """Return how often each sample is attacked: once without randomness, whatever was asked."""
    if armed.attack.repetitions == 1:
        return 1
    return settings.repetitions or armed.attack.repetitions
