"""Sentences as ranges of word positions."""

from __future__ import annotations

from itertools import pairwise

import regex

from weaklink.text.words import Words

_OF_OTHER_SCRIPTS = r"[\p{Sentence_Terminal}--\p{ASCII}]"
STOPS = rf"[[.!?…]{_OF_OTHER_SCRIPTS}]"
"""What may end a sentence, in the first version of regex's syntax."""

_END = regex.compile(rf"(?V1)[.!?…]['\")\]]*\s|\n\s*\n|<br\s*/?>|{_OF_OTHER_SCRIPTS}")


def sentences(words: Words) -> list[range]:
    """Return the sentences of a text as ranges of word positions, in order.

    A sentence ends where the gap after a word closes one: a full stop, question or exclamation
    mark before white space, such a mark of another script (。 । ؟), an empty line, or an HTML
    line break.

    >>> sentences(Words.split("Slow, yes. But it grows on you!"))
    [range(0, 2), range(2, 7)]
    >>> sentences(Words.split("यह अच्छी है। वह नहीं"))
    [range(0, 3), range(3, 5)]
    """
    ends = [i + 1 for i, gap in enumerate(words.gaps[1:-1]) if _END.search(gap)]
    bounds = [0, *ends, len(words)]
    return [range(a, b) for a, b in pairwise(bounds) if a < b]
