"""Whether an attack should search where fine-tuning left the embeddings as they were.

    python -m benchmarks.attacks.diff_guided BASE MODEL --kept FILE [--samples 100]
        [--attacks hotflip] [--orders still random]

The rows of the embedding table of MODEL are compared with those of BASE, from which it was
fine-tuned. A row's drift is the part of it that is not a multiple of the base's row, over the norm
of the base's row: weight decay alone scales a row and gives 0. A word's drift is the mean of its
pieces'. Each attack then takes one of its choices in the order of drift:

- words: TextFooler and TextBugger take words in that order, and do not ask for importance;
- both: by the sum of a word's ranks by importance and by drift;
- synonyms: TextFooler asks about 10 of 50 synonyms, the first in that order;
- bugs: TextBugger draws each bug 10 times and takes the first in that order;
- edits: HotFlip's beam takes of a text's 100 edits of greatest gradient the first in that order.

Orders are ``still`` (least drift first), ``moved`` (most first), ``random`` (drift, shuffled among
the rows) and ``rare`` (last of the vocabulary first, which needs no base). Of equals, the attack's
own order decides. Samples are unseen in training. Victim and encoder search in bf16, and results
are verified in float32. Each budget is a run of its own.
FILE keeps what each variant did, and a second run goes on from there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch
from benchmarks.speed.null_victim import replaced
from safetensors.torch import load_file
from scipy.stats import rankdata, t
from transformers import AutoTokenizer

from weaklink.attacks import Gradients, Lexicon, Score
from weaklink.attacks.registry import select
from weaklink.attacks.shared import bugs
from weaklink.data.datasets import load_split
from weaklink.data.samples import Dataset
from weaklink.data.training_samples import read_training_samples
from weaklink.engine import Job, Models, Scheduler, remember_scores
from weaklink.lexicons.entities import EntityTable
from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.paired import holm, permutation
from weaklink.models.encoder import load_encoder
from weaklink.store import Outcome, OutcomeKey, Status
from weaklink.text import match_case
from weaklink.victims import Gradient, load_victim

BUDGETS = (25, 50, 100, 200)
ORDERS = ("still", "moved", "random", "rare")
SYNONYMS, DRAWS, SHORTLIST = 10, 10, 100
UNMOVED = 1e-4
"""Drift below this is rounding."""

Places = Mapping[int, float]
Rank = Callable[[str], float]
"""What comes first has the lowest."""


class Embeddings:
    """The drift of every row between two models of one vocabulary."""

    def __init__(self, base: Path, model: Path) -> None:
        before, after = _table(base), _table(model)
        norms = before.norm(dim=1)
        share = (after * before).sum(dim=1) / norms**2
        self.drift = ((after - share[:, None] * before).norm(dim=1) / norms).nan_to_num().numpy()
        self.decay = 1 - share.numpy()
        self.drift[self.drift < UNMOVED] = 0.0
        self._tokenizer = AutoTokenizer.from_pretrained(model)
        shuffled = np.random.default_rng(0).permutation(self.drift)
        rows = np.arange(len(self.drift), dtype=float)
        self._orders = dict(zip(ORDERS, (self.drift, -self.drift, shuffled, -rows), strict=True))

    def rank(self, order: str) -> Rank:
        """Return a word's place in an order: the mean over its pieces."""
        return lru_cache(None)(lambda word: float(self._orders[order][self._pieces(word)].mean()))

    def _pieces(self, word: str) -> list[int]:
        found: list[int] = self._tokenizer(word, add_special_tokens=False).input_ids
        return found or [self._tokenizer.unk_token_id]


def _table(folder: Path) -> torch.Tensor:
    tensors = load_file(folder / "model.safetensors")
    (name,) = (name for name in tensors if name.endswith("word_embeddings.weight"))
    return tensors[name].double()


@dataclass(frozen=True, eq=False)
class Variant:
    """An attack with one of its choices in another order.

    Attributes:
        attack: Its name.
        choice: What is ordered; "" for the attack as it is.
        order: One of ``ORDERS``, or the attack's own.
        parts: What takes the place of the module's functions, by name.
        parameters: The attack's parameters.
    """

    attack: str
    choice: str = ""
    order: str = "own"
    parts: Mapping[str, Any] | None = None
    parameters: Mapping[str, Any] | None = None


def variants(embeddings: Embeddings, orders: Sequence[str]) -> Iterator[Variant]:
    """Yield the variants of some orders; the attack's own comes first of each choice."""
    for attack in ("textbugger", "hotflip", "textfooler"):
        yield Variant(attack, "words" if attack != "hotflip" else "edits")
        if attack == "textfooler":
            yield Variant(attack, "synonyms", parameters={"neighbours": SYNONYMS})
        if attack == "textbugger":
            yield Variant(attack, "bugs")
        for order, (choice, parts) in product(orders, PARTS[attack].items()):
            rank = embeddings.rank(order)
            if (choice, order) != ("both", "rare"):
                name = f"both, {order}" if choice == "both" else order
                kept = "words" if choice == "both" else choice
                yield Variant(attack, kept, name, parts(_module(attack), rank))


def _module(attack: str) -> Any:
    return import_module(f"weaklink.attacks.{attack}")


def foolers_words(_: Any, rank: Rank) -> dict[str, Any]:
    def importance(words: Any, positions: Sequence[int], _: Any) -> Any:
        yield from ()
        return {i: -rank(words.words[i]) for i in positions}

    return {"_importance": importance}


def foolers_both(module: Any, rank: Rank) -> dict[str, Any]:
    own = module._importance

    def importance(words: Any, positions: Sequence[int], context: Any) -> Any:
        return summed((yield from own(words, positions, context)), words, rank)

    return {"_importance": importance}


def summed(importance: Places, words: Any, rank: Rank) -> Places:
    """Return the sum of the ranks by importance and by another order, greatest first."""
    places = list(importance)
    sums = rankdata([importance[i] for i in places]) - rankdata(
        [rank(words.words[i]) for i in places]
    )
    return dict(zip(places, sums.tolist(), strict=True))


def synonyms(module: Any, rank: Rank) -> dict[str, Any]:
    def substitutions(current: Any, position: int, context: Any) -> Any:
        word = current.words[position]
        near = context.lexicon.counter_fitted.neighbours(
            word.lower(), context.parameters.neighbours, context.parameters.min_word_cosine
        )
        kept = sorted((match_case(n.word, word) for n in near), key=rank)[:SYNONYMS]
        texts = [current.replace(position, other) for other in kept]
        if not texts:
            return []
        scores = yield Score(tuple(map(str, texts)))
        confidences, reached = context.goal.confidence(scores), context.goal.reached(scores)
        return [module._Candidate(*c) for c in zip(texts, confidences, reached, strict=True)]

    return {"_substitutions": substitutions}


def buggers_words(module: Any, rank: Rank) -> dict[str, Any]:
    def ranked(words: Any, context: Any) -> Any:
        yield from ()
        return sorted(
            module._content(words, range(len(words)), context), key=lambda i: rank(words.words[i])
        )

    return {"_ranked": ranked}


def buggers_both(module: Any, rank: Rank) -> dict[str, Any]:
    drops = module.drop_by_deletion

    def summed_drops(words: Any, positions: Sequence[int], context: Any) -> Any:
        return summed((yield from drops(words, positions, context)), words, rank)

    return {"drop_by_deletion": summed_drops}


def bug_draws(module: Any, rank: Rank) -> dict[str, Any]:
    def drawn(word: str, context: Any) -> Iterator[str]:
        rng, language = context.random, context.lexicon.language
        kinds = (bugs.insert, bugs.delete, bugs.swap,
                 partial(bugs.substitute_character, language=language))  # fmt: skip
        for kind in kinds:
            found = [bug for _ in range(DRAWS) if (bug := kind(word, rng)) and bug != word]
            if found:
                yield min(found, key=rank)
        near = (match_case(other, word) for other in module._near(word, context))
        yield from (other for other in near if other != word)

    return {"_bugs": drawn}


def edits(module: Any, rank: Rank) -> dict[str, Any]:
    own = module._grow

    def grow(requests: Sequence[Any], estimates: Sequence[Floats], width: int) -> Any:
        kept = []
        for request, sums in zip(requests, estimates, strict=True):
            words = [edit for found in request.edits for edit in found]
            best = np.argsort(-sums, kind="stable")[:SHORTLIST]
            chosen = sorted(best, key=lambda i: rank(words[i]))[:width]
            masked = np.full_like(sums, -np.inf)
            masked[chosen] = sums[chosen]
            kept.append(masked)
        return own(requests, kept, width)

    return {"_grow": grow}


PARTS: dict[str, dict[str, Callable[[Any, Rank], dict[str, Any]]]] = {
    "textfooler": {"words": foolers_words, "both": foolers_both, "synonyms": synonyms},
    "textbugger": {"words": buggers_words, "both": buggers_both, "bugs": bug_draws},
    "hotflip": {"edits": edits},
}


class Bench:
    """One victim, its samples, and what has been asked of it."""

    def __init__(self, model: Path, data: str, samples: int, runtime: Any) -> None:
        split = load_split(data)
        self.data: Dataset = split.draw(samples, seed=0, exclude=read_training_samples(model))
        texts = [sample.text for sample in self.data.samples]
        exact = load_encoder()
        models = Models(exact, searching=exact.in_bf16())
        self.lexicon = Lexicon(lambda: EntityTable.build(split.texts, split.gold, models.tagger))
        self.victim: Any = load_victim(str(model), precision="bf16")
        for one in (self.victim, *models.encoders):
            one.run_on(runtime, texts)
        self.services = models.services(remember_scores(self.victim), self.victim)
        self.services[Gradients] = _once(self.services[Gradients])

    def run(self, variant: Variant, budget: int) -> list[Outcome]:
        """Return the outcomes of all samples, in order."""
        (attack,) = select([variant.attack])
        parameters = attack.parameters(**(variant.parameters or {}))
        job = Job(self.victim, attack, parameters, self.lexicon, max_queries=budget)
        work = []
        for sample in self.data.samples:
            key = OutcomeKey("victim", variant.attack, "data", sample.id, 0, 0)
            blank = Outcome(
                key, "", variant.attack, self.data.name, Status.ERROR, sample.text, "", sample.label
            )
            work.append((blank, job.attempt(blank, sample.label)))
        with ExitStack() as stack:
            for name, part in (variant.parts or {}).items():
                stack.enter_context(replaced(_module(variant.attack), name, part))
            found = {o.key.sample_id: o for o in Scheduler(self.services).run(work)}
        for outcome in found.values():
            if outcome.status is Status.ERROR:
                raise RuntimeError(f"{variant}: {outcome.error}")
        return [found[sample.id] for sample in self.data.samples]


def _once(service: Any) -> Any:
    """Return a service of gradients that computes none twice."""
    known: dict[tuple[str, tuple[str, ...], int], Any] = {}

    def key(request: Gradient) -> tuple[str, tuple[str, ...], int]:
        return request.text, tuple(request.words.words), request.label

    def answer(asks: Sequence[Gradients]) -> list[Any]:
        wanted = {key(request): request for ask in asks for request in ask.requests}
        fresh = {name: request for name, request in wanted.items() if name not in known}
        if fresh:
            (views,) = service([Gradients(tuple(fresh.values()))])
            known.update(zip(fresh, views, strict=True))
        return [[known[key(request)] for request in ask.requests] for ask in asks]

    return answer


def main() -> None:
    """Print what moved, and a line for each variant."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", default="rotten_tomatoes")
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--attacks", nargs="+", default=list(PARTS))
    parser.add_argument("--orders", nargs="+", default=ORDERS, choices=ORDERS)
    parser.add_argument("--runtime", default="torch", choices=("torch", "openvino", "onnx"))
    parser.add_argument("--kept", type=Path, default=Path("diff_guided.jsonl"))
    options = parser.parse_args()
    embeddings = Embeddings(options.base, options.model)
    print("\n".join(moved(embeddings)), flush=True)
    bench = Bench(options.model, options.data, options.samples, options.runtime)
    kept = [json.loads(line) for line in lines_of(options.kept)]
    known = {(one["attack"], one["choice"], one["order"]) for one in kept}
    for variant in variants(embeddings, options.orders):
        named = variant.attack, variant.choice, variant.order
        if variant.attack in options.attacks and named not in known:
            kept.append(dict(zip(("attack", "choice", "order"), named, strict=True)))
            kept[-1] |= summary([bench.run(variant, budget) for budget in BUDGETS])
            with options.kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(kept[-1]) + "\n")
    print("\n".join(table(kept)))


def lines_of(file: Path) -> list[str]:
    """Return the lines of a file, none if it is not there."""
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def summary(runs: Sequence[Sequence[Outcome]]) -> dict[str, Any]:
    """Return who fell at each budget, and the queries of the greatest."""
    fell = [[int(o.status is Status.SUCCEEDED) for o in run] for run in runs]
    return {"fell": fell, "queries": [o.queries for o in runs[-1]]}


def moved(embeddings: Embeddings) -> Iterator[str]:
    """Say how the rows of the table moved."""
    drift, decay = embeddings.drift, embeddings.decay
    still = drift == 0
    low, middle, high = np.quantile(decay[still], (0, 0.5, 1))
    yield f"{still.sum():,} of {len(drift):,} rows only shrank, by {low:.1e} to {high:.1e}"
    yield f"(median {middle:.2e}). Median drift of the others: {np.median(drift[~still]):.3f}.\n"


def table(kept: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of the table."""
    heads = [f"at {budget}" for budget in BUDGETS]
    yield f"| attack | choice | order | {' | '.join(heads)} | mean | over own | p | queries |"
    yield "| --- " * 3 + "| --: " * (len(BUDGETS) + 4) + "|"
    rates = [np.array(one["fell"], float) for one in kept]
    own = {
        (one["attack"], one["choice"]): rate.mean(axis=0)
        for one, rate in zip(kept, rates, strict=True)
        if one["order"] == "own"
    }
    apart = [
        rate.mean(axis=0) - own[one["attack"], one["choice"]]
        for one, rate in zip(kept, rates, strict=True)
    ]
    tested = [i for i, one in enumerate(kept) if one["order"] != "own"]
    p_values = holm(permutation(np.stack([apart[i] for i in tested], axis=1), seed=0).tolist())
    told = {i: (interval(apart[i]), f"{p:.3f}") for i, p in zip(tested, p_values, strict=True)}
    for i, (one, rate) in enumerate(zip(kept, rates, strict=True)):
        cells = [one["attack"], one["choice"], one["order"]]
        cells += [f"{share:.2f}" for share in rate.mean(axis=1)]
        cells += [f"{rate.mean():.3f}", *told.get(i, ("", "")), f"{np.mean(one['queries']):.0f}"]
        yield f"| {' | '.join(cells)} |"


def interval(differences: Floats) -> str:
    """Return a mean with its 95 % interval by Student's t."""
    mean, n = differences.mean(), len(differences)
    half = t.ppf(0.975, n - 1) * differences.std(ddof=1) / np.sqrt(n)
    return f"{mean:+.3f} ({mean - half:+.3f} to {mean + half:+.3f})"


if __name__ == "__main__":
    main()
