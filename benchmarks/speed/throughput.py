"""Queries per second of a campaign under each runtime, beside the raw limit of the same runtime.

The raw limit is the model alone, asked the very texts that the campaign computed: tokenised
beforehand, sorted by length, in the best batch size. Runtimes, campaigns and raw limits run in
turns, in one process, and every figure is the median of the rounds' ratios. Time in constraint
models (sentence encoder, tagger) is counted apart, and so is verification. Outcomes are compared
with those of the first configuration.

    python -m benchmarks.speed.throughput MODEL [--samples 100] [--rounds 3] [--on torch onnx bf16]
"""

from __future__ import annotations

import argparse
import json
import resource
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import torch
from benchmarks.speed.figures import ATTACKS, Figures, ratios, table

from weaklink.attacks import Lexicon, Score
from weaklink.attacks.registry import select
from weaklink.data.datasets import load_split
from weaklink.data.splits import Split
from weaklink.data.training_samples import read_training_samples
from weaklink.doctor.processor import processor
from weaklink.engine import Job, Models, Scheduler, remember_scores
from weaklink.lexicons.entities import EntityTable
from weaklink.models.encoder import load_encoder
from weaklink.models.runtimes import Network
from weaklink.store import Outcome, OutcomeKey, Status
from weaklink.victims import load_victim
from weaklink.victims.local.checkpoint import pick_device
from weaklink.victims.local.transformers import TransformersVictim

BATCHES = (8, 16, 32, 64, 128)
BATCHES_ON_GPU = (64, 256, 1024, 4096)


class Recorder:
    """A victim that notes what it computes, and for how many seconds.

    Rows come back to the CPU from each forward pass, so clocks need not wait for the device.
    """

    def __init__(self, victim: TransformersVictim) -> None:
        self._victim = victim
        self.computed: list[tuple[int, ...]] = []
        self.seconds: list[float] = []
        self.alone: list[float] = []
        self._forward = timed(victim.forward, self.seconds)
        self._start = timed(victim.start, self.seconds)
        victim._alone = timed(partial(type(victim)._alone, weakref.proxy(victim)), self.alone)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._victim, name)

    def start(self, batch: Sequence[tuple[int, ...]]) -> Any:
        self.computed += batch
        return _reading(self._start(batch), self.seconds)

    def forward(self, batch: Sequence[tuple[int, ...]]) -> Any:
        self.computed += batch
        return self._forward(batch)


class Bench:
    """What all campaigns share.

    Args:
        model: The victim, as a user names it.
        samples: How many are attacked.
        device: Where victim and encoder are: ``auto`` or a torch device.
        width: Attempts alive at once.
        unseen_by: Folder of a victim whose training texts are not drawn; None: all may be.
    """

    def __init__(
        self,
        model: str,
        samples: int,
        device: str = "auto",
        width: int = 64,
        unseen_by: Path | None = None,
    ) -> None:
        self.split = load_split("rotten_tomatoes")
        seen = read_training_samples(unseen_by) if unseen_by else frozenset()
        drawn = self.split.draw(samples, seed=0, exclude=seen).samples
        self.samples = sorted(drawn, key=lambda sample: -len(sample.text))
        self.device = pick_device(device)
        self.encoder = load_encoder(device=str(self.device))
        self.searching = self.encoder.in_bf16()
        self.lexicon = entities(self.split, Models(self.encoder))
        self.float32 = load_victim(model, device=device)
        self.bf16 = load_victim(model, device=device, precision="bf16")
        self.width = width
        self.computed: list[tuple[int, ...]] = []
        """What the victim computed in the last campaign."""

    def victim(self, on: str) -> TransformersVictim:
        """Return the victim, with the runtime and the precision of a configuration."""
        texts = [sample.text for sample in self.samples]
        runtime: Any = "torch" if on == "bf16" else on
        victim = self.bf16 if on == "bf16" else self.float32
        for model in (victim, *self.models(on).encoders):
            model.run_on(runtime, texts)
        return victim

    def models(self, on: str) -> Models:
        """Return the models besides the victim, nothing remembered."""
        return Models(self.encoder, searching=self.searching if on == "bf16" else None)

    def campaign(self, attack: str, on: str, *, raw: bool = True) -> tuple[Figures, list[Outcome]]:
        """Run one attack and, right after it, the raw limit on the texts that it computed.

        Args:
            attack: Its name.
            on: A runtime, or ``bf16``.
            raw: Whether to measure the raw limit.
        """
        victim = self.victim(on)
        recorder = Recorder(victim)
        constraints: list[float] = []
        models = self.models(on)
        services = {
            kind: service if kind is Score else timed(service, constraints)
            for kind, service in models.services(remember_scores(recorder), victim).items()
        }
        work = self.work(attack, recorder)
        gpu = self.device.type == "cuda"
        if gpu:
            torch.cuda.reset_peak_memory_stats()
        start = time.perf_counter()
        outcomes = list(Scheduler(services, self.width).run(work))
        seconds = time.perf_counter() - start
        peak = torch.cuda.max_memory_allocated() / 2**30 if gpu else 0.0
        self.computed = recorder.computed
        sizes = BATCHES_ON_GPU if gpu else BATCHES
        raw_seconds, raw_batch = (
            raw_limit(victim._chosen.network, self.computed, sizes) if raw else (0.0, 0)
        )
        figures = Figures(
            attack=attack,
            on=on,
            network=victim.details["runtime"],
            count=len(outcomes),
            queries=sum(outcome.queries for outcome in outcomes),
            distinct=len(self.computed),
            campaign_seconds=seconds,
            victim_seconds=sum(recorder.seconds),
            alone_seconds=sum(recorder.alone),
            constraint_seconds=sum(constraints),
            raw_seconds=raw_seconds,
            raw_batch=raw_batch,
            gpu_gib=peak,
        )
        return figures, sorted(outcomes, key=lambda outcome: outcome.key.sample_id)

    def work(self, attack: str, victim: Any) -> list[Any]:
        (chosen,) = select([attack])
        job = Job(victim, chosen, chosen.parameters(), self.lexicon)
        work = []
        for sample in self.samples:
            key = OutcomeKey("victim", attack, "data", sample.id, 0, 0)
            gold = self.split.labels[sample.label]
            blank = Outcome(
                key, "", attack, self.split.name, Status.ERROR, sample.text, gold, sample.label
            )
            work.append((blank, job.attempt(blank, sample.label)))
        return work


def entities(split: Split, models: Models) -> Lexicon:
    return Lexicon(lambda: EntityTable.build(split.texts, split.gold, models.tagger))


def _reading(rows: Any, spent: list[float]) -> Any:
    """Yield the rows, and note how long the first is waited for."""
    rows = iter(rows)
    start = time.perf_counter()
    first = next(rows)
    spent.append(time.perf_counter() - start)
    yield first
    yield from rows


def timed(service: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def answer(asks: Sequence[Any]) -> Any:
        start = time.perf_counter()
        replies = service(asks)
        spent.append(time.perf_counter() - start)
        return replies

    return answer


def raw_limit(
    network: Network, texts: Sequence[tuple[int, ...]], sizes: Sequence[int] = BATCHES
) -> tuple[float, int]:
    """Return the least seconds for all texts, and the batch size that took them."""
    ordered = sorted(texts, key=len)
    sample = ordered[:: max(1, len(ordered) // (4 * max(sizes)))]
    rate = {size: pass_over(network, sample, size) for size in sizes}
    best = min(rate, key=lambda size: rate[size])
    return pass_over(network, ordered, best), best


def pass_over(network: Network, texts: Sequence[tuple[int, ...]], size: int) -> float:
    start = time.perf_counter()
    for first in range(0, len(texts), size):
        network(texts[first : first + size])
    return time.perf_counter() - start


def changes(one: Sequence[Outcome], other: Sequence[Outcome]) -> int:
    """Return how many outcomes differ in status or text."""
    return sum(
        (a.status, a.adversarial_text) != (b.status, b.adversarial_text)
        for a, b in zip(one, other, strict=True)
    )


def measure(bench: Bench, configurations: Sequence[str], rounds: int) -> list[Figures]:
    found: list[Figures] = []
    for _ in range(rounds):
        for attack in ATTACKS:
            first: list[Outcome] = []
            for on in configurations:
                figures, outcomes = bench.campaign(attack, on)
                first = first or outcomes
                figures.changed = changes(first, outcomes)
                found.append(figures)
                print(
                    f"{attack} {on}: {figures.rate:.0f} queries/s, share {figures.share:.0%}, "
                    f"{figures.changed} outcomes changed",
                    flush=True,
                )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--unseen", action="store_true", help="no text the model was trained on")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--on", nargs="+", default=["torch", "onnx", "openvino", "bf16"])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    warm_up = Bench(options.model, 4)
    measure(warm_up, options.on, 1)
    unseen_by = Path(options.model) if options.unseen else None
    bench = Bench(options.model, options.samples, unseen_by=unseen_by)
    found = measure(bench, options.on, options.rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    machine = f"{processor()}, {torch.get_num_threads()} threads"
    print(f"\n{machine}, {options.samples} samples, peak memory {peak:.2f} GiB")
    for network in dict.fromkeys(f"{figures.on}: {figures.network}" for figures in found):
        print(network)
    print("", *table(found, options.on), sep="\n")
    if options.json:
        record = {
            "benchmark": "throughput",
            "machine": machine,
            "samples": options.samples,
            "rounds": options.rounds,
            "ratios": ratios(found, options.on),
            "peak_gib": peak,
            "runs": [asdict(figures) | {"share": figures.share} for figures in found],
        }
        options.json.write_text(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
