"""Letters that look like a letter, or whose keys touch its key, in any alphabet."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import regex

ENGLISH = "en"

_DIGITS = {"a": "@", "e": "3", "g": "9", "i": "1", "l": "1", "o": "0", "s": "5$", "z": "2"}
_SHIFTS = (0.0, 0.25, 0.75)
"""How far each row of a keyboard is shifted to the right, in keys."""

_HANGUL = regex.compile(r"\p{Hangul}")
_READ = regex.compile(r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Hiragana}\p{Katakana}\p{Han}]")
"""Letters of scripts that most fonts have."""


@cache
def similar_letters(letter: str, language: str = ENGLISH) -> tuple[str, ...]:
    """Return what looks like a letter, and the letters whose keys touch its key.

    In English, as in TextBugger's paper, these are digits and signs, and keys. In other languages
    the letter without its last mark or final consonant is added, and those that Unicode lists as
    confusable with it (UTS 39, https://unicode.org/reports/tr39), of any alphabet.

    Args:
        letter: A letter with its marks.
        language: ISO 639-1 code of the text's language.

    >>> similar_letters("S"), similar_letters("é", "es"), similar_letters("土", "zh")
    (('5', '$', 'W', 'E', 'A', 'D', 'Z', 'X'), ('e',), ('⼟', '士', '⼠'))
    """
    base, marks, upper = letter[0].lower(), letter[1:], letter.isupper()
    beside = ((key.upper() if upper else key) + marks for key in _beside(base, language))
    found = (*_DIGITS.get(letter.lower(), ""), *beside)
    if language == ENGLISH:
        return found
    return tuple(dict.fromkeys((*found, *_unmarked(letter), *_confusable(letter))))


def versions_of_writing() -> tuple[str, ...]:
    """Return the versions of what finds words and like letters beyond English."""
    names = ("icu4py", "regex", "confusable-homoglyphs")
    return tuple(f"{name} {version(name)}" for name in names)


def _beside(letter: str, language: str) -> Iterator[str]:
    """Yield the letters whose keys touch that of a letter, row by row."""
    keys = next((keys for keys in _keyboards(language) if letter in keys), {})
    if letter in keys:
        height, place = keys[letter]
        for other, (other_height, other_place) in keys.items():
            near = abs(height - other_height) <= 1 and abs(place - other_place) <= 1
            if near and other != letter:
                yield other


@cache
def _keyboards(language: str) -> list[dict[str, tuple[int, float]]]:
    """Return the row and the place of each key, on the language's keyboard and on the English."""
    rows = tomllib.loads(Path(__file__).with_name("keyboards.toml").read_text("utf-8"))
    return [
        {
            letter: (height, shift + place)
            for height, (row, shift) in enumerate(zip(rows[name], _SHIFTS, strict=True))
            for place, letter in enumerate(row)
            if letter != " "
        }
        for name in dict.fromkeys((language, ENGLISH))
        if name in rows
    ]


def _unmarked(letter: str) -> Iterator[str]:
    """Yield the letter without its last mark; a syllable of Hangul without its last consonant.

    >>> [*_unmarked("é"), *_unmarked("й"), *_unmarked("में"), *_unmarked("안"), *_unmarked("아")]
    ['e', 'и', 'मे', '아']
    """
    parts = unicodedata.normalize("NFD", letter)
    if len(parts) > (2 if _HANGUL.match(letter) else 1):
        yield unicodedata.normalize("NFC", parts[:-1])


def _confusable(letter: str) -> Iterator[str]:
    """Yield the single letters that look alike, without ASCII's in another style."""
    from confusable_homoglyphs.confusables import confusables_data

    for entry in confusables_data.get(letter, ()):
        other = entry["c"]
        plain = unicodedata.normalize("NFKC", other)
        if _READ.fullmatch(other) and (plain == other or not plain.isascii()):
            yield other
