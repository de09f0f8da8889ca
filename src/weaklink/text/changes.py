"""What an attack changed in a text, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from weaklink.text.words import Words

Block: TypeAlias = tuple[range, range]
"""Positions of words of the original, and of the words in their place."""

_NEVER_FEWER = 2
"""So many replacements of texts of equal length never become fewer by another alignment; nor do
more, where no word that went came elsewhere."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the original text and the stretch of the adversarial text in its place."""

    original: str
    adversarial: str

    @property
    def changed(self) -> bool:
        """Whether the two stretches differ."""
        return self.original != self.adversarial


def changed_words(original: str, adversarial: str) -> tuple[Segment, ...]:
    """Align two texts by their words; all segments together give back both texts exactly.

    Changed and unchanged segments alternate: where as many words came as went, each changed word
    is a segment of its own, together with the gap beside it if that changed too.

    >>> changed_words("A fine film.", "A grand film.")[1]
    Segment(original='fine', adversarial='grand')
    """
    stretches = _stretches(Words.split(original), Words.split(adversarial))
    present = (segment for segment in stretches if segment.original or segment.adversarial)
    runs = (list(run) for _, run in groupby(present, key=lambda segment: segment.changed))
    return tuple(
        Segment("".join(s.original for s in run), "".join(s.adversarial for s in run))
        for run in runs
    )


def count_changed_words(original: str, adversarial: str) -> int:
    """Return how many words of the original were replaced or deleted, plus those inserted.

    A word that was split in two counts once.

    >>> count_changed_words("a foolish, fine film", "a fool ish, grand film")
    2
    """
    before, after = Words.split(original), Words.split(adversarial)
    if len(before) == len(after):
        differ = [(a, b) for a, b in zip(before.words, after.words, strict=True) if a != b]
        came = {b for _, b in differ}
        if len(differ) <= _NEVER_FEWER or came.isdisjoint(a for a, _ in differ):
            return len(differ)
    return sum(_changed(before, after, block) for block in _blocks(before, after))


def count_changed_characters(
    originals: Sequence[str], adversarials: Sequence[str]
) -> NDArray[np.int64]:
    """Return for each pair the fewest characters to insert, delete or replace (Levenshtein 1966).

    >>> count_changed_characters(["a foolish film"], ["a fool1sh, film"])
    array([2])
    """
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cpdist

    return cpdist(originals, adversarials, scorer=Levenshtein.distance).astype(np.int64)


def _blocks(before: Words, after: Words) -> list[Block]:
    """Return the blocks that cover both texts in order and change the fewest words.

    Attacks mostly replace words where they stand, which the longest common runs mistake where
    words recur; both alignments are tried.
    """
    matcher = SequenceMatcher(None, before.words, after.words)
    alignments = [[block for code in matcher.get_opcodes() for block in _split(*code[1:])]]
    if len(before) == len(after):
        alignments.insert(0, _split(0, len(before), 0, len(after)))
    return min(
        alignments, key=lambda blocks: sum(_changed(before, after, block) for block in blocks)
    )


def _split(start: int, stop: int, first: int, last: int) -> list[Block]:
    if stop - start != last - first:
        return [(range(start, stop), range(first, last))]
    pairs = zip(range(start, stop), range(first, last), strict=True)
    return [(range(went, went + 1), range(came, came + 1)) for went, came in pairs]


def _changed(before: Words, after: Words, block: Block) -> int:
    went, came = block
    same = before.words[went.start : went.stop] == after.words[came.start : came.stop]
    return 0 if same else len(went) or len(came)


def _stretches(before: Words, after: Words) -> Iterator[Segment]:
    """Yield the words of each block and, between the blocks, the gaps; either may be empty."""
    old, new = str(before), str(after)
    old_spans, new_spans = before.spans(), after.spans()
    old_done = new_done = 0
    for went, came in _blocks(before, after):
        old_start, old_stop = _extent(old_spans, went, old_done)
        new_start, new_stop = _extent(new_spans, came, new_done)
        yield Segment(old[old_done:old_start], new[new_done:new_start])
        yield Segment(old[old_start:old_stop], new[new_start:new_stop])
        old_done, new_done = old_stop, new_stop
    yield Segment(old[old_done:], new[new_done:])


def _extent(spans: list[tuple[int, int]], words: range, done: int) -> tuple[int, int]:
    """Return the first character of the words and the one after their last."""
    return (spans[words.start][0], spans[words.stop - 1][1]) if words else (done, done)
