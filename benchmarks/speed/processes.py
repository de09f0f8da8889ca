"""Campaigns of several processes on one machine, beside the raw limit of one process alone.

    python -m benchmarks.speed.processes [--processes 1 8 14] [--device cuda] [--json FILE]

Every process holds a victim of its own and attacks samples of its own, as the workers of a study
do; all begin each campaign at once. The share is what they compute together, in distinct texts a
second, over the raw limit of ``throughput``, which one process measures before. On a CPU each
process computes on its part of the cores, and the raw limit on all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.multiprocessing as processes
from benchmarks.speed.figures import ATTACKS
from benchmarks.speed.random_victims import SIZES, make_victim
from benchmarks.speed.throughput import BATCHES, BATCHES_ON_GPU, Bench, raw_limit

from weaklink.doctor.processor import processor

ON = ("torch", "bf16")


class Plan(NamedTuple):
    """What every process of one run is told."""

    place: str
    device: str
    samples: int
    width: int
    count: int
    on: Sequence[str]
    threads: int


class Part(NamedTuple):
    """One campaign of one process. Clocks of processes on one machine agree."""

    attack: str
    on: str
    began: float
    ended: float
    queries: int
    distinct: int
    constraint_seconds: float


def bench_of(plan: Plan, number: int) -> Bench:
    """Return a bench with the samples of one process."""
    torch.set_num_threads(plan.threads)
    bench = Bench(plan.place, plan.count * plan.samples, plan.device, plan.width)
    bench.samples = bench.samples[number :: plan.count]
    return bench


def work(number: int, plan: Plan, barrier: Any, parts: Any) -> None:
    """Run every campaign, each when all processes are ready for it."""
    bench = bench_of(plan, number)
    everything = bench.samples
    for attack in ATTACKS:
        for on in plan.on:
            bench.samples = everything[:4]
            bench.campaign(attack, on)
            bench.samples = everything
            barrier.wait()
            began = time.time()
            # Not the raw limit: the processes would measure it against each other
            figures, _ = bench.campaign(attack, on, raw=False)
            ended = began + figures.campaign_seconds
            parts.put(Part(attack, on, began, ended, figures.queries, figures.distinct,
                           figures.constraint_seconds))  # fmt: skip


def run(plan: Plan) -> list[Part]:
    """Run all processes of a plan."""
    context = processes.get_context("spawn")
    barrier, parts = context.Barrier(plan.count), context.SimpleQueue()
    began = [
        context.Process(target=work, args=(number, plan, barrier, parts))
        for number in range(plan.count)
    ]
    for process in began:
        process.start()
    found = [parts.get() for _ in range(plan.count * len(ATTACKS) * len(plan.on))]
    for process in began:
        process.join()
    return found


def limits(plan: Plan) -> dict[tuple[str, str], float]:
    """Return the texts a second of the bare network, on the texts of each campaign."""
    bench = bench_of(plan._replace(threads=os.cpu_count() or 1), 0)
    sizes = BATCHES_ON_GPU if bench.device.type == "cuda" else BATCHES
    found = {}
    for attack in ATTACKS:
        for on in plan.on:
            bench.campaign(attack, on, raw=False)
            network = bench.victim(on)._chosen.network
            seconds, _ = raw_limit(network, bench.computed, sizes)
            found[attack, on] = len(bench.computed) / seconds
    return found


def rows(
    plan: Plan, found: Sequence[Part], limit: dict[tuple[str, str], float]
) -> Iterator[dict[str, Any]]:
    for attack in ATTACKS:
        for on in plan.on:
            mine = [part for part in found if (part.attack, part.on) == (attack, on)]
            seconds = max(part.ended for part in mine) - min(part.began for part in mine)
            distinct = sum(part.distinct for part in mine) / seconds
            alive = sum(part.ended - part.began for part in mine)
            yield {
                "attack": attack, "on": on, "processes": plan.count,
                "queries_a_second": round(sum(part.queries for part in mine) / seconds),
                "texts_a_second": round(distinct),
                "raw_texts_a_second": round(limit[attack, on]),
                "share": round(distinct / limit[attack, on], 3),
                "constraints": round(sum(part.constraint_seconds for part in mine) / alive, 2),
            }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 8, 14])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--samples", type=int, default=200, help="of each process")
    parser.add_argument("--width", type=int, default=256, help="attempts alive at once")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["minilm", "bert-base"])
    parser.add_argument("--on", nargs="+", default=ON)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    gpu = asked.device == "cuda"
    told: dict[str, Any] = {
        "machine": torch.cuda.get_device_name() if gpu else processor(),
        "cores": os.cpu_count(), "samples": asked.samples, "runs": [],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for size in asked.sizes:
            place = str(make_victim(size, Path(folder, size)))
            plan = Plan(place, asked.device, asked.samples, asked.width, 1, asked.on, 1)
            limit = limits(plan)
            for count in asked.processes:
                threads = max(1, (os.cpu_count() or 1) // count)
                plan = plan._replace(count=count, threads=threads)
                for row in rows(plan, run(plan), limit):
                    told["runs"].append({"victim": size} | row)
                    print(json.dumps(told["runs"][-1]), flush=True)
                if asked.json:
                    asked.json.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
