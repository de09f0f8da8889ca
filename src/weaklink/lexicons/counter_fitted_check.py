"""Checks counter-fitting: figures of a space before and after."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from weaklink.lexicons.constraints import Constraints

OPPOSITES = (
    ("good", "bad"), ("great", "awful"), ("wonderful", "terrible"), ("excellent", "poor"),
    ("best", "worst"), ("better", "worse"), ("love", "hate"), ("loved", "hated"),
    ("happy", "sad"), ("funny", "boring"), ("interesting", "dull"), ("exciting", "boring"),
    ("beautiful", "ugly"), ("smart", "stupid"), ("fresh", "stale"), ("strong", "weak"),
    ("success", "failure"), ("masterpiece", "disaster"), ("entertaining", "tedious"),
    ("original", "derivative"),
)  # fmt: skip
"""Words of opposite sentiment. Not all are antonyms in WordNet: some were never pushed apart."""

_NEAREST = 50


class SpaceFigures(BaseModel):
    """How synonyms and antonyms stand in one space."""

    model_config = ConfigDict(frozen=True)

    antonym_cosine: float
    """Mean cosine of the antonyms that were pushed apart."""
    synonym_cosine: float
    """Mean cosine of the synonyms that were pulled together."""
    opposite_cosine: float
    """Mean cosine of ``OPPOSITES``."""
    opposites_near: int
    """How many of ``OPPOSITES`` have one word among the other's 50 nearest."""
    opposites: int
    """How many of ``OPPOSITES`` are in the vocabulary."""


def figures(vectors: NDArray[np.float32], constraints: Constraints) -> SpaceFigures:
    """Return the figures of a space.

    Args:
        vectors: Of length 1, one for each word of the constraints.
        constraints: The vocabulary, and the pairs that counter-fitting was given.
    """
    rows = {word: row for row, word in enumerate(constraints.words)}
    known = [(rows[a], rows[b]) for a, b in OPPOSITES if a in rows and b in rows]
    return SpaceFigures(
        antonym_cosine=_mean_cosine(vectors, constraints.antonyms),
        synonym_cosine=_mean_cosine(vectors, constraints.synonyms),
        opposite_cosine=_mean_cosine(vectors, np.array(known, dtype=np.int64).reshape(-1, 2)),
        opposites_near=sum(_near(vectors, a, b) or _near(vectors, b, a) for a, b in known),
        opposites=len(known),
    )


def passes(before: SpaceFigures, after: SpaceFigures) -> bool:
    """Whether antonyms came apart, synonyms together, and opposites are neighbours no longer."""
    return (
        after.antonym_cosine < before.antonym_cosine
        and after.synonym_cosine > before.synonym_cosine
        and after.opposites_near == 0
    )


def _mean_cosine(vectors: NDArray[np.float32], pairs: NDArray[np.int64]) -> float:
    if not len(pairs):
        return 0.0
    products = (vectors[pairs[:, 0]] * vectors[pairs[:, 1]]).sum(axis=1)
    return round(float(products.mean()), 4)


def _near(vectors: NDArray[np.float32], word: int, other: int) -> bool:
    cosines = vectors @ vectors[word]
    return int((cosines > cosines[other]).sum()) <= _NEAREST
