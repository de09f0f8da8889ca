"""Text as words and the gaps between them, with an exact round trip."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Self

from weaklink.text.boundaries import word_spans


@dataclass(frozen=True, slots=True)
class Words:
    """A text split into words; ``str(words)`` is the very text that it came from.

    ``gaps`` has one entry more than ``words``: the text before the first word, between each two,
    and after the last. Words are Unicode's, as ``boundaries`` tells: runs of letters with their
    marks and digits, joined by inner apostrophes and hyphens. Everything else is gap: HTML tags
    such as ``<br />``, and special tokens of tokenizers such as ``<s>``, ``[SEP]`` and
    ``<|endoftext|>``. What merely stands between ``<`` and ``>`` is not a tag: the words of
    ``a<b and c>d`` are words.

    >>> words = Words.split("It isn't (quite) well-made.")
    >>> words.words
    ('It', "isn't", 'quite', 'well-made')
    >>> str(words.replace(2, "rather"))
    "It isn't (rather) well-made."
    >>> Words.split("<s>good</s> if a<b and c>d [SEP]<br />").words
    ('good', 'if', 'a', 'b', 'and', 'c', 'd')
    """

    words: tuple[str, ...]
    gaps: tuple[str, ...]

    @classmethod
    def split(cls, text: str, until: int | None = None) -> Self:
        """Split ``text``; what begins or reaches beyond the character ``until`` is left unsplit.

        Victims read no more than their maximum length: what lies beyond stays in the last gap,
        so that no attack spends queries on it.
        """
        end = len(text) if until is None else until
        spans = [span for span in word_spans(text) if span[1] <= end]
        starts = [0, *(stop for _, stop in spans)]
        stops = [*(start for start, _ in spans), len(text)]
        return cls(
            words=tuple(text[start:stop] for start, stop in spans),
            gaps=tuple(text[start:stop] for start, stop in zip(starts, stops, strict=True)),
        )

    def __len__(self) -> int:
        return len(self.words)

    def __str__(self) -> str:
        pairs = zip(self.words, self.gaps[1:], strict=True)
        return self.gaps[0] + "".join(chain.from_iterable(pairs))

    def spans(self) -> list[tuple[int, int]]:
        """Return the first character and the one after the last of each word in ``str(self)``."""
        spans, position = [], len(self.gaps[0])
        for word, gap in zip(self.words, self.gaps[1:], strict=True):
            spans.append((position, position + len(word)))
            position += len(word) + len(gap)
        return spans

    def replace(self, position: int, word: str) -> Self:
        """Return the words with the one at ``position`` replaced; the gaps stay.

        Raises:
            IndexError: There is no such position.
        """
        if not 0 <= position < len(self.words):
            raise IndexError(f"expected a position in [0, {len(self.words)}), got {position}")
        words = (*self.words[:position], word, *self.words[position + 1 :])
        return type(self)(words, self.gaps)

    def joined(self, first: int, last: int) -> Self:
        """Return the words with those from ``first`` to the one before ``last`` as a single one.

        >>> Words.split("Mr. Brown is back").joined(0, 2).words
        ('Mr. Brown', 'is', 'back')
        """
        parts = zip(self.words[first:last], ("", *self.gaps[first + 1 : last]), strict=True)
        whole = "".join(gap + word for word, gap in parts)
        words = (*self.words[:first], whole, *self.words[last:])
        return type(self)(words, self.gaps[: first + 1] + self.gaps[last:])

    def variants(self, position: int, words: Iterable[str]) -> list[str]:
        """Return the text once with each of some words in the place of the one at ``position``.

        >>> Words.split("a fine film").variants(1, ["good", "bad"])
        ['a good film', 'a bad film']
        """
        before, after = self._around(position)
        return [f"{before}{word}{after}" for word in words]

    def without(self, position: int) -> str:
        """Return the text with one word deleted, and one of the blanks that stood around it.

        >>> Words.split("a very fine film").without(1)
        'a fine film'
        """
        before, after = self._around(position)
        parted = self.gaps[position][-1:].isspace() and self.gaps[position + 1][:1].isspace()
        return before + after[parted:]

    def _around(self, position: int) -> tuple[str, str]:
        """Return the text before the word at ``position``, and the text after it."""
        before = zip(self.gaps, self.words[:position], strict=False)
        after = zip(self.gaps[position + 1 :], self.words[position + 1 :], strict=False)
        return (
            "".join(chain.from_iterable(before)) + self.gaps[position],
            "".join(chain.from_iterable(after)) + self.gaps[-1],
        )

    def between(self, first: int, last: int) -> str:
        """Return the text from the word ``first`` to the one before ``last``.

        The gap that follows belongs to it up to its first blank, so that a sentence keeps its
        full stop.
        """
        if first >= last:
            return ""
        tail = re.match(r"\S*", self.gaps[last])
        gaps = ("", *self.gaps[first + 1 : last], tail[0] if tail else "")
        return str(type(self)(self.words[first:last], gaps))

    def window(self, position: int, size: int) -> tuple[Self, int]:
        """Return up to ``size`` words around ``position``, and where the position is among them.

        The window is centred where the text allows it and shifted where it does not.
        """
        first = max(0, min(position - size // 2, len(self.words) - size))
        last = min(len(self.words), first + size)
        gaps = ("", *self.gaps[first + 1 : last], "")
        return type(self)(self.words[first:last], gaps), position - first
