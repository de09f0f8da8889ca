"""`audit --forecast` on links that are really made and measured, each forecast from the others.

    python -m benchmarks.statistics.forecast_links WORK [--lineages 10] [--samples 60]

Every lineage starts from other random numbers: a small BERT with MiniLM's tokenizer, trained on
Rotten Tomatoes. Its one link is a second fine-tuning: on IMDB, on other sentences of Rotten
Tomatoes, or on IMDB at a tenth of the rate, in turns. Both ends are attacked on sentences that
neither was trained on. Models and stores stay in WORK, and a second run goes on from there.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from transformers import AutoTokenizer, BertConfig, BertModel

import weaklink
from weaklink.campaigns.python.sources import runs_in
from weaklink.data.datasets import load_split
from weaklink.measures.runs.forecast import MeasuredRun, PlannedAudit, forecast_audit
from weaklink.packaged import MINILM
from weaklink.training.finetune import finetune
from weaklink.training.finetune_recipe import Recipe

DATA = "rotten_tomatoes"
ATTACKS = ("pwws", "textbugger", "textfooler")
LENGTH = 64
SECOND = (("imdb", 5e-4), (DATA, 5e-4), ("imdb", 5e-5))
"""Data and learning rate of the link, in turns."""


class Told(NamedTuple):
    """One link and attack: the upstream's rate, the model's, and what was forecast of it."""

    attack: str
    upstream: float
    measured: float
    expected: float
    low: float
    high: float


def make_link(work: Path, number: int) -> tuple[Path, Path]:
    """Return the two ends of a lineage's link, made unless they are there."""
    start, upstream, downstream = (work / f"{number}-{end}" for end in ("start", "up", "down"))
    if not start.exists():
        torch.manual_seed(number)
        config = BertConfig(
            hidden_size=128, num_hidden_layers=2, num_attention_heads=4, intermediate_size=256,
            max_position_embeddings=128,
        )  # fmt: skip
        BertModel(config).save_pretrained(start)
        AutoTokenizer.from_pretrained(MINILM.require("MiniLM")).save_pretrained(start)
    if not upstream.exists():
        recipe = Recipe(epochs=3, learning_rate=1e-3, max_length=LENGTH, seed=number)
        finetune(str(start), load_split(DATA, "train"), upstream, samples=5000, recipe=recipe)
    if not downstream.exists():
        data, rate = SECOND[number % len(SECOND)]
        recipe = Recipe(learning_rate=rate, max_length=LENGTH, seed=100 + number)
        split = load_split(data, "train")
        finetune(str(upstream), split, downstream, samples=2000, recipe=recipe)
    return upstream, downstream


def measure(work: Path, number: int, samples: int) -> Path:
    """Audit a lineage's link, and return the store."""
    upstream, downstream = make_link(work, number)
    store = work / f"{number}.db"
    result = weaklink.audit(
        str(downstream), str(upstream), data=DATA, samples=samples, unseen=True, attacks=ATTACKS,
        repetitions=1, language_model=None, references="none", max_queries=200, store=store,
    )  # fmt: skip
    rates = {one.attack: one for one in result.results.link_scenarios if one.samples == "all"}
    told = (
        f"{name} {one.upstream_asr:.2f} to {one.downstream_asr:.2f}" for name, one in rates.items()
    )
    print(f"{number}: {', '.join(told)}", flush=True)
    return store


def forecasts(stores: Sequence[Path]) -> Iterator[Told]:
    """Yield what each link's forecast, from all links but itself, says beside what was measured."""
    runs = [MeasuredRun(found.study, found.figures()) for found in runs_in([*map(str, stores)])]
    for run in runs:
        links = [one for one in run.results.link_scenarios if one.samples == "all"]
        for one in links:
            asked = PlannedAudit(one.downstream, one.upstream, [one.attack], DATA, max_queries=200)
            (row,) = forecast_audit(runs, asked).rows
            if row.expected is None or row.low is None or row.high is None:
                print(f"{one.attack}: {row.silent}")
            elif one.upstream_asr is not None and one.downstream_asr is not None:
                yield Told(one.attack, one.upstream_asr, one.downstream_asr,
                           row.expected, row.low, row.high)  # fmt: skip


def table(told: Sequence[Told]) -> Iterator[str]:
    """Yield a line for each attack, and one for all."""
    yield "| attack | links | held | width, points | off by, points | upstream's rate is off by |"
    yield "| --- | --: | --: | --: | --: | --: |"
    for attack in (*dict.fromkeys(one.attack for one in told), "all"):
        some = [one for one in told if attack in {one.attack, "all"}]
        held = sum(one.low - 1e-9 <= one.measured <= one.high + 1e-9 for one in some)
        width = 100 * np.mean([one.high - one.low for one in some])
        off = 100 * np.mean([abs(one.expected - one.measured) for one in some])
        naive = 100 * np.mean([abs(one.upstream - one.measured) for one in some])
        yield f"| {attack} | {len(some)} | {held} | {width:.0f} | {off:.1f} | {naive:.1f} |"


def main() -> None:
    """Make and measure the links, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--lineages", type=int, default=10)
    parser.add_argument("--samples", type=int, default=60)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    stores = [measure(options.work, i, options.samples) for i in range(options.lineages)]
    print("\n".join(table([*forecasts(stores)])))


if __name__ == "__main__":
    main()
