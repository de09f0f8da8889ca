"""weaklink's own resources, written in the formats that the peers read."""

from __future__ import annotations

import pickle
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from weaklink.lexicons.counter_fitted import load_counter_fitted
from weaklink.lexicons.stop_words import STOP_WORDS
from weaklink.lexicons.vectors import Vectors
from weaklink.lexicons.wordnet_files import PLACE, prepared_wordnet
from weaklink.packaged import MINILM

_WIDTH = 300
_NEIGHBOURS = 50


def write_resources(folder: Path, texts: Iterable[str]) -> None:
    """Write everything that the peers need to attack ``texts`` offline."""
    shutil.rmtree(folder, ignore_errors=True)
    vectors = load_counter_fitted()
    _write_nltk(folder / "nltk_data")
    shutil.copytree(prepared_wordnet() / PLACE, folder / "openattack" / "TProcess.NLTKWordNet")
    _write_text_vectors(vectors, folder / "openattack" / "AttackAssist.CounterFit")
    for name in ("TProcess.NLTKSentTokenizer", "TProcess.NLTKPerceptronPosTagger"):
        (folder / "openattack" / name).mkdir()
    (folder / "openattack" / "AttackAssist.UniversalSentenceEncoder").mkdir()
    words = {word.lower() for text in texts for word in text.split()}
    words |= {part for word in words for part in "".join(
        c if c.isalnum() else " " for c in word).split()}  # fmt: skip
    _write_paragram(vectors, folder / "textattack" / "word_embeddings" / "paragramcf", words)


def encoder_folder() -> Path:
    """Return the sentence encoder that all share."""
    return MINILM.require("The sentence encoder")


def _write_nltk(folder: Path) -> None:
    """WordNet, and for TextAttack the stop words and an empty folder of other languages."""
    shutil.copytree(prepared_wordnet() / PLACE, folder / PLACE)
    (folder / "corpora" / "omw-1.4").mkdir()
    (folder / "corpora" / "stopwords").mkdir()
    lines = "".join(f"{word}\n" for word in sorted(STOP_WORDS))
    (folder / "corpora" / "stopwords" / "english").write_text(lines, "utf-8")


def _write_text_vectors(vectors: Vectors, folder: Path) -> None:
    """OpenAttack keeps only vectors of 300 numbers: ours are filled up with zeros."""
    folder.mkdir(parents=True)
    matrix = vectors.matrix(vectors.words)
    zeros = " 0" * (_WIDTH - matrix.shape[1])
    with (folder / "counter-fitted-vectors.txt").open("w", encoding="utf-8") as file:
        for word, row in zip(vectors.words, matrix, strict=True):
            file.write(f"{word} {' '.join(f'{x:.6g}' for x in row)}{zeros}\n")


def _write_paragram(vectors: Vectors, folder: Path, words: Iterable[str]) -> None:
    """Vectors and neighbours for TextAttack; neighbours only of the words that it will look up."""
    folder.mkdir(parents=True)
    place = {word: i for i, word in enumerate(vectors.words)}
    nearest = np.tile(np.arange(len(vectors))[:, None], (1, _NEIGHBOURS + 1))
    for word in sorted(set(words) & set(place)):
        found = [place[n.word] for n in vectors.neighbours(word, _NEIGHBOURS)]
        nearest[place[word], 1 : 1 + len(found)] = found
    np.save(folder / "paragram.npy", vectors.matrix(vectors.words))
    np.save(folder / "nn.npy", nearest)
    for name, content in {
        "wordlist.pickle": place,
        "mse_dist.p": defaultdict(dict),
        "cos_sim.p": defaultdict(dict),
    }.items():
        (folder / name).write_bytes(pickle.dumps(content))
