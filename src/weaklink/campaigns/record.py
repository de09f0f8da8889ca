"""A campaign, as the store keeps it, and what it ran on."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Literal

from weaklink.campaigns.prepare.attacks import repetitions_of
from weaklink.campaigns.specification import Specification
from weaklink.data import Dataset
from weaklink.engine import ConfiguredAttack
from weaklink.store import AttackRecord, Campaign, DataRecord, VictimRecord
from weaklink.victims import TrustWarning, Victim
from weaklink.victims.operating_point import point_of

Role = Literal["upstream", "downstream", "single"]

_PACKAGES = (
    "weaklink",
    "torch",
    "transformers",
    "tokenizers",
    "sentence-transformers",
    "spacy",
    "nltk",
    "numpy",
)


def roles_of(spec: Specification) -> dict[str, Role]:
    """Return the roles of the two models of an audit's link, by name; of anything else, none."""
    if spec.link is None or spec.link.upstream is None:
        return {}
    return {spec.link.upstream: "upstream", spec.link.downstream: "downstream"}


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
        operating_point=point_of(victim),
    )


def record_campaign(
    spec: Specification,
    victims: Sequence[VictimRecord],
    attacks: Mapping[str, ConfiguredAttack],
    dataset: Dataset,
) -> Campaign:
    """Return the campaign of some victims; attacks go by fingerprint."""
    return Campaign(
        victims=tuple(victims),
        attacks=tuple(
            AttackRecord(
                name=attack.attack.name,
                fingerprint=fingerprint,
                paper=attack.attack.paper,
                parameters=_parameters(attack, spec),
                repetitions=repetitions_of(attack, spec),
            )
            for fingerprint, attack in attacks.items()
        ),
        data=DataRecord(
            name=dataset.name,
            source=dataset.source,
            split=dataset.split,
            labels=dataset.labels,
            fingerprint=dataset.fingerprint,
            sample_ids=tuple(sample.id for sample in dataset.samples),
            language=dataset.language,
        ),
        seed=spec.seed,
        target=spec.target,
        source=spec.source,
        max_queries=spec.max_queries,
        provenance=provenance(victims[0].details.get("device", "cpu")),
    )


def _parameters(attack: ConfiguredAttack, spec: Specification) -> dict[str, Any]:
    """Return an attack's parameters, and the paraphraser where it asks one."""
    asked = {"paraphraser": spec.paraphraser} if "scpn" in attack.attack.uses else {}
    return attack.parameters.model_dump(mode="json") | asked


def provenance(device: str) -> dict[str, str]:
    """Return the versions of weaklink and of what it runs on, the device and the threads."""
    import torch

    return {
        **{name: version(name) for name in _PACKAGES},
        "python": platform.python_version(),
        "platform": platform.platform(),
        "device": device,
        "threads": str(torch.get_num_threads()),
    }
