"""A rough test of whether texts are in English."""

from __future__ import annotations

from collections.abc import Sequence

from weaklink.text import Words

_COMMON = frozenset(
    ("the", "of", "and", "to", "a", "in", "is", "it", "that", "was", "for", "on", "with", "as")
)
_SHARE = 0.12
"""In English prose about a third of all words are among these; in other languages few are."""


def looks_english(texts: Sequence[str]) -> bool:
    """Return whether common English words make up as many of all words as in English."""
    words = [word.casefold() for text in texts for word in Words.split(text).words]
    return sum(word in _COMMON for word in words) >= _SHARE * max(1, len(words))
