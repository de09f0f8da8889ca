"""OpenAttack itself beside weaklink's attacks by its rules, where no trained weights are needed.

Both attack the same model on samples that it was not trained on. weaklink runs as a user runs it.
OpenAttack is given weaklink's WordNet, spaCy's tags of OpenAttack's own tokens, weaklink's sentence
encoder, and for TextBugger the same draws; all else is its own, the bound of its TextFooler that
drops for good included.

    python -m benchmarks.attacks.openattack_itself MODEL [--samples 200] [--data rotten_tomatoes]
"""

from __future__ import annotations

import argparse
import sys
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nltk
import numpy as np
import spacy
from spacy.tokens import Doc

import weaklink
from weaklink.engine.attempt import attempt_random
from weaklink.lexicons.wordnet_reader import open_wordnet
from weaklink.models.encoder import load_encoder
from weaklink.packaged import spacy_model
from weaklink.store import OutcomeKey
from weaklink.victims import load_victim

KINDS = {
    "openattack-textfooler": "TextFoolerAttacker",
    "openattack-pwws": "PWWSAttacker",
    "openattack-textbugger": "TextBuggerAttacker",
    "openattack-hotflip": "HotFlipAttacker",
}
COLUMNS = (
    "attack", "n", "success, OpenAttack", "success, weaklink", "equal flags", "equal texts",
    "queries, OpenAttack", "queries, weaklink",
)  # fmt: skip


def openattack() -> Any:
    """Return OpenAttack with weaklink's resources in the place of its downloads."""
    encoder = load_encoder()
    hub: Any = types.ModuleType("tensorflow_hub")
    hub.load = lambda _: (
        lambda pair: types.SimpleNamespace(
            numpy=lambda: encoder.forward(encoder.encode(list(pair)))
        )
    )
    sys.modules["tensorflow_hub"] = hub
    import OpenAttack

    manager = OpenAttack.DataManager
    references = {
        "TProcess.NLTKWordNet": open_wordnet(),
        "TProcess.NLTKSentTokenizer": nltk.tokenize.punkt.PunktSentenceTokenizer().tokenize,
        "TProcess.NLTKPerceptronPosTagger": tagger(),
        "AttackAssist.UniversalSentenceEncoder": "",
    }
    for name, value in references.items():
        manager.data_reference[name] = value
        manager.data_path[name] = str(Path(__file__).parent)
    return OpenAttack


def tagger() -> Any:
    """Return a function from tokens to their Penn tags, as NLTK's perceptron has them."""
    pipeline = spacy.load(spacy_model(), exclude=["parser", "lemmatizer", "ner"])

    def tag(words: Sequence[str]) -> list[tuple[str, str]]:
        doc = pipeline(Doc(pipeline.vocab, words=list(words)))
        return [(token.text, token.tag_) for token in doc]

    return tag


class Theirs:
    """OpenAttack's attacks on a victim of weaklink's."""

    def __init__(self, model: str) -> None:
        package = openattack()
        victim = load_victim(model, device="cpu")
        self._attackers, self.queries = package.attackers, 0
        theirs = self

        def get_prob(_: Any, texts: Sequence[str]) -> Any:
            theirs.queries += len(texts)
            return victim.forward(victim.encode(texts))

        def get_pred(self: Any, texts: Sequence[str]) -> Any:
            return get_prob(self, texts).argmax(axis=1)

        functions = {"get_prob": get_prob, "get_pred": get_pred}
        self._classifier = type("Victim", (package.Classifier,), functions)()

    def attack(self, name: str, rows: Sequence[Mapping[str, Any]]) -> list[tuple[str | None, int]]:
        """Return the text found and the queries of each sample, in order, by one attacker."""
        attacker = getattr(self._attackers, KINDS[name])()
        module: Any = sys.modules[type(attacker).__module__]
        found = []
        for row in rows:
            if hasattr(module, "random"):
                module.random = attempt_random(key_of(row), name)
            self.queries = 0
            text = attacker(self._classifier, {"x": row["original_text"]})
            found.append((text, self.queries))
        return found


def key_of(row: Mapping[str, Any]) -> OutcomeKey:
    names = (
        "victim_fingerprint", "attack_fingerprint", "data_fingerprint", "sample_id", "repetition",
        "seed",
    )  # fmt: skip
    return OutcomeKey(*(row[name] for name in names))


def row_of(name: str, ours: Sequence[Mapping[str, Any]], theirs: Sequence[Any]) -> str:
    """Return a line of the table."""
    texts = [(row["adversarial_text"], text) for row, (text, _) in zip(ours, theirs, strict=True)]
    flags = np.array([[text is not None for text in pair] for pair in texts])
    cells = [
        name,
        str(len(texts)),
        f"{flags[:, 1].mean():.3f}",
        f"{flags[:, 0].mean():.3f}",
        f"{(flags[:, 0] == flags[:, 1]).sum()} of {len(texts)}",
        f"{sum(a == b for a, b in texts)} of {len(texts)}",
        f"{np.mean([queries for _, queries in theirs]):.1f}",
        f"{np.mean([row['queries'] for row in ours]):.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--data", default="rotten_tomatoes")
    parser.add_argument("--attacks", nargs="+", default=list(KINDS))
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        result = weaklink.audit(
            options.model,
            data=options.data,
            samples=options.samples,
            unseen=True,
            attacks=tuple(options.attacks),
            repetitions=1,
            language_model=None,
            store=Path(folder) / "audit.db",
        )
        order = list(result.study.campaigns[result.record.campaigns[0].campaign].data.sample_ids)
        rows = sorted(result.outcomes().to_dicts(), key=lambda row: order.index(row["sample_id"]))
    theirs = Theirs(options.model)
    print(f"| {' | '.join(COLUMNS)} |\n{'| --- ' * len(COLUMNS)}|")
    for name in options.attacks:
        ours = [row for row in rows if row["attack"] == name]
        print(row_of(name, ours, theirs.attack(name, ours)), flush=True)


if __name__ == "__main__":
    main()
