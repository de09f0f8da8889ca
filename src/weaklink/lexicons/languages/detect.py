"""The language of texts, as an ISO 639-1 code."""

from __future__ import annotations

import re
from collections.abc import Sequence

import regex

from weaklink.errors import WeaklinkError
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.text import Words

AUTO = "auto"
"""Where no language is stated, it is told from the texts."""

_CODE = re.compile(r"[a-z]{2,3}")
_COMMON = frozenset(
    ("the", "of", "and", "to", "a", "in", "is", "it", "that", "was", "for", "on", "with", "as")
)
_SHARE = 0.12
"""In English prose about a third of all words are among these; in other languages few are."""

_READ = 100_000
"""Characters that tell the language of a data set: its first ones, whatever is drawn from it."""
_LEAST_WORDS = 30
"""Fewer different words in the alphabet of English are taken for English."""
_FOREIGN = regex.compile(r"(?V1)[\p{L}--\p{Latin}]")


def _looks_english(texts: Sequence[str]) -> bool:
    """Whether common English words make up as many of all words as in English."""
    words = [word.casefold() for text in texts for word in Words.split(text).words]
    return sum(word in _COMMON for word in words) >= _SHARE * max(1, len(words))


def language_of(texts: Sequence[str]) -> str:
    """Return the language that most of the first texts are in.

    py3langid tells it (Lui and Baldwin 2012, https://aclanthology.org/P12-3005/), except in two
    cases: texts with the common words of English are English, and so are texts of fewer than 30
    different words in Latin letters, which are too few to tell.

    >>> [language_of([text]) for text in ("यह फ़िल्म अच्छी है", "这部电影非常好看", "A fine film.")]
    ['hi', 'zh', 'en']
    """
    read = _first(texts)
    if _looks_english(read):
        return ENGLISH
    text = "\n".join(read)
    words = {word.casefold() for word in Words.split(text).words}
    if len(words) < _LEAST_WORDS and not _FOREIGN.search(text):
        return ENGLISH
    from py3langid import classify

    language: str = classify(text)[0]
    return language


def stated_language(stated: str, texts: Sequence[str]) -> str:
    """Return a language that is stated, or with ``auto`` the one that texts seem to be in.

    Raises:
        WeaklinkError: What is stated is not a language code.
    """
    if stated == AUTO:
        return language_of(texts)
    if not _CODE.fullmatch(stated):
        raise WeaklinkError(
            f"{stated!r} is not a language code.", "Give an ISO 639-1 code such as es, or auto."
        )
    return stated


def _first(texts: Sequence[str]) -> list[str]:
    """Return the beginning of the texts."""
    found, left = list[str](), _READ
    for text in texts:
        if left <= 0:
            break
        found.append(text[:left])
        left -= len(text)
    return found
