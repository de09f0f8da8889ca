"""A text as passages that networks for single sentences can read, with an exact round trip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import regex

from weaklink.text.sentences import STOPS, sentences
from weaklink.text.words import Words

_CLAUSE = regex.compile(
    r"[,;:)\]—–]['\"’”]*\s|\s['\"“\u2018]*[(\[—–]|\s-+\s|--|[\uff0c、\uff1b\uff1a،؛]"
)
_CLOSED = r"['\"”’)\]」』\uff09】》]"
_CLOSING = regex.compile(rf"(?V1)(?: ?{_CLOSED}+)* ?{STOPS}+{_CLOSED}*|{_CLOSED}*")
_OPENING = regex.compile(r"['\"“\u2018(\[「『\uff08【《]*$")


@dataclass(frozen=True, slots=True)
class Passages:
    """A text split into passages; ``str(passages)`` is the very text that it came from.

    A passage is a sentence with what closes it, or a part of a sentence without the punctuation
    between clauses. ``gaps`` has one entry more than ``passages``: the text before the first,
    between each two, and after the last.

    >>> passages = Passages.split(Words.split("Slow, yes. But <br /> it grows on you!"), most=9)
    >>> passages.passages
    ('Slow, yes.', 'But', 'it grows on you!')
    >>> str(passages.replace(0, "Yes, slow."))
    'Yes, slow. But <br /> it grows on you!'
    """

    passages: tuple[str, ...]
    gaps: tuple[str, ...]

    @classmethod
    def split(cls, words: Words, most: int) -> Self:
        """Split a text into its sentences, and longer ones into parts of up to ``most`` words.

        A long sentence is cut at the punctuation between clauses that is nearest its middle, or,
        where there is none, in the middle; its parts likewise.
        """
        ranges = [part for sentence in sentences(words) for part in _cut(words, sentence, most)]
        text, spans = str(words), words.spans()
        stops = [spans[part[-1]][1] + len(_closing(words.gaps[part.stop])) for part in ranges]
        starts = [
            max(end, spans[part[0]][0] - len(_opening(words.gaps[part.start])))
            for end, part in zip([0, *stops], ranges, strict=False)
        ]
        bounds = zip([0, *stops], [*starts, len(text)], strict=True)
        return cls(
            passages=tuple(text[a:b] for a, b in zip(starts, stops, strict=True)),
            gaps=tuple(text[a:b] for a, b in bounds),
        )

    def __len__(self) -> int:
        return len(self.passages)

    def __str__(self) -> str:
        inner = (a + b for a, b in zip(self.passages, self.gaps[1:], strict=True))
        return self.gaps[0] + "".join(inner)

    def replace(self, position: int, passage: str) -> Self:
        """Return the passages with the one at ``position`` replaced; the gaps stay."""
        passages = (*self.passages[:position], passage, *self.passages[position + 1 :])
        return type(self)(passages, self.gaps)


def _cut(words: Words, part: range, most: int) -> list[range]:
    if len(part) <= most:
        return [part]
    inner = range(part.start + 1, part.stop)
    clauses = [i for i in inner if _CLAUSE.search(words.gaps[i])]
    place = min(clauses or inner, key=lambda i: (abs(2 * i - part.start - part.stop), i))
    first, rest = range(part.start, place), range(place, part.stop)
    return _cut(words, first, most) + _cut(words, rest, most)


def _closing(gap: str) -> str:
    """Return the start of a gap that closes what stands before it: a full stop, a quote."""
    found = _CLOSING.match(gap)
    return found[0] if found else ""


def _opening(gap: str) -> str:
    """Return the end of a gap that opens what stands after it: a quote, a bracket."""
    found = _OPENING.search(gap)
    return found[0] if found else ""
