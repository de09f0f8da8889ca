"""Sentences as ranges of word positions."""

from __future__ import annotations

import re
from itertools import pairwise

from weaklink.text.words import Words

_END = re.compile(r"[.!?…]['\")\]]*\s|\n\s*\n|<br\s*/?>")


def sentences(words: Words) -> list[range]:
    """Return the sentences of a text as ranges of word positions, in order.

    A sentence ends where the gap after a word closes one: a full stop, question or exclamation
    mark before white space, an empty line, or an HTML line break.

    >>> sentences(Words.split("Slow, yes. But it grows on you!"))
    [range(0, 2), range(2, 7)]
    """
    ends = [i + 1 for i, gap in enumerate(words.gaps[1:-1]) if _END.search(gap)]
    bounds = [0, *ends, len(words)]
    return [range(a, b) for a, b in pairwise(bounds) if a < b]
