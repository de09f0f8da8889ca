"""Parity with OpenAttack 2.1.1 itself, for the four attacks that need no trained weights.

Both are given the same victim (naive Bayes on words), the same tags, the same WordNet, the same
similarity and the same draws; 200 sentences of Rotten Tomatoes.
"""

import math
import random
import sys
import types
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from weaklink.attacks import Context, Goal, Lexicon, Score, Similarity, Tag
from weaklink.attacks.registry import find
from weaklink.data.datasets import load_split
from weaklink.lexicons.entities import EntityTable
from weaklink.lexicons.wordnet_reader import open_wordnet
from weaklink.testing import ToyEncoder, drive
from weaklink.text import Words

pytestmark = pytest.mark.filterwarnings("ignore")
SAMPLES = 200
AGREE = 0.97


class NaiveBayes:
    """Words' weights from counts by label; the sum of a text's weights is its logit."""

    def __init__(self, texts, labels):
        counts = [Counter(), Counter()]
        for text, label in zip(texts, labels, strict=True):
            counts[label].update(set(text.lower().split()))
        self._weights = {
            word: math.log((counts[1][word] + 1) / (counts[0][word] + 1))
            for word in counts[0] | counts[1]
        }

    def forward(self, texts):
        logits = [sum(self._weights.get(w, 0.0) for w in t.lower().split()) for t in texts]
        positive = 1 / (1 + np.exp(-np.array(logits)))
        return np.column_stack([1 - positive, positive])


def penn(word):
    """Return a tag by the word's ending."""
    endings = {"ly": "RB", "ing": "VBG", "ed": "VBD", "ful": "JJ", "ous": "JJ", "y": "JJ"}
    return next((tag for ending, tag in endings.items() if word.endswith(ending)), "NN")


def cosines(reference, texts):
    rows = ToyEncoder().forward([reference, *texts])
    return rows[1:] @ rows[0]


@pytest.fixture(scope="module")
def split():
    return load_split("rotten_tomatoes")


@pytest.fixture(scope="module")
def victim(split):
    return NaiveBayes(split.texts[::2], split.gold[::2])


@pytest.fixture(scope="module")
def texts(split, victim):
    """Return texts of both labels that were not counted."""
    return [split.texts[i] for i in range(1, len(split.texts), 42)][:SAMPLES]


@pytest.fixture(scope="module")
def lexicon():
    return Lexicon(lambda: EntityTable({}))


@pytest.fixture(scope="module")
def openattack(victim):
    """OpenAttack with the shared resources, and its classifier."""
    package = pytest.importorskip("OpenAttack")
    import nltk

    hub = types.ModuleType("tensorflow_hub")
    hub.load = lambda _: (
        lambda pair: types.SimpleNamespace(numpy=lambda: ToyEncoder().forward(list(pair)))
    )
    patch = pytest.MonkeyPatch()
    patch.setitem(sys.modules, "tensorflow_hub", hub)
    references = {
        "TProcess.NLTKWordNet": open_wordnet(),
        "TProcess.NLTKSentTokenizer": nltk.tokenize.punkt.PunktSentenceTokenizer().tokenize,
        "TProcess.NLTKPerceptronPosTagger": lambda words: [(w, penn(w)) for w in words],
        "AttackAssist.UniversalSentenceEncoder": "",
    }
    for name, value in references.items():
        patch.setitem(package.DataManager.data_reference, name, value)
        patch.setitem(package.DataManager.data_path, name, str(Path(__file__).parent))

    class Classifier(package.Classifier):
        def get_prob(self, texts):
            return victim.forward(texts)

        def get_pred(self, texts):
            return victim.forward(texts).argmax(axis=1)

    yield package.attackers, Classifier()
    patch.undo()


def attacked(name, text, victim, lexicon, seed):
    """Return what weaklink's attack finds."""
    attack = find(name)
    original = victim.forward([text])[0]
    context = Context(
        attack.parameters(), Goal(int(original.argmax())), original, None, "", lexicon,
        random.Random(seed),
    )  # fmt: skip
    answers = {
        Score: lambda ask: victim.forward(ask.texts),
        Tag: lambda ask: [tuple(map(penn, words.words)) for words in ask.texts],
        Similarity: lambda ask: cosines(ask.reference, ask.texts),
    }
    return drive(attack.run(Words.split(text), context), answers)[0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("openattack-textfooler", "TextFoolerAttacker"),
        ("openattack-pwws", "PWWSAttacker"),
        ("openattack-textbugger", "TextBuggerAttacker"),
        ("openattack-hotflip", "HotFlipAttacker"),
    ],
)
def test_parity_with_openattack_itself(name, kind, openattack, victim, lexicon, texts):
    attackers, classifier = openattack
    attacker = getattr(attackers, kind)()
    theirs, ours = [], []
    for seed, text in enumerate(texts):
        random.seed(seed)
        theirs.append(attacker(classifier, {"x": text}))
        ours.append(attacked(name, text, victim, lexicon, seed))
    flags = np.array([[one is not None for one in found] for found in (theirs, ours)])
    assert 0.2 < flags[0].mean() < 0.98
    assert (flags[0] == flags[1]).mean() >= AGREE
    assert np.mean([a == b for a, b in zip(theirs, ours, strict=True)]) >= AGREE
