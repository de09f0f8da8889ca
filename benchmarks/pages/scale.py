"""How long the figures of a large campaign take, and how that grows with the number of models.

    python -m benchmarks.pages.scale [--models 20 200 2000] [--work FOLDER] [--page]

Plants chains of two models, four data sets, six attacks and a hundred samples: 48,000 outcomes for
20 models, 4.8 million for 2,000, and the replays along each chain besides. Each size is summarised
in a process of its own; the table has its seconds and its peak memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from weaklink.store import AttackRecord, Campaign, DataRecord, VictimRecord, open_store
from weaklink.store.record import CampaignEntry, ChainEntry, ModelEntry, ReplayEntry, StudyRecord

DATASETS = ("sst2", "imdb", "rotten_tomatoes", "amazon_polarity")
STRENGTHS = {"textfooler": 14, "pwws": 13, "textbugger": 12, "hotflip": 8, "scpn": 9, "gan": 6}
SAMPLES, CYCLE = 100, 20
LABELS = ("negative", "positive")
_COLUMNS = (
    "victim_fingerprint", "attack_fingerprint", "data_fingerprint", "sample_id", "repetition",
    "seed", "victim", "attack", "dataset", "status", "original_text", "gold_label", "gold_index",
    "original_label", "original_index", "original_probability", "adversarial_text",
    "adversarial_label", "adversarial_probability", "queries", "words", "words_changed",
    "similarity", "seconds", "cut", "original_perplexity", "adversarial_perplexity",
    "language_model",
)  # fmt: skip


def main() -> None:
    """Plant, measure and print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--models", type=int, nargs="+", default=[20, 200, 2000])
    parser.add_argument("--work", type=Path, default=Path("benchmarks/work/scale"))
    parser.add_argument("--page", action="store_true", help="also write the report")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        measure(options.one, page=options.page)
        return
    print("| models | outcomes | figures, s | report, s | peak memory, GiB |")
    print("| --: | --: | --: | --: | --: |")
    for models in options.models:
        folder = options.work / str(models)
        if not (folder / "study.json").exists():
            folder.mkdir(parents=True, exist_ok=True)
            plant(folder, models)
        command = [sys.executable, __file__, "--one", str(folder)]
        command += ["--page"] if options.page else []
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        print(
            f"| {models:,} | {models * 24 * SAMPLES:,} | {found['figures']:.1f} | "
            f"{found['report']:.1f} | {found['memory']:.2f} |",
            flush=True,
        )


def measure(folder: Path, *, page: bool) -> None:
    """Print what the figures of a planted study take, as JSON."""
    from weaklink.measures.figures import results
    from weaklink.store.studies import read_study

    began = time.perf_counter()
    study = read_study(folder)
    found = results(study)
    figures = time.perf_counter() - began
    if page:
        from weaklink.report import write_report

        write_report(folder / "report", study, found)
    seconds = {"figures": figures, "report": time.perf_counter() - began - figures}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps(seconds | {"memory": peak}))


def plant(folder: Path, models: int) -> None:
    """Write ``study.json`` and ``study.db``; what becomes of an attempt is arithmetic."""
    names = [f"maker-{m // 2}/reviews-{m}" for m in range(models)]
    victims = [
        VictimRecord(name=name, fingerprint=f"{m:032x}", role="single", labels=LABELS, details={})
        for m, name in enumerate(names)
    ]
    campaigns, replays = [], []
    with open_store(folder / "study.db") as store:
        for d, dataset in enumerate(DATASETS):
            campaign = _campaign(dataset, victims)
            number = store.add_campaign(campaign)
            campaigns.append(CampaignEntry(dataset=dataset, campaign=number))
            _write(folder / "study.db", _attempts(d, names))
            for up in range(0, models - 1, 2):
                attacks = [
                    a.model_copy(update={"name": "replay", "fingerprint": f"{a.fingerprint}>{up}"})
                    for a in campaign.attacks
                ]
                only = {"victims": (victims[up + 1],), "attacks": tuple(attacks)}
                number = store.add_campaign(campaign.model_copy(update=only))
                replays += [
                    ReplayEntry(
                        dataset=dataset, campaign=number, upstream=names[up],
                        downstream=names[up + 1], attack=original.name, repetition=0,
                        attack_fingerprint=attack.fingerprint,
                    )
                    for original, attack in zip(campaign.attacks, attacks, strict=True)
                ]  # fmt: skip
            _write(folder / "study.db", _replayed(d, names))
    record = StudyRecord(
        name="scale", specification={"name": "scale"}, digest="0" * 64,
        models=tuple(
            ModelEntry(name=name, fingerprint=f"{m:032x}", architecture="BERT")
            for m, name in enumerate(names)
        ),
        chains=tuple(
            ChainEntry(name=f"C{i + 1}", models=pair, measured=pair, links=())
            for i, pair in enumerate(zip(names[::2], names[1::2], strict=False))
        ),
        funnel=(), campaigns=tuple(campaigns), replays=tuple(replays), failures=(), provenance={},
    )  # fmt: skip
    (folder / "study.json").write_text(record.model_dump_json(), encoding="utf-8")


def _campaign(dataset: str, victims: list[VictimRecord]) -> Campaign:
    return Campaign(
        victims=tuple(victims),
        attacks=tuple(
            AttackRecord(
                name=name, fingerprint=f"{name}-{dataset}", paper="", parameters={}, repetitions=1
            )
            for name in STRENGTHS
        ),
        data=DataRecord(
            name=dataset, source="made up", split="train", labels=LABELS,
            fingerprint=f"data-{dataset}",
            sample_ids=tuple(f"train:{17 * i}" for i in range(SAMPLES)),
        ),
        seed=0,
        provenance={},
    )  # fmt: skip


def _attempts(d: int, names: list[str]) -> Iterator[tuple[object, ...]]:
    for (m, name), (attack, strength) in product(enumerate(names), STRENGTHS.items()):
        fingerprint = f"{attack}-{DATASETS[d]}"
        for i in range(SAMPLES):
            fell = (7 * i + 3 * m + strength) % CYCLE < strength + 2 * (m % 2) - d
            yield _row(d, m, name, attack, fingerprint, i, fell=fell)


def _replayed(d: int, names: list[str]) -> Iterator[tuple[object, ...]]:
    for m, (attack, strength) in product(range(1, len(names), 2), STRENGTHS.items()):
        fingerprint = f"{attack}-{DATASETS[d]}>{m - 1}"
        for i in range(SAMPLES):
            fell = (i + 3 * m + strength) % CYCLE < CYCLE // 2
            yield _row(d, m, names[m], "replay", fingerprint, i, fell=fell)


def _row(
    d: int, m: int, name: str, attack: str, fingerprint: str, i: int, *, fell: bool
) -> tuple[object, ...]:
    text = f"a film of {m % 7} hours and {i} scenes that never finds its pace but ends well"
    gold = i % 2
    right = (9 * i + 2 * m + d) % CYCLE < CYCLE - 2
    label = gold if right else 1 - gold
    found = (
        (text.replace("film", "movie"), LABELS[1 - label], 0.3, 1, 0.8 + (i + m) % CYCLE / 100)
        if fell
        else (None, None, None, None, None)
    )
    adversarial, became, probability, changed, similarity = found
    return (
        f"{m:032x}", fingerprint, f"data-{DATASETS[d]}", f"train:{17 * i}", 0, 0, name, attack,
        DATASETS[d], "succeeded" if fell else "failed", text, LABELS[gold], gold, LABELS[label],
        label, 0.9, adversarial, became, probability, 20 + i, 16, changed, similarity, 0.2, False,
        40.0 if fell else None, 50.0 if fell else None, "made up" if fell else None,
    )  # fmt: skip


def _write(path: Path, rows: Iterator[tuple[object, ...]]) -> None:
    """Write many outcomes in one transaction, as no run may and a benchmark must."""
    import sqlite3

    places = ", ".join("?" for _ in _COLUMNS)
    statement = f"INSERT INTO outcomes ({', '.join(_COLUMNS)}) VALUES ({places})"  # noqa: S608
    with sqlite3.connect(path) as connection:
        connection.executemany(statement, rows)
    connection.close()


if __name__ == "__main__":
    main()
