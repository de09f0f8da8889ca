"""A bag of words under attack: TF-IDF and a linear classifier, which answers in microseconds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import softmax

from weaklink.text.pairs import parted
from weaklink.victims.protocol import Encoded, FirstOrder, Floats, Gradient

UNKNOWN = "[UNK]"
"""Contains a word that is in no vocabulary."""

_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """Return the words that a bag of words counts, without case.

    >>> words_of("It isn't [GOOD].")
    ['it', 'isn', 't', 'good']
    """
    return _WORD.findall(text.casefold())


@dataclass(frozen=True, eq=False)
class TfidfVictim:
    """A linear classifier of TF-IDF vectors: counts times ``idf``, divided by their length.

    Attributes:
        name: How reports name it.
        labels: The names of its labels.
        vocabulary: The column of each word that it knows.
        idf: Inverse document frequencies, shape (words,).
        weights: Shape (words, labels).
        bias: Shape (labels,).
        fingerprint: Digest of what it was trained on and how.
        details: What it is, for people.
        reads_pairs: Of a pair, it counts the words of both segments together.
    """

    name: str
    labels: tuple[str, ...]
    vocabulary: Mapping[str, int]
    idf: Floats
    weights: Floats
    bias: Floats
    fingerprint: str
    details: dict[str, str]
    reads_pairs: ClassVar[bool] = True

    @property
    def unknown(self) -> str:
        """A word that it does not know."""
        return UNKNOWN

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the columns of each text's known words, sorted: their order does not matter."""
        return [tuple(sorted(self._columns(text))) for text in texts]

    def forward(self, batch: Sequence[Encoded]) -> Floats:
        """Return probabilities of shape (batch, labels)."""
        return np.array([self._probabilities(*self._bag(item)) for item in batch])

    def visible(self, text: str) -> int:
        """Return the length of what is attacked: it reads all of it."""
        return len(parted(text)[0])

    def gradients(self, requests: Sequence[Gradient]) -> list[FirstOrder]:
        """Return the first-order view at each text: an edit exchanges the words of a word."""
        return [self._view(request) for request in requests]

    def _view(self, request: Gradient) -> FirstOrder:
        slopes = self._slopes(request.text, request.label)
        found = [slopes[self._columns(word)] for word in request.words.words]
        edits = [
            slopes[self._columns(edit)].sum() - old.sum()
            for old, of_word in zip(found, request.edits, strict=True)
            for edit in of_word
        ]
        norms = [float(np.linalg.norm(old)) for old in found]
        return FirstOrder(np.array(norms, dtype=float), np.array(edits, dtype=float))

    def _slopes(self, text: str, label: int) -> Floats:
        """Return the derivative of ``-log p(label)`` by the count of each word of the vocabulary.

        For a vector ``v`` with ``u = v / |v|``, that of ``w · u`` is ``(w - (w · u) u) / |v|``.
        """
        columns, unit, length = self._bag(self.encode([text])[0])
        loss = self._probabilities(columns, unit, length)
        loss[label] -= 1
        by_feature: Floats = self.weights @ loss
        along = float(by_feature[columns] @ unit)
        by_feature[columns] -= along * unit
        slopes: Floats = by_feature * self.idf / length
        return slopes

    def _bag(self, item: Encoded) -> tuple[list[int], Floats, float]:
        """Return the distinct columns of a text, its vector there, and what it was divided by."""
        columns, counts = np.unique(np.array(item, dtype=np.int64), return_counts=True)
        values: Floats = counts * self.idf[columns]
        length = float(np.linalg.norm(values)) or 1.0
        return columns.tolist(), values / length, length

    def _probabilities(self, columns: list[int], unit: Floats, _: float) -> Floats:
        probabilities: Floats = softmax(unit @ self.weights[columns] + self.bias)
        return probabilities

    def _columns(self, text: str) -> list[int]:
        return [self.vocabulary[word] for word in words_of(text) if word in self.vocabulary]
