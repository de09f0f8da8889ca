"""What weaklink itself costs a query: campaigns against a victim whose scores cost nothing.

    OMP_NUM_THREADS=1 python -m benchmarks.speed.null_victim [--samples 100] [--rounds 3]
        [--outcomes F]

The victim reads texts with MiniLM's tokenizer and scores them by a random weight for each token.
Processor time is counted, so that other work on the machine matters little. The sentence encoder
and the tagger are real and counted apart; they compute once, and later rounds find what they said.
The clocks of the stages cost time of their own, so what weaklink costs is measured without them.
``--outcomes`` writes what each attempt ended with, to be compared between two versions.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from transformers import AutoTokenizer

from weaklink.attacks import FindEntities, Lexicon, Score, Similarity, Tag
from weaklink.attacks.registry import select
from weaklink.data.datasets import load_split
from weaklink.doctor.processor import processor
from weaklink.engine import Job, Models, Scheduler, batching, remember_scores, scheduler
from weaklink.lexicons.entities import EntityTable
from weaklink.models.encoder import load_encoder
from weaklink.packaged import MINILM
from weaklink.store import Outcome, OutcomeKey, Status
from weaklink.victims.local.reader import Reader

ATTACKS = ("pwws", "textfooler", "textbugger")
STAGES = (
    "attack", "meter", "scheduler", "tokeniser", "packing", "memo",
    "similarities", "tags", "verification",
)  # fmt: skip
APART = ("encoder", "tagger", "null scores")
"""Models, which are no part of what weaklink costs."""
TAGGERS = ("tags", "penn_tags", "entities")
LENGTH = 128


class NullVictim:
    """Two labels, and a logit that is the mean of the tokens' random weights."""

    name = fingerprint = "null"
    labels = ("negative", "positive")

    def __init__(self, balance: Sequence[str]) -> None:
        tokenizer = AutoTokenizer.from_pretrained(MINILM.require("MiniLM"))
        self._reader = Reader(tokenizer, LENGTH, tokenizer.pad_token_id)
        self._weights = np.random.default_rng(0).normal(size=len(tokenizer))
        self.unknown = self._reader.unknown
        self.visible = self._reader.visible
        self.encode = self._reader.encode
        self._bias = 0.0
        self._bias = float(np.median(self._logits(self.encode(balance))))

    def forward(self, batch: Sequence[Sequence[int]]) -> Any:
        positive = 1 / (1 + np.exp(-8 * self._logits(batch)))
        return np.stack([1 - positive, positive], axis=1)

    def exact(self, batch: Sequence[Sequence[int]]) -> Any:
        return self.forward(batch)

    def _logits(self, batch: Sequence[Sequence[int]]) -> Any:
        lengths = np.fromiter(map(len, batch), np.int64, len(batch))
        ids = np.fromiter((i for row in batch for i in row), np.int64, lengths.sum())
        sums = np.add.reduceat(self._weights[ids], np.cumsum(lengths) - lengths)
        return np.round(sums / lengths - self._bias, 6)


class Clock:
    """Processor time by stage; a stage's own time leaves out the stages that it calls.

    Args:
        stages: Those that are told apart; others belong to the stage that calls them.
    """

    def __init__(self, stages: Collection[str]) -> None:
        self._stages = stages
        self.seconds = defaultdict[str, float](float)
        self._inner = [0.0]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self._inner.append(0.0)
        start = time.process_time()
        try:
            yield
        finally:
            spent = time.process_time() - start
            self.seconds[name] += spent - self._inner.pop()
            self._inner[-1] += spent

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        if name not in self._stages:
            return function

        def call(*args: Any, **kwargs: Any) -> Any:
            with self.stage(name):
                return function(*args, **kwargs)

        return call

    def steps(self, run: Callable[..., Any]) -> Callable[..., Any]:
        """Return an attack's ``run`` with each of its steps timed."""
        if "attack" not in self._stages:
            return run

        def timed(*args: Any) -> Generator[Any, Any, Any]:
            steps, reply = run(*args), None
            while True:
                try:
                    with self.stage("attack"):
                        ask = steps.send(reply)
                except StopIteration as stop:
                    return stop.value
                reply = yield ask

        return timed


@contextmanager
def replaced(place: Any, name: str, function: Callable[..., Any]) -> Iterator[None]:
    before = getattr(place, name)
    setattr(place, name, function)
    try:
        yield
    finally:
        setattr(place, name, before)


def computes_once(model: Any, *names: str) -> None:
    """Let methods of a model that take a list of things compute nothing twice."""
    for name in names:
        setattr(model, name, _remembering(getattr(model, name)))


def _remembering(compute: Callable[[Any], Iterable[Any]]) -> Callable[[Any], Any]:
    known: dict[Any, Any] = {}

    def call(asked: Iterable[Any]) -> Any:
        asked = [*asked]
        fresh = [one for one in dict.fromkeys(asked) if one not in known]
        if fresh:
            known.update(zip(fresh, compute(fresh), strict=True))
        return [known[one] for one in asked]

    return call


def campaign(
    name: str,
    victim: NullVictim,
    models: Models,
    lexicon: Lexicon,
    data: Any,
    stages: Collection[str] = (*STAGES, *APART),
) -> tuple[dict[str, float], list[Outcome]]:
    """Return the milliseconds a query of each stage, and the outcomes."""
    clock = Clock(stages)
    (chosen,) = select([name])
    chosen = replace(chosen, run=clock.steps(chosen.run))
    job = Job(victim, chosen, chosen.parameters(), lexicon)
    work = []
    for sample in sorted(data.samples, key=lambda sample: -len(sample.text)):
        key = OutcomeKey("victim", name, "data", sample.id, 0, 0)
        blank = Outcome(key, "", name, data.name, Status.ERROR, sample.text, "", sample.label)
        work.append((blank, job.attempt(blank, sample.label)))
    places = {
        "tokeniser": [(victim, "encode")],
        "null scores": [(victim, "forward")],
        "encoder": [(models.encoder, "forward"), (models.encoder, "exact")],
        "tagger": [(models.tagger, kind) for kind in TAGGERS],
        "packing": [(batching, "pack")],
        "meter": [(scheduler._Live, "advance")],
    }
    with ExitStack() as stack:
        for stage, methods in places.items():
            for place, method in methods:
                timed = clock.timed(stage, getattr(place, method))
                stack.enter_context(replaced(place, method, timed))
        services = models.services(remember_scores(victim), victim)
        services = {kind: clock.timed(_stage(kind), one) for kind, one in services.items()}
        stack.enter_context(clock.stage("scheduler"))
        outcomes = list(Scheduler(services).run(work))
    queries = sum(outcome.queries for outcome in outcomes)
    return {stage: 1e3 * s / queries for stage, s in clock.seconds.items()} | {
        "queries": queries
    }, outcomes


def _stage(kind: type) -> str:
    """Return the stage of what answers a kind of ask."""
    names = {Score: "memo", Similarity: "similarities", Tag: "tags", FindEntities: "tags"}
    return names.get(kind, "verification")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--attacks", nargs="+", default=ATTACKS)
    parser.add_argument("--outcomes", type=Path)
    options = parser.parse_args()
    split = load_split("rotten_tomatoes")
    data = split.draw(options.samples, seed=0)
    victim = NullVictim([sample.text for sample in data.samples])
    models = Models(load_encoder())
    lexicon = Lexicon(lambda: EntityTable.build(split.texts, split.gold, models.tagger))
    ended: list[Any] = []
    print(processor())
    heads = ("attack", "queries", "weaklink, ms a query", *STAGES, *APART)
    print("|", "|".join(heads), "|", sep="")
    computes_once(models.encoder, "forward", "exact")
    computes_once(models.tagger, *TAGGERS)
    for name in options.attacks:
        first, outcomes = campaign(name, victim, models, lexicon, data)
        whole, staged = [], []
        for _ in range(options.rounds):
            for stages, taken in ((APART, whole), ((*STAGES, *APART), staged)):
                again = Models(models.encoder)
                taken.append(campaign(name, victim, again, lexicon, data, stages)[0])
        ended += [asdict(o) | {"seconds": 0} for o in outcomes]
        least = {stage: min(r.get(stage, 0.0) for r in staged) for stage in STAGES}
        least |= {stage: first.get(stage, 0.0) for stage in APART}
        own = min(each["scheduler"] for each in whole)
        cells = [name, f"{first['queries']}", f"{own:.4f}"]
        print("|".join(["", *cells, *(f"{ms:.4f}" for ms in least.values()), ""]), flush=True)
    if options.outcomes:
        ended.sort(key=lambda o: (o["attack"], o["key"]["sample_id"]))
        options.outcomes.write_text(json.dumps(ended, indent=0, default=str))


if __name__ == "__main__":
    main()
