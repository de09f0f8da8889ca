"""Word vectors of other languages than English: a file of the user's."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np

from weaklink.lexicons.languages.coverage import vectors_of
from weaklink.lexicons.vectors import Vectors

_MOST_WORDS = 200_000
_MOST_LETTERS = 100
_READ_WORDS = 10_000


def load_vectors_of(language: str) -> Vectors:
    """Return the first 200,000 vectors in the file that ``WEAKLINK_VECTORS_XX`` names.

    fastText (https://fasttext.cc/docs/en/crawl-vectors.html) has files of 157 languages in this
    format, the most frequent word first. In plain vectors words are near that are used alike,
    opposites included; counter-fitted ones are better.

    Raises:
        WeaklinkError: The file cannot be read.
    """
    path = vectors_of(language)
    return _read(path) if path else Vectors((), np.zeros((0, 1), np.float32), "none")


def alphabet_of(vectors: Vectors) -> str:
    """Return the letters of the most frequent words, the most frequent first, 100 at most."""
    counts = Counter(
        letter for word in vectors.words[:_READ_WORDS] for letter in word if letter.isalpha()
    )
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "".join(letter for letter, _ in ordered[:_MOST_LETTERS])


@cache
def _read(path: Path) -> Vectors:
    return Vectors.from_text(path, most=_MOST_WORDS, lower=True)
