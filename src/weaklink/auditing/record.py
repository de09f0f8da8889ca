"""The campaign of an audit, as the store keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from weaklink.auditing.preparation import Role
from weaklink.auditing.provenance import provenance
from weaklink.auditing.specification import Specification
from weaklink.engine import Armed
from weaklink.resources import Dataset
from weaklink.store import AttackRecord, Campaign, DataRecord, TrustWarning, VictimRecord
from weaklink.victims import Victim


def record_campaign(
    spec: Specification,
    victims: Sequence[tuple[Role, Victim]],
    warnings: Mapping[str, tuple[TrustWarning, ...]],
    attacks: Mapping[str, Armed],
    dataset: Dataset,
) -> Campaign:
    """Return what the audit asks for; warnings and attacks go by fingerprint."""
    return Campaign(
        victims=tuple(
            VictimRecord(
                name=victim.name,
                fingerprint=victim.fingerprint,
                role=role,
                labels=victim.labels,
                details=victim.details,
                warnings=warnings[victim.fingerprint],
            )
            for role, victim in victims
        ),
        attacks=tuple(
            AttackRecord(
                name=armed.attack.name,
                fingerprint=fingerprint,
                paper=armed.attack.paper,
                parameters=armed.parameters.model_dump(mode="json"),
                repetitions=_repetitions(armed, spec),
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
        seed=spec.seed,
        target=spec.target,
        max_queries=spec.max_queries,
        provenance=provenance(victims[0][1].details.get("device", "cpu")),
    )


def _repetitions(armed: Armed, spec: Specification) -> int:
    """Attacks without randomness are run once, whatever was asked: more would be the same."""
    if armed.attack.repetitions == 1:
        return 1
    return spec.repetitions or armed.attack.repetitions
