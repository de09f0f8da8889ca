"""Small campaigns and outcomes for tests."""

from dataclasses import replace

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
    victims=(("up", "upstream"), ("down", "downstream")),
    attacks=("pwws",),
    repetitions=1,
    samples=4,
    seed=0,
    provenance=None,
):
    """Return a campaign; fingerprints are the names with ``#`` before them."""
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
        provenance=provenance or {},
    )


def an_outcome(
    sample=0,
    *,
    victim="up",
    attack="pwws",
    repetition=0,
    seed=0,
    success=True,
    correct=True,
    **rest,
):
    """Return an outcome on a sample whose gold label is ``pos``, an outcome of ``a_campaign``."""
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
