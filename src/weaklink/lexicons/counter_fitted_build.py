"""Builds counter-fitted word vectors from GloVe and WordNet, and writes down how.

Deviations from Mrkšić et al. 2016, whose method is in ``counter_fitting``:

- The vectors are GloVe's alone, and the pairs WordNet's alone; the paper adds synonyms and
  antonyms of PPDB, and its best vectors (Paragram-SL999) were trained on synonyms already.
- Adjectives that are opposites through the central adjectives of their clusters ("awful" and
  "great") count as antonyms too. In a space of 50 dimensions they are otherwise neighbours.
- The mean of the vectors and the two directions in which they vary most are taken out first
  (Mu and Viswanath 2018, https://openreview.net/forum?id=HkuGJ3kCb): they tell how frequent a word
  is more than what it means, and at 50 dimensions they make every two words similar.
- The vocabulary is the 60,000 most frequent of GloVe's words that WordNet knows.
"""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from safetensors.numpy import save_file

from weaklink.lexicons.constraints import constrain
from weaklink.lexicons.counter_fitted_check import SpaceFigures, figures, passes
from weaklink.lexicons.counter_fitting import Hyperparameters, counter_fit
from weaklink.lexicons.glove import load_glove
from weaklink.lexicons.vectors import TENSOR
from weaklink.lexicons.wordnet import load_wordnet
from weaklink.progress import Progress

MANIFEST = "manifest.json"
VOCABULARY = 60_000
LEAST_SHARE = 0.05
DIRECTIONS = 2


class VectorsManifest(BaseModel):
    """What the vectors were built from and how, and how they came out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paper: str = "https://aclanthology.org/N16-1018"
    glove: str
    """Digest of the vectors that it started from."""
    wordnet: str
    """Digest of the WordNet that the pairs are from."""
    words: int
    dimensions: int
    synonyms: int
    antonyms: int
    parameters: dict[str, float]
    versions: dict[str, str]
    before: SpaceFigures
    after: SpaceFigures
    passes: bool
    """Whether antonyms came apart, synonyms together, and opposites are neighbours no longer."""


def build(folder: Path, progress: Progress, size: int = VOCABULARY) -> None:
    """Build the vectors and write them into a folder, with ``words.txt`` and ``manifest.json``.

    Nothing is drawn at random: the same inputs give the same vectors, up to the last bits, which
    depend on the machine and its threads.

    Raises:
        WeaklinkError: GloVe or WordNet is not installed.
    """
    progress.begin("Finding synonyms and antonyms in WordNet")
    glove, wordnet = load_glove(), load_wordnet()
    constraints = constrain(glove.words, wordnet, size, LEAST_SHARE)
    parameters = Hyperparameters()
    raw = glove.matrix(constraints.words)
    start = without_top(raw, DIRECTIONS)
    fitted = counter_fit(start, constraints.synonyms, constraints.antonyms, parameters, progress)
    progress.begin("Checking the vectors")
    before, after = figures(raw, constraints), figures(fitted, constraints)
    manifest = VectorsManifest(
        glove=glove.digest,
        wordnet=wordnet.digest,
        words=len(constraints.words),
        dimensions=fitted.shape[1],
        synonyms=len(constraints.synonyms),
        antonyms=len(constraints.antonyms),
        parameters={**asdict(parameters), "least_share": LEAST_SHARE, "directions": DIRECTIONS},
        versions={name: version(name) for name in ("weaklink", "torch", "numpy", "nltk")},
        before=before,
        after=after,
        passes=passes(before, after),
    )
    save_file({TENSOR: fitted}, folder / "vectors.safetensors")
    (folder / "words.txt").write_text("".join(f"{w}\n" for w in constraints.words), "utf-8")
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2), "utf-8")


def without_top(vectors: NDArray[np.float32], directions: int) -> NDArray[np.float32]:
    """Return the vectors less their mean and their part in the directions of most variance."""
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    top = axes[:, axes.shape[1] - directions :]
    rest: NDArray[np.float32] = centred - (centred @ top) @ top.T
    return rest
