"""The words that a network knows, by number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Self

PAD, UNK, BOS, EOS = range(4)
_SPECIALS = ("<pad>", "<unk>", "<bos>", "<eos>")


class Vocabulary:
    """Numbers for words; the first four stand for padding, unknown words, beginning and end.

    Args:
        words: The words in the order of their numbers, without the four.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = (*_SPECIALS, *words)
        self._numbers = {word: number for number, word in enumerate(self.words)}

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], size: int) -> Self:
        """Return the most frequent words, ties in alphabetical order.

        Args:
            counts: How often each word occurs.
            size: How many numbers there are at most, the four included.
        """
        ordered = sorted(counts, key=lambda word: (-counts[word], word))
        return cls(ordered[: size - len(_SPECIALS)])

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(json.loads(text))

    def to_json(self) -> str:
        """Return the words as text, for the metadata of a safetensors file."""
        return json.dumps(self.words[len(_SPECIALS) :], ensure_ascii=False)

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the number of each token, ``UNK`` for unknown ones."""
        return [self._numbers.get(token, UNK) for token in tokens]
