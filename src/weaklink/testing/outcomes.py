"""Small campaigns and outcomes for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from weaklink.store import (
    AttackRecord,
    Campaign,
    DataRecord,
    Outcome,
    OutcomeKey,
    Status,
    VictimRecord,
)


def a_campaign(
    *,
    victims: Sequence[tuple[str, Any]] = (("up", "upstream"), ("down", "downstream")),
    attacks: Sequence[str] = ("pwws",),
    repetitions: int = 1,
    samples: int = 4,
    seed: int = 0,
    provenance: Mapping[str, str] | None = None,
) -> Campaign:
    """Return a campaign; fingerprints are the names with ``#`` before them.

    Args:
        victims: Names with their roles.
        attacks: Names.
        repetitions: Of each attack.
        samples: How many.
        seed: Its seed.
        provenance: What outcomes do not depend on.
    """
    return Campaign(
        victims=tuple(
            VictimRecord(
                name=name, fingerprint=f"#{name}", role=role, labels=("neg", "pos"), details={}
            )
            for name, role in victims
        ),
        attacks=tuple(
            AttackRecord(
                name=name,
                fingerprint=f"#{name}",
                paper="",
                parameters={"candidates": 50, "min_similarity": 0.84},
                repetitions=repetitions,
            )
            for name in attacks
        ),
        data=DataRecord(
            name="reviews",
            source="a file",
            split="train",
            labels=("neg", "pos"),
            fingerprint="#reviews",
            sample_ids=tuple(f"train:{i}" for i in range(samples)),
        ),
        seed=seed,
        provenance=dict(provenance or {}),
    )


def an_outcome(
    sample: int = 0,
    *,
    victim: str = "up",
    attack: str = "pwws",
    repetition: int = 0,
    seed: int = 0,
    success: bool = True,
    correct: bool = True,
    **rest: Any,  # noqa: ANN401 - of any field
) -> Outcome:
    """Return an outcome on a sample whose gold label is ``pos``, an outcome of ``a_campaign``.

    Args:
        sample: Number of the sample.
        victim: Name of the victim.
        attack: Name of the attack.
        repetition: Which one.
        seed: Seed of the campaign.
        success: Whether the attack succeeded.
        correct: Whether the victim classifies the original text correctly.
        rest: Fields of the outcome that are as given.
    """
    outcome = Outcome(
        key=OutcomeKey(
            victim_fingerprint=f"#{victim}",
            attack_fingerprint=f"#{attack}",
            data_fingerprint="#reviews",
            sample_id=f"train:{sample}",
            repetition=repetition,
            seed=seed,
        ),
        victim=victim,
        attack=attack,
        dataset="reviews",
        status=Status.SUCCEEDED if success else Status.FAILED,
        original_text="a fine film",
        gold_label="pos",
        gold_index=1,
        original_label="pos" if correct else "neg",
        original_index=int(correct),
        original_probability=0.9,
        queries=7,
        words=3,
        seconds=0.25,
    )
    if success:
        outcome = replace(
            outcome,
            adversarial_text="a grand film",
            adversarial_label="neg" if correct else "pos",
            adversarial_probability=0.1,
            words_changed=1,
            similarity=0.75,
        )
    return replace(outcome, **rest)
