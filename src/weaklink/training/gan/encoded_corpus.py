"""Sentences as the numbers that the networks are trained with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from weaklink.cache import digest_of_parts
from weaklink.generators.tokens import tokenise
from weaklink.generators.vocabulary import EOS, Vocabulary
from weaklink.text import Passages, Words

_PART_WORDS = 10
_FEWEST_TOKENS = 4
_VALIDATION_EVERY = 250
_PARTS_EVERY = 4


@dataclass(frozen=True, slots=True)
class EncodedCorpus:
    """What is learnt from.

    Attributes:
        vocabulary: The most frequent words.
        training: The numbers of each sentence, its end included.
        validation: Likewise, of sentences that tell when to stop.
        frequencies: The share of each number among all in ``training``, shape (vocabulary,).
    """

    vocabulary: Vocabulary
    training: tuple[tuple[int, ...], ...]
    validation: tuple[tuple[int, ...], ...]
    frequencies: Tensor

    @property
    def digest(self) -> str:
        """Digest of the vocabulary and of all that is learnt from."""
        rows = (" ".join(map(str, row)) for row in self.training)
        return digest_of_parts([*self.vocabulary.words, "", *rows])


def encode_corpus(sentences: Sequence[str], words: int) -> EncodedCorpus:
    """Return sentences, and the parts of some of them, as numbers.

    The attack gives the networks parts of long sentences; they learn from such parts as well, cut
    as the attack cuts them.

    Args:
        sentences: What is learnt from; one in 250 is for validation, and one in four is cut.
        words: Size of the vocabulary.
    """
    kept = [s for i, s in enumerate(sentences) if i % _VALIDATION_EVERY]
    parts = [part for sentence in kept[::_PARTS_EVERY] for part in _parts(sentence)]
    tokens = [*map(tokenise, kept), *parts]
    vocabulary = Vocabulary.from_counts(Counter(word for row in tokens for word in row), words)
    training = tuple((*vocabulary.encode(row), EOS) for row in tokens)
    counts = torch.bincount(
        torch.tensor([word for row in training for word in row]), minlength=len(vocabulary)
    )
    return EncodedCorpus(
        vocabulary=vocabulary,
        training=training,
        validation=tuple(
            (*vocabulary.encode(tokenise(sentence)), EOS)
            for sentence in sentences[::_VALIDATION_EVERY]
        ),
        frequencies=counts / counts.sum(),
    )


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """Return rows as one tensor, shape (rows, length of the longest)."""
    return pad_sequence([torch.tensor(row) for row in rows], batch_first=True)


def _parts(sentence: str) -> Iterator[list[str]]:
    parts = Passages.split(Words.split(sentence), _PART_WORDS).passages
    if len(parts) > 1:
        yield from (row for row in map(tokenise, parts) if len(row) >= _FEWEST_TOKENS)
