"""Vectors of words before anything is learnt from sentences."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

from weaklink.generators.vocabulary import Vocabulary
from weaklink.lexicons.vectors import Vectors

_SHARE = 0.9


@torch.no_grad()
def begin_with_vectors(weight: Tensor, vocabulary: Vocabulary, vectors: Vectors) -> None:
    """Set the first dimensions of words that have vectors to these.

    Words of like meaning then begin side by side, and so do the sentences that differ in them.

    Args:
        weight: The vectors of all words, of length 1 or so, changed in place.
        vocabulary: The words.
        vectors: Meanings of some of them, with fewer dimensions than ``weight``.
    """
    known = [number for number, word in enumerate(vocabulary.words) if word in vectors]
    if not known:
        return
    meanings = torch.from_numpy(vectors.matrix([vocabulary.words[number] for number in known]))
    dimensions = meanings.shape[1]
    rest = normalize(weight[known, dimensions:], dim=1) * (1 - _SHARE**2) ** 0.5
    weight[known] = torch.cat([meanings.float() * _SHARE, rest], dim=1)
