"""Samples per second of SCPN and GAN, with one live attempt and with 64.

Both widths attack the same samples from nothing: no score, paraphrase or decoding is remembered
from the run before. With one live attempt a generator is given one text's requests at a time, with
64 those of all that wait for it.

    python -m benchmarks.attacks.generators MODEL [--samples 64] [--paraphraser network]
        [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from weaklink.attacks import Decode, Invert, Lexicon, Paraphrase
from weaklink.attacks.registry import find
from weaklink.campaigns.prepare.resources import load_models
from weaklink.campaigns.specification import Settings
from weaklink.data.datasets import load_split
from weaklink.data.splits import Split
from weaklink.engine import Job, Scheduler, remember_scores
from weaklink.engine.attempt import Attempt
from weaklink.lexicons.entities import EntityTable
from weaklink.store import Outcome, OutcomeKey, Status
from weaklink.victims import Victim, load_victim

ATTACKS = ("scpn", "gan")
WIDTHS = (1, 64)
GENERATORS = (Paraphrase, Invert, Decode)


@dataclass
class Figures:
    """One run of one attack."""

    attack: str
    width: int
    samples: int
    succeeded: int
    queries: int
    seconds: float
    generator_seconds: float
    generator_calls: int
    generated: int

    @property
    def rate(self) -> float:
        """Samples per second."""
        return self.samples / self.seconds


class Timed:
    """A service that counts its calls, its texts and its seconds."""

    def __init__(self, service: Any) -> None:
        self._service = service
        self.calls = self.texts = 0
        self.seconds = 0.0

    def __call__(self, asks: Any) -> Any:
        start = time.perf_counter()
        replies = self._service(asks)
        self.seconds += time.perf_counter() - start
        self.calls += 1
        self.texts += sum(map(len, asks))
        return replies


def attempts(
    attack: str, victim: Victim, split: Split, count: int
) -> Iterator[tuple[Outcome, Attempt]]:
    """Start an attempt for each of the samples, long texts first."""
    chosen = find(attack)
    job = Job(victim, chosen, chosen.parameters(), Lexicon(lambda: EntityTable({})))
    for sample in sorted(split.draw(count, seed=0).samples, key=lambda s: -len(s.text)):
        key = OutcomeKey("victim", attack, "data", sample.id, 0, 0)
        gold = split.labels[sample.label]
        blank = Outcome(
            key, victim.name, attack, split.name, Status.ERROR, sample.text, gold, sample.label
        )
        yield blank, job.attempt(blank, sample.label)


def run(
    attack: str, width: int, victim: Victim, split: Split, count: int, settings: Settings
) -> Figures:
    models = load_models(settings, victim.details["device"])
    _ = models.tagger, models.paraphraser if attack == "scpn" else models.space
    services = models.services(remember_scores(victim), victim)
    timed = {kind: Timed(services[kind]) for kind in GENERATORS}
    start = time.perf_counter()
    work = attempts(attack, victim, split, count)
    outcomes = list(Scheduler({**services, **timed}, width).run(work))
    return Figures(
        attack=attack,
        width=width,
        samples=len(outcomes),
        succeeded=sum(outcome.status is Status.SUCCEEDED for outcome in outcomes),
        queries=sum(outcome.queries for outcome in outcomes),
        seconds=time.perf_counter() - start,
        generator_seconds=sum(one.seconds for one in timed.values()),
        generator_calls=sum(one.calls for one in timed.values()),
        generated=sum(one.texts for one in timed.values()),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--data", default="rotten_tomatoes")
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--paraphraser", default="network")
    parser.add_argument("--attacks", default=",".join(ATTACKS))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    victim, split = load_victim(options.model), load_split(options.data)
    settings = Settings(paraphraser=options.paraphraser)
    found = [
        run(attack, width, victim, split, options.samples, settings)
        for attack in options.attacks.split(",")
        for width in WIDTHS
    ]
    print(f"{victim.details['device']}, {torch.get_num_threads()} threads, "
          f"torch {torch.__version__}, {options.samples} samples of {split.name}\n")  # fmt: skip
    print(
        "| attack | live attempts | samples/s | in generators | texts a call | queries a sample |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    for one in found:
        print(
            f"| {one.attack} | {one.width} | {one.rate:.2f} "
            f"| {one.generator_seconds / one.seconds:.0%} "
            f"| {one.generated / max(1, one.generator_calls):.0f} "
            f"| {one.queries / one.samples:.0f} |"
        )
    if options.json:
        options.json.write_text(json.dumps([asdict(one) | {"rate": one.rate} for one in found]))


if __name__ == "__main__":
    main()
