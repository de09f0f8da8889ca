"""The models that measure generated sentences: an encoder and a causal language model."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

from weaklink.models.encoder import Encoder
from weaklink.models.perplexity import LanguageModel
from weaklink.victims import Floats

_BATCH = 64


class Judges:
    """Similarity and fluency of sentences.

    Args:
        encoder: For similarity.
        language_model: For fluency.
    """

    def __init__(self, encoder: Encoder, language_model: LanguageModel) -> None:
        self._encoder = encoder
        self._language_model = language_model

    def similarities(self, sentences: Sequence[str], others: Sequence[str]) -> Floats:
        """Return the cosine of each sentence with the one at the same place of ``others``."""
        cosines: Floats = (self._embed(sentences) * self._embed(others)).sum(axis=1)
        return cosines

    def perplexity(self, sentences: Sequence[str]) -> float:
        """Return the median perplexity, which a few strange sentences do not move."""
        perplexities = self._language_model.perplexities(sentences)
        return median(value for value in perplexities if value is not None)

    def _embed(self, sentences: Sequence[str]) -> Floats:
        rows = self._encoder.encode(sentences)
        batches = (rows[i : i + _BATCH] for i in range(0, len(rows), _BATCH))
        return np.concatenate([self._encoder.forward(batch) for batch in batches])
