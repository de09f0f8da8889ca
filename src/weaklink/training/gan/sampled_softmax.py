"""Cross-entropy over a part of the vocabulary, which is most of the time that training takes."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from weaklink.generators.gan.networks import Autoencoder
from weaklink.generators.vocabulary import PAD


class SampledSoftmax:
    """Compares each word with the words of its batch and some others, drawn evenly.

    After Jean, Cho, Memisevic and Bengio 2015 (https://aclanthology.org/P15-1001), section 3. Each
    word counts as often in the sum as it stands for words that were left out: by the reciprocal of
    the probability that it is in. The word that was written is always in, and counts once.

    Args:
        frequencies: The share of each word among all that are written, shape (vocabulary,).
        others: How many words to draw besides those of the batch.
    """

    def __init__(self, frequencies: Tensor, others: int) -> None:
        self._frequencies = frequencies
        self._others = others

    def __call__(self, autoencoder: Autoencoder, told: Tensor, words: Tensor) -> Tensor:
        """Return the mean loss of the words that are not padding.

        Args:
            autoencoder: Turns vectors into scores of words.
            told: What ``decode`` returned, shape (batch, length, word).
            words: What was to be written, shape (batch, length).
        """
        present = words != PAD
        written = words[present]
        size = len(self._frequencies)
        others = torch.randint(size, (self._others,), device=words.device)
        among = torch.unique(torch.cat([written, others]))
        absent = len(written) * torch.log1p(-self._frequencies[among])
        absent = absent + self._others * math.log1p(-1 / size)
        chance = torch.log(-torch.expm1(absent))
        place = torch.searchsorted(among, written)
        logits = autoencoder.logits(told[present], among).float() - chance
        logits = logits.scatter_add(1, place.unsqueeze(1), chance[place].unsqueeze(1))
        return functional.cross_entropy(logits, place)
