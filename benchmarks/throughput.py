"""Queries per second of a campaign, beside the raw limit of the same victim.

The raw limit is the model alone, asked the very texts that the campaign computed: tokenised
beforehand, sorted by length, in the best batch size. Both run in turns, in one process, and the
figure is the median of the ratios. Time in constraint models (sentence encoder, tagger) is counted
apart, and so is verification.

    python benchmarks/throughput.py MODEL [--samples 100] [--rounds 3] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from weaklink.attacks import Lexicon, Score
from weaklink.attacks.registry import select
from weaklink.engine import Job, Models, Scheduler, remember_scores
from weaklink.resources.datasets import load_split
from weaklink.resources.encoder import load_encoder
from weaklink.resources.entities import EntityTable
from weaklink.resources.splits import Split
from weaklink.store import Outcome, OutcomeKey, Status
from weaklink.victims import load_victim
from weaklink.victims.transformers import TransformersVictim

ATTACKS = ("pwws", "textfooler")
BATCHES = (8, 16, 32, 64, 128)


@dataclass
class Figures:
    """One round of one attack."""

    attack: str
    queries: int
    distinct: int
    campaign_seconds: float
    constraint_seconds: float
    raw_seconds: float
    raw_batch: int

    @property
    def share(self) -> float:
        """Of the raw limit, what the campaign reaches with constraint models counted apart."""
        return self.raw_seconds / (self.campaign_seconds - self.constraint_seconds)


class Recorder:
    """A victim that notes what it computes."""

    def __init__(self, victim: TransformersVictim) -> None:
        self._victim = victim
        self.computed: list[tuple[int, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._victim, name)

    def forward(self, batch: Sequence[tuple[int, ...]]) -> Any:
        self.computed += batch
        return self._victim.forward(batch)


def timed(service: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def answer(asks: Sequence[Any]) -> Any:
        start = time.perf_counter()
        replies = service(asks)
        spent.append(time.perf_counter() - start)
        return replies

    return answer


def raw_limit(victim: TransformersVictim, texts: Sequence[tuple[int, ...]]) -> tuple[float, int]:
    """Return the least seconds for all texts, and the batch size that took them."""
    ordered = sorted(texts, key=len)
    sample = ordered[:: max(1, len(ordered) // 512)]
    rate = {size: pass_over(victim, sample, size) for size in BATCHES}
    best = min(rate, key=lambda size: rate[size])
    return pass_over(victim, ordered, best), best


def pass_over(victim: TransformersVictim, texts: Sequence[tuple[int, ...]], size: int) -> float:
    start = time.perf_counter()
    for first in range(0, len(texts), size):
        victim._logits(texts[first : first + size])
    return time.perf_counter() - start


def campaign(
    attack: str, victim: TransformersVictim, split: Split, models: Models, lexicon: Lexicon, n: int
) -> Figures:
    """Run one attack on ``n`` samples and, right after it, the raw limit on its texts."""
    recorder = Recorder(victim)
    constraints: list[float] = []
    services = {
        kind: service if kind is Score else timed(service, constraints)
        for kind, service in models.services(remember_scores(recorder), victim).items()
    }
    (chosen,) = select([attack])
    job = Job(recorder, chosen, chosen.parameters(), lexicon)
    samples = sorted(split.draw(n, seed=0).samples, key=lambda sample: -len(sample.text))
    work = []
    for sample in samples:
        key = OutcomeKey("victim", attack, "data", sample.id, 0, 0)
        gold = split.labels[sample.label]
        blank = Outcome(
            key, "victim", attack, split.name, Status.ERROR, sample.text, gold, sample.label
        )
        work.append((blank, job.attempt(blank, sample.label)))
    start = time.perf_counter()
    outcomes = list(Scheduler(services).run(work))
    seconds = time.perf_counter() - start
    raw_seconds, raw_batch = raw_limit(victim, recorder.computed)
    return Figures(
        attack=attack,
        queries=sum(outcome.queries for outcome in outcomes),
        distinct=len(recorder.computed),
        campaign_seconds=seconds,
        constraint_seconds=sum(constraints),
        raw_seconds=raw_seconds,
        raw_batch=raw_batch,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    victim = load_victim(options.model)
    split = load_split("rotten_tomatoes")
    models = Models(load_encoder())
    lexicon = Lexicon(lambda: EntityTable.build(split.texts, split.gold, models.tagger))
    warm_up = [campaign(name, victim, split, models, lexicon, 4) for name in ATTACKS]
    rounds = [
        campaign(name, victim, split, models, lexicon, options.samples)
        for _ in range(options.rounds)
        for name in ATTACKS
    ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{platform.processor() or platform.machine()}, {torch.get_num_threads()} threads, "
          f"torch {torch.__version__}, {options.samples} samples of {split.name}, "
          f"{len(warm_up)} warm-up runs, peak memory {peak:.2f} GiB\n")  # fmt: skip
    print("| attack | queries/s | of them computed | constraint models | share of the raw limit |")
    print("| --- | --- | --- | --- | --- |")
    for name in ATTACKS:
        of = [figures for figures in rounds if figures.attack == name]
        print(
            f"| {name} "
            f"| {statistics.median(f.queries / f.campaign_seconds for f in of):.0f} "
            f"| {of[0].distinct / of[0].queries:.0%} "
            f"| {statistics.median(f.constraint_seconds / f.campaign_seconds for f in of):.0%} "
            f"| {statistics.median(f.share for f in of):.0%} "
            f"({', '.join(f'{f.share:.0%}' for f in of)}) |"
        )
    if options.json:
        record = [asdict(figures) | {"share": figures.share} for figures in rounds]
        options.json.write_text(json.dumps({"peak_gib": peak, "rounds": record}, indent=2))


if __name__ == "__main__":
    main()
