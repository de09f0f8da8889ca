"""A made-up study: outcomes drawn from a seed, with texts as long as real ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from weaklink.store import (
    AttackRecord,
    Campaign,
    DataRecord,
    Outcome,
    OutcomeKey,
    Status,
    VictimRecord,
    open_store,
)
from weaklink.store.tables import to_row
from weaklink.study import (
    CampaignEntry,
    ChainEntry,
    Excluded,
    Failure,
    FunnelStep,
    Link,
    ModelEntry,
    ReplayEntry,
    StudyRecord,
)

LENGTHS = {"sst2": 19, "imdb": 230, "rotten_tomatoes": 21, "amazon_polarity": 75}
STRENGTHS = {
    "textfooler": 0.72, "pwws": 0.66, "textbugger": 0.6, "hotflip": 0.38, "scpn": 0.45, "gan": 0.3,
}  # fmt: skip
LABELS = ("negative", "positive")
ARCHITECTURES = ("BERT", "RoBERTa", "DistilBERT", "ELECTRA")
WORDS = (
    "film", "story", "actors", "plot", "scene", "funny", "dull", "warm", "tedious", "gripping",
    "charming", "lovely", "fine", "mess", "director", "music", "camera", "never", "always", "again",
    "about", "people", "world", "little", "great", "small", "really", "watch", "seen", "better",
    "worse", "nothing", "something", "quite", "rather", "simply", "made", "heart", "mind",
)  # fmt: skip
ACCURACY, BROKEN, TRANSFERRED = 0.88, 0.01, 0.55
"""Shares of samples classified correctly, of attempts with an error, of texts that transfer."""


def plant(folder: Path, *, models: int = 20, samples: int = 100, seed: int = 0) -> StudyRecord:
    """Write ``study.json`` and ``study.db`` of a study of chains of two and one of three.

    Model k of a chain falls a little more often than its upstream, and to the same samples.
    """
    names = [
        f"maker-{m // 2}/{ARCHITECTURES[m // 2 % 4].lower()}-reviews-{m}" for m in range(models)
    ]
    victims = tuple(
        VictimRecord(
            name=name, fingerprint=f"{index:064x}", role="single", labels=LABELS,
            details={"precision": "float32", "maximum length": "256 tokens"},
        )
        for index, name in enumerate(names)
    )  # fmt: skip
    generator = np.random.default_rng(seed)
    campaigns, replays = [], []
    with open_store(folder / "study.db") as store:
        for dataset, length in LENGTHS.items():
            campaign = _campaign(dataset, victims, samples)
            number = store.add_campaign(campaign)
            campaigns.append(CampaignEntry(dataset=dataset, campaign=number))
            outcomes = [*_outcomes(campaign, length, generator)]
            _put(folder / "study.db", outcomes)
            for upstream, downstream in _links(names):
                replayed, entries = _replays(campaign, outcomes, upstream, downstream, generator)
                number = store.add_campaign(replayed)
                _put(folder / "study.db", entries)
                replays += [
                    ReplayEntry(
                        dataset=dataset, campaign=number, upstream=upstream, downstream=downstream,
                        attack=attack.name.removeprefix("replay-"), repetition=0,
                        attack_fingerprint=attack.fingerprint,
                    )
                    for attack in replayed.attacks
                ]  # fmt: skip
    record = _record(names, campaigns, replays, samples)
    (folder / "study.json").write_text(record.model_dump_json(indent=1), encoding="utf-8")
    return record


def _links(names: list[str]) -> list[tuple[str, str]]:
    return [*zip(names[:-2:2], names[1:-2:2], strict=False), (names[1], names[-1])]


def _campaign(dataset: str, victims: tuple[VictimRecord, ...], samples: int) -> Campaign:
    return Campaign(
        victims=victims,
        attacks=tuple(
            AttackRecord(
                name=name, fingerprint=f"{name}-{dataset}", paper=f"The paper of {name}",
                parameters={"min_similarity": 0.84}, repetitions=1,
            )
            for name in STRENGTHS
        ),
        data=DataRecord(
            name=dataset, source="made up", split="train", labels=LABELS,
            fingerprint=f"data-{dataset}",
            sample_ids=tuple(f"train:{17 * i}" for i in range(samples)),
        ),
        seed=0,
        provenance={"weaklink": "0.1.0", "device": "cpu"},
    )  # fmt: skip


def _outcomes(campaign: Campaign, length: int, generator: np.random.Generator) -> Iterator[Outcome]:
    samples = len(campaign.data.sample_ids)
    words = generator.choice(WORDS, size=(samples, max(6, length)))
    texts = [" ".join(row).capitalize() + "." for row in words]
    gold = generator.integers(2, size=samples)
    hard = generator.normal(size=samples)
    chain = generator.normal(size=(len(campaign.victims), samples))
    for m, victim in enumerate(campaign.victims):
        own = chain[m] if m % 2 == 0 else 0.8 * chain[m - 1] + 0.6 * chain[m]
        predicted = np.where(generator.random(samples) < ACCURACY, gold, 1 - gold)
        for attack in campaign.attacks:
            shift = STRENGTHS[attack.name] - 0.5 + 0.12 * (m % 2) - 0.05 * (m % 5)
            falls = 0.7 * hard + 0.7 * own + 0.5 * generator.normal(size=samples) < 2 * shift
            broken = generator.random(samples) < BROKEN
            for i, sample in enumerate(campaign.data.sample_ids):
                known = (sample, texts[i], int(gold[i]), int(predicted[i]))
                outcome = _failed(campaign, victim, attack, known, generator)
                if broken[i]:
                    error = "Traceback: out of memory"
                    yield replace(outcome, status=Status.ERROR, error=error)
                else:
                    yield _fallen(outcome, generator) if falls[i] else outcome


def _failed(
    campaign: Campaign,
    victim: VictimRecord,
    attack: AttackRecord,
    known: tuple[str, str, int, int],
    generator: np.random.Generator,
) -> Outcome:
    sample, text, gold, predicted = known
    return Outcome(
        key=OutcomeKey(
            victim_fingerprint=victim.fingerprint, attack_fingerprint=attack.fingerprint,
            data_fingerprint=campaign.data.fingerprint, sample_id=sample, repetition=0, seed=0,
        ),
        victim=victim.name, attack=attack.name, dataset=campaign.data.name, status=Status.FAILED,
        original_text=text, gold_label=LABELS[gold], gold_index=gold,
        original_label=LABELS[predicted], original_index=predicted,
        original_probability=round(generator.uniform(0.7, 0.99), 4), words=len(text.split()),
        queries=int(generator.integers(20, 400)), seconds=0.2,
    )  # fmt: skip


def _fallen(outcome: Outcome, generator: np.random.Generator) -> Outcome:
    words = outcome.original_text.split()
    places = generator.choice(len(words), size=int(1 + 0.1 * len(words)), replace=False)
    for place in places:
        words[place] = words[place][::-1]
    return replace(
        outcome, status=Status.SUCCEEDED, adversarial_text=" ".join(words),
        adversarial_label=LABELS[1 - (outcome.original_index or 0)],
        adversarial_probability=round(generator.uniform(0.1, 0.49), 4), words_changed=len(places),
        similarity=round(generator.uniform(0.8, 0.99), 4),
    )  # fmt: skip


def _replays(
    campaign: Campaign, outcomes: list[Outcome], upstream: str, downstream: str,
    generator: np.random.Generator,
) -> tuple[Campaign, list[Outcome]]:  # fmt: skip
    victim = next(v for v in campaign.victims if v.name == downstream)
    attacks = tuple(
        attack.model_copy(
            update={
                "name": f"replay-{attack.name}",
                "fingerprint": f"{attack.fingerprint}>{upstream}",
            }
        )
        for attack in campaign.attacks
    )
    names = {attack.name.removeprefix("replay-"): attack for attack in attacks}
    found = []
    for outcome in outcomes:
        if outcome.victim != upstream or outcome.status is Status.ERROR:
            continue
        attack = names[outcome.attack]
        flips = outcome.status is Status.SUCCEEDED and generator.random() < TRANSFERRED
        key = replace(
            outcome.key,
            victim_fingerprint=victim.fingerprint,
            attack_fingerprint=attack.fingerprint,
        )
        found.append(
            replace(outcome, key=key, victim=downstream, attack=attack.name, queries=2)
            if flips
            else replace(
                outcome, key=key, victim=downstream, attack=attack.name, status=Status.FAILED,
                adversarial_text=None, adversarial_label=None, adversarial_probability=None,
                words_changed=None, similarity=None,
            )
        )  # fmt: skip
    return campaign.model_copy(update={"victims": (victim,), "attacks": attacks}), found


def _put(path: Path, outcomes: list[Outcome]) -> None:
    """Write many outcomes in one transaction, as no run may and a benchmark must."""
    rows = [to_row(outcome) | {"status": str(outcome.status)} for outcome in outcomes]
    columns = ", ".join(rows[0])
    places = ", ".join(f":{name}" for name in rows[0])
    with sqlite3.connect(path) as connection:
        connection.executemany(f"INSERT INTO outcomes ({columns}) VALUES ({places})", rows)  # noqa: S608


def _record(
    names: list[str], campaigns: list[CampaignEntry], replays: list[ReplayEntry], samples: int
) -> StudyRecord:
    pairs = _links(names)
    paths = [(*pairs[0], names[-1]), *pairs[1:-1]]
    root = "google/bert-base-uncased"
    chains = tuple(
        ChainEntry(
            name=f"C{number}", models=(root, *path), measured=path,
            links=tuple(
                Link(
                    upstream=upstream, downstream=downstream, relation="finetune",
                    method="trainer/link", confidence=0.99,
                    quote=f"This model is a fine-tuned version of {upstream}.",
                )
                for upstream, downstream in zip((root, *path), path, strict=False)
            ),
        )
        for number, path in enumerate(paths, start=1)
    )  # fmt: skip
    return StudyRecord(
        name="planted",
        specification={
            "name": "planted", "data": list(LENGTHS), "samples": samples, "seed": 0,
            "attacks": list(STRENGTHS),
            "selection": {"min_downloads": 30, "declared_data": True},
        },
        digest="0" * 64,
        models=(
            *(
                ModelEntry(
                    name=name, fingerprint=f"{index:064x}", languages=("en",),
                    architecture=ARCHITECTURES[index // 2 % 4], downloads=1000 * index,
                )
                for index, name in enumerate(names)
            ),
            ModelEntry(name="gone/model"),
        ),
        chains=chains,
        funnel=(
            FunnelStep(criterion="chains of the lineage", kept=29148, excluded=(), dropped=0),
            FunnelStep(
                criterion="every model declares its training data", kept=412, dropped=28736,
                excluded=(Excluded(models=("a/up", "b/down"), reason="b/down declares no data"),),
            ),
            FunnelStep(
                criterion="at least 30 downloads", kept=len(chains), dropped=412 - len(chains),
                excluded=(Excluded(models=("c/up", "d/down"), reason="d/down has 3 downloads"),),
            ),
        ),
        campaigns=tuple(campaigns),
        replays=tuple(replays),
        failures=(Failure(what="gone/model", reason="It is no longer on the Hub."),),
        provenance={"weaklink": "0.1.0"},
    )  # fmt: skip
