"""A made-up study: what becomes of an attempt is arithmetic, and texts are as long as real ones.

Numbers of models, attacks, data sets, samples and repetitions, from 0, are all that an outcome
depends on. The rules go round a cycle of 20, so rates over any 20 consecutive samples are known on
paper. Words, probabilities and queries are drawn, and enter no figure of the report.
"""

from __future__ import annotations

import sqlite3
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

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
from weaklink.store.record import (
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
from weaklink.store.tables import to_row

LENGTHS = {"sst2": 19, "imdb": 230, "rotten_tomatoes": 21, "amazon_polarity": 75}
STRENGTHS = {
    "textfooler": 14, "pwws": 13, "textbugger": 12, "hotflip": 8, "scpn": 9, "gan": 6,
}  # fmt: skip
"""Samples of a cycle that fall to an attack, where neither model nor data set moves that."""
RANDOM = frozenset({"scpn", "gan"})
"""Attacks that are repeated."""
CYCLE, TRANSFERRED = 20, 11
"""Samples of a cycle, and how many texts of a cycle transfer."""
LABELS, FOREIGN = ("negative", "positive"), ("LABEL_0", "LABEL_1")
UNREAD, MAPPED = 2, 4
"""Models with foreign labels: of the second the specification says what they mean."""
ARCHITECTURES = ("BERT", "RoBERTa", "DistilBERT", "ELECTRA", None)
BOUNDS = {"min_similarity": 0.85, "max_perplexity_ratio": 3.0, "max_words_changed": 0.15}
WORDS = (
    "film", "story", "actors", "plot", "scene", "funny", "dull", "warm", "tedious", "gripping",
    "charming", "lovely", "fine", "mess", "director", "music", "camera", "never", "always", "again",
    "about", "people", "world", "little", "great", "small", "really", "watch", "seen", "better",
    "worse", "nothing", "something", "quite", "rather", "simply", "made", "heart", "mind",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Numbers of a model, an attack, a data set, a sample and a repetition."""

    model: int
    attack: int
    dataset: int
    sample: int
    repetition: int


def falls(place: Place) -> bool:
    """Return whether an attack succeeds: model 1 of a pair falls more often than model 0."""
    strength = [*STRENGTHS.values()][place.attack]
    moved = 2 * (place.model % 2) - place.model % 5 - place.dataset
    turn = 7 * place.sample + 3 * place.model - place.attack + 9 * place.repetition
    return turn % CYCLE < strength + moved


def transfers(place: Place) -> bool:
    """Return whether the text found on the upstream at this place makes the downstream err."""
    turn = place.sample + 3 * place.model + 5 * place.attack + place.repetition
    return turn % CYCLE < TRANSFERRED


def is_correct(model: int, dataset: int, sample: int) -> bool:
    """Return whether a model classifies a sample correctly."""
    return (9 * sample + 2 * model + dataset) % CYCLE < 18 - model % 3


def ends(place: Place, *, gaps: bool) -> Status | None:
    """Return how an attempt ends; None where it was not made, which is rare, and only with gaps."""
    turn = place.sample + 7 * place.model + 13 * place.attack + 29 * place.dataset
    rare: dict[int, Status | None] = {0: Status.ERROR, 1: Status.SKIPPED, 2: None}
    left = (turn + 31 * place.repetition) % 97
    if gaps and left in rare:
        return rare[left]
    if falls(place):
        return Status.SUCCEEDED
    return Status.FAILED if place.sample % 4 else Status.EXHAUSTED


def plant(
    folder: Path, *, models: int = 20, samples: int = 100, repetitions: int = 1, gaps: bool = True
) -> StudyRecord:
    """Write ``study.json`` and ``study.db`` of a study of chains of two and one of three.

    Args:
        folder: Where to.
        models: How many; at least six, and even.
        samples: Of each data set.
        repetitions: Of the random attacks.
        gaps: Whether some attempts are errors, skipped or not made, and some labels foreign.
    """
    names = [f"maker-{m // 2}/{str(_architecture(m)).lower()}-reviews-{m}" for m in range(models)]
    victims = tuple(
        VictimRecord(
            name=name, fingerprint=f"{index:064x}", role="single", labels=_labels(index, gaps=gaps),
            details={"precision": "float32", "maximum length": "256 tokens"},
        )
        for index, name in enumerate(names)
    )  # fmt: skip
    drawn = np.random.default_rng(0)
    campaigns, replays = [], []
    with open_store(folder / "study.db") as store:
        for dataset, length in LENGTHS.items():
            campaign = _campaign(dataset, victims, samples, repetitions)
            number = store.add_campaign(campaign)
            campaigns.append(CampaignEntry(dataset=dataset, campaign=number))
            outcomes = dict(_outcomes(campaign, length, drawn, gaps=gaps))
            _put(folder / "study.db", outcomes.values())
            for upstream, downstream in _links(range(models)):
                replayed, entries, found = _replays(campaign, outcomes, upstream, downstream)
                number = store.add_campaign(replayed)
                _put(folder / "study.db", found)
                replays += [entry.model_copy(update={"campaign": number}) for entry in entries]
    record = _record(names, campaigns, replays, samples, gaps=gaps)
    (folder / "study.json").write_text(record.model_dump_json(indent=1), encoding="utf-8")
    return record


@contextmanager
def planted_by(description: str | None, samples: int) -> Iterator[Path]:
    """Yield the folder that the command line names, or one for the time being, with a study in it.

    Args:
        description: What the program says of itself.
        samples: How many are planted unless the command line says so.
    """
    parser = ArgumentParser(description=description)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--models", type=int, default=20)
    parser.add_argument("--samples", type=int, default=samples)
    given = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "study.json").exists():
            plant(folder, models=given.models, samples=given.samples)
        yield folder


def _links(models: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return upstreams with their downstreams: pairs, and the last model after the first pair."""
    return [*zip(models[:-2:2], models[1:-2:2], strict=False), (models[1], models[-1])]


def _architecture(model: int) -> str | None:
    return ARCHITECTURES[model // 2 % len(ARCHITECTURES)]


def _labels(model: int, *, gaps: bool) -> tuple[str, str]:
    return FOREIGN if gaps and model in {UNREAD, MAPPED} else LABELS


def _campaign(
    dataset: str, victims: tuple[VictimRecord, ...], samples: int, repetitions: int
) -> Campaign:
    return Campaign(
        victims=victims,
        attacks=tuple(
            AttackRecord(
                name=name, fingerprint=f"{name}-{dataset}", paper=f"The paper of {name}",
                parameters={"min_similarity": 0.84},
                repetitions=repetitions if name in RANDOM else 1,
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


def _outcomes(
    campaign: Campaign, length: int, drawn: np.random.Generator, *, gaps: bool
) -> Iterator[tuple[Place, Outcome]]:
    samples, dataset = campaign.data.sample_ids, [*LENGTHS].index(campaign.data.name)
    words = drawn.choice(WORDS, size=(len(samples), max(6, length)))
    texts = [" ".join(row).capitalize() + "." for row in words]
    for (m, victim), (a, attack) in product(
        enumerate(campaign.victims), enumerate(campaign.attacks)
    ):
        for repetition, (i, sample) in product(range(attack.repetitions), enumerate(samples)):
            place = Place(m, a, dataset, i, repetition)
            status = ends(place, gaps=gaps)
            if status is None:
                continue
            gold, predicted = i % 2, i % 2 if is_correct(m, dataset, i) else 1 - i % 2
            outcome = Outcome(
                key=OutcomeKey(
                    victim_fingerprint=victim.fingerprint, attack_fingerprint=attack.fingerprint,
                    data_fingerprint=campaign.data.fingerprint, sample_id=sample,
                    repetition=repetition, seed=campaign.seed,
                ),
                victim=victim.name, attack=attack.name, dataset=campaign.data.name, status=status,
                original_text=texts[i], gold_label=LABELS[gold],
                gold_index=gold if victim.labels == LABELS else None,
                original_label=victim.labels[predicted], original_index=predicted,
                original_probability=round(drawn.uniform(0.7, 0.99), 4),
                words=len(words[i]), queries=int(drawn.integers(20, 400)), seconds=0.2,
                error="Traceback: out of memory" if status is Status.ERROR else None,
            )  # fmt: skip
            if status is Status.SUCCEEDED:
                label = victim.labels[1 - predicted]
                outcome = _succeeded(outcome, place, label, drawn)
            yield place, outcome


def _succeeded(outcome: Outcome, place: Place, label: str, drawn: np.random.Generator) -> Outcome:
    """Return the outcome with a text that some of the bounds let pass."""
    words = outcome.original_text.split()
    changed = 1 + (place.sample + place.model) % 3 * len(words) // 10
    for word in drawn.choice(len(words), size=changed, replace=False):
        words[word] = words[word][::-1]
    return replace(
        outcome, adversarial_text=" ".join(words), adversarial_label=label,
        adversarial_probability=round(drawn.uniform(0.1, 0.49), 4), words_changed=changed,
        similarity=round(0.8 + (3 * place.sample + place.model) % CYCLE / 100, 2),
        original_perplexity=40.0,
        adversarial_perplexity=40.0 * (1 + (place.sample + place.attack) % 5),
        language_model="made up",
    )  # fmt: skip


def _replays(
    campaign: Campaign, outcomes: Mapping[Place, Outcome], upstream: int, downstream: int
) -> tuple[Campaign, list[ReplayEntry], list[Outcome]]:
    """Return every attempt on the upstream as one on the downstream, which fails without a text."""
    victim, above = campaign.victims[downstream], campaign.victims[upstream].name
    attacks: dict[tuple[int, int], AttackRecord] = {}
    entries, found = [], []
    for (a, attack), repetition in (
        (numbered, repetition)
        for numbered in enumerate(campaign.attacks)
        for repetition in range(numbered[1].repetitions)
    ):
        fingerprint = f"{attack.fingerprint}>{above}>{repetition}"
        attacks[a, repetition] = attack.model_copy(
            update={
                "name": f"replay-{attack.name}", "fingerprint": fingerprint, "repetitions": 1,
            }
        )  # fmt: skip
        entries.append(
            ReplayEntry(
                dataset=campaign.data.name, campaign=0, upstream=above, downstream=victim.name,
                attack=attack.name, repetition=repetition, attack_fingerprint=fingerprint,
            )
        )  # fmt: skip
    for place, outcome in outcomes.items():
        if place.model == upstream:
            found.append(_replay(place, outcome, victim, attacks[place.attack, place.repetition]))
    only = {"victims": (victim,), "attacks": tuple(attacks.values())}
    return campaign.model_copy(update=only), entries, found


def _replay(place: Place, outcome: Outcome, victim: VictimRecord, attack: AttackRecord) -> Outcome:
    key = replace(
        outcome.key, victim_fingerprint=victim.fingerprint, repetition=0,
        attack_fingerprint=attack.fingerprint,
    )  # fmt: skip
    tried = replace(outcome, key=key, victim=victim.name, attack=attack.name, queries=2, error=None)
    if outcome.status is Status.SUCCEEDED and transfers(place):
        return tried
    return replace(
        tried, status=Status.FAILED, adversarial_text=None, adversarial_label=None,
        adversarial_probability=None, words_changed=None, similarity=None,
        original_perplexity=None, adversarial_perplexity=None, language_model=None,
    )  # fmt: skip


def _put(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Write many outcomes in one transaction, as no run may and a benchmark must."""
    rows = [to_row(outcome) | {"status": str(outcome.status)} for outcome in outcomes]
    columns = ", ".join(rows[0])
    places = ", ".join(f":{name}" for name in rows[0])
    with sqlite3.connect(path) as connection:
        connection.executemany(f"INSERT INTO outcomes ({columns}) VALUES ({places})", rows)  # noqa: S608


def _record(
    names: list[str],
    campaigns: list[CampaignEntry],
    replays: list[ReplayEntry],
    samples: int,
    *,
    gaps: bool,
) -> StudyRecord:
    pairs = _links(names)
    paths = [(*pairs[0], names[-1]), *pairs[1:-1]]
    roots = [f"makers/{str(_architecture(names.index(path[0]))).lower()}-base" for path in paths]
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
        for number, (root, path) in enumerate(zip(roots, paths, strict=True), start=1)
    )  # fmt: skip
    return StudyRecord(
        name="planted",
        specification={
            "name": "planted", "data": list(LENGTHS), "samples": samples, "seed": 0,
            "attacks": list(STRENGTHS), "bounds": BOUNDS,
            "labels": {names[MAPPED]: dict(zip(FOREIGN, LABELS, strict=True))} if gaps else {},
            "selection": {"min_downloads": 30, "declared_data": True},
        },
        digest="0" * 64,
        models=(
            *(
                ModelEntry(
                    name=name, fingerprint=f"{index:064x}", languages=("en",),
                    architecture=_architecture(index), downloads=1000 * index,
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
