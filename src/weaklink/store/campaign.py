"""What a campaign was asked to do, as the store records it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from weaklink.store.outcome import OutcomeKey
from weaklink.victims import TrustWarning
from weaklink.victims.operating_point import OperatingPoint


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VictimRecord(_Record):
    """A victim of the campaign."""

    name: str
    fingerprint: str
    role: Literal["upstream", "downstream", "single"]
    labels: tuple[str, ...]
    details: dict[str, str]
    """Source, revision, precision, runtime, maximum length: for people."""
    warnings: tuple[TrustWarning, ...] = ()
    operating_point: OperatingPoint | None = None
    """From which probability up it gives a label; None: it gives the most likely one."""


class AttackRecord(_Record):
    """An attack of the campaign, with the parameters that it ran with."""

    name: str
    fingerprint: str
    paper: str
    parameters: dict[str, Any]
    repetitions: int


class DataRecord(_Record):
    """The samples of the campaign."""

    name: str
    source: str
    split: str
    labels: tuple[str, ...]
    fingerprint: str
    sample_ids: tuple[str, ...]
    language: str = "en"
    """ISO 639-1 code of the language of the texts."""


class Campaign(_Record):
    """The set of outcomes that one specification asks for."""

    victims: tuple[VictimRecord, ...]
    attacks: tuple[AttackRecord, ...]
    data: DataRecord
    seed: int
    target: str | None = None
    """Label that a targeted campaign aims at; None: any label but the victim's own prediction."""
    source: str | None = None
    """Label, given by the victim, of the samples that are attacked; None: all are."""
    max_queries: int | None = None
    provenance: dict[str, str]
    """Versions of weaklink and of what it runs on, device, threads; no effect on outcomes."""

    @property
    def size(self) -> int:
        """How many outcomes the campaign asks for."""
        attempts = sum(attack.repetitions for attack in self.attacks)
        return len(self.victims) * attempts * len(self.data.sample_ids)

    def keys(self) -> list[OutcomeKey]:
        """Return the key of every outcome that the campaign asks for, victim by victim."""
        return [
            OutcomeKey(
                victim_fingerprint=victim.fingerprint,
                attack_fingerprint=attack.fingerprint,
                data_fingerprint=self.data.fingerprint,
                sample_id=sample_id,
                repetition=repetition,
                seed=self.seed,
            )
            for victim in self.victims
            for attack in self.attacks
            for repetition in range(attack.repetitions)
            for sample_id in self.data.sample_ids
        ]
