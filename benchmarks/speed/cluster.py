"""A simulated study on local Ray workers with PostgreSQL: what scheduling and storing cost.

    python -m benchmarks.speed.cluster [--workers 8] [--victims 16] [--samples 30] [--rows 200000]

Victims sleep for what they would cost, so that eight workers need no eight cores; the executor,
the leases, the engine and the store are real. The overhead is the share by which the workers took
longer than their victims slept, from the first outcome to the last. The second part fills a store
with outcomes of such a study: how large it gets, how fast it is written and read, and what memory
a driver with the tasks of 2,000 victims takes.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import ray

from weaklink.attacks import Context, Lexicon, Parameters, Score, Steps, attack
from weaklink.campaigns.blocks.one_bar import OneBar
from weaklink.campaigns.executors.ray import RayExecutor
from weaklink.campaigns.executors.task import Task, Work, pending
from weaklink.campaigns.prepare.data import PreparedData
from weaklink.campaigns.prepare.victims import Victims
from weaklink.campaigns.record import record_campaign, record_victim
from weaklink.campaigns.specification import Specification
from weaklink.data import Dataset, Sample
from weaklink.doctor.processor import processor
from weaklink.engine import ConfiguredAttack, Models
from weaklink.lexicons.entities import EntityTable
from weaklink.progress import Silent
from weaklink.store import Outcome, Status, Store, open_store
from weaklink.testing import ToyEncoder, ToyVictim
from weaklink.testing.postgresql import PostgresServer, postgres_server
from weaklink.text import Words

STUDY = (2_000, 2_400)
"""Victims, and outcomes of each."""
REPETITIONS = 8
SECONDS = 0.05
"""Cost of an outcome."""
_PER_TEXT = SECONDS * REPETITIONS / (REPETITIONS + 1)
"""An original is asked about once, and each attempt asks about one text more."""


class Sleeping(ToyVictim):
    """A victim that takes its time over every text, and that no attack defeats."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = self.fingerprint = name

    def forward(self, batch: Sequence[Any]) -> Any:
        time.sleep(_PER_TEXT * len(batch))
        return np.tile([[0.1, 0.9]], (len(batch), 1))


@attack(name="once", paper="none", parameters=Parameters, repetitions=REPETITIONS)
def once(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Ask about one text, and give up."""
    yield Score((f"{words} {context.random.random()}",))
    return None


class Clock(Silent):
    """Notes when the first and the last outcome came."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def advance(self, _: int = 1) -> None:
        self.times.append(time.perf_counter())


def tasks_of(spec: Specification, victims: int, samples: int) -> list[Task]:
    texts = tuple(Sample(f"train:{i}", f"a fine film number {i}", i % 2) for i in range(samples))
    dataset = Dataset("made", "made", "train", ToyVictim.labels, "made", texts)
    attacks = {"once": ConfiguredAttack(once, Parameters())}
    data = PreparedData(dataset, Lexicon(lambda: EntityTable({})), attacks)
    found = []
    for i in range(victims):
        record = record_victim(Sleeping(f"victim-{i}"), "single")
        campaign = record_campaign(spec, [record], attacks, dataset)
        found.append(Task(record.name, [Work(data, attacks, campaign)]))
    return found


def run(store: Store, workers: int, count: int, samples: int) -> dict[str, Any]:
    spec = Specification.model_validate(
        {"models": ["none"], "executor": {"kind": "ray", "workers": workers}}
    )
    victims = Victims(spec, {}, Silent())
    for i in range(count):
        victims.provide(f"victim-{i}", lambda name=f"victim-{i}": Sleeping(name))
    clock, models = Clock(), Models(ToyEncoder())
    tasks = tasks_of(spec, count, samples)
    executor = RayExecutor(spec, store, victims, models, OneBar(clock))
    with closing(executor):
        made = executor.run(tasks, print)
    left = sum(pending(store, task) for task in tasks)
    span = clock.times[-1] - clock.times[0]
    ideal = made * SECONDS / workers
    return {
        "workers": workers, "victims": count, "outcomes": made, "left": left,
        "seconds": round(span, 1), "ideal_seconds": round(ideal, 1),
        "overhead_percent": round(100 * (span / ideal - 1), 1),
        "driver_peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def fill(server: PostgresServer, store: Store, rows: int) -> dict[str, Any]:
    """Write rows of a study with texts of some 20 words, and read them."""
    spec = Specification.model_validate({"models": ["none"]})
    victims, outcomes = STUDY
    tasks = tasks_of(spec, max(1, rows // outcomes), outcomes // REPETITIONS)
    text = " ".join(f"word{i}" for i in range(20))
    began = time.perf_counter()
    written = 0
    for task in tasks:
        keys = task.work[0].campaign.keys()
        blank = Outcome(
            keys[0], task.victim, "once", "made", Status.SUCCEEDED, text, "positive", 1,
            "positive", 1, 0.9, text, "negative", 0.1, queries=60, words=20, words_changed=2,
            similarity=0.9,
        )  # fmt: skip
        store.put_all(replace(blank, key=key) for key in keys)
        written += len(keys)
    seconds = time.perf_counter() - began
    size = int(server.run("SELECT pg_total_relation_size('outcomes')", "filled"))
    began = time.perf_counter()
    columns = store.columns([task.work[0].campaign for task in tasks])
    wanted = ["victim_fingerprint", "attack_fingerprint", "data_fingerprint", "seed", "sample_id"]
    read = sum(chunk.height for chunk in columns.chunks([*wanted, "repetition", "status"]))
    reading = time.perf_counter() - began
    every = tasks_of(spec, victims, outcomes // REPETITIONS)
    return {
        "rows": written, "rows_per_second": round(written / seconds),
        "bytes_per_row": round(size / written),
        "study_gib_estimate": round(size / written * victims * outcomes / 2**30, 1),
        "columns_rows": read, "columns_rows_per_second": round(read / reading),
        "tasks_of_a_study": len(every),
        "driver_peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--victims", type=int, default=16)
    parser.add_argument("--samples", type=int, default=30)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    found: dict[str, Any] = {"processor": processor(), "ray": ray.__version__}
    with postgres_server() as server:
        with open_store(server.create("filled")) as store:
            found["store"] = fill(server, store, asked.rows)
        print(json.dumps(found["store"], indent=1), flush=True)
        if asked.workers:
            ray.init(num_cpus=asked.workers, include_dashboard=False, log_to_driver=False)
            with open_store(server.create("cluster")) as store:
                found["run"] = run(store, asked.workers, asked.victims, asked.samples)
            ray.shutdown()
    text = json.dumps(found, indent=1)
    print(text)
    if asked.out is not None:
        asked.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
