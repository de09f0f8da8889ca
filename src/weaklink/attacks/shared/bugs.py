"""The five bugs of TextBugger (Li et al. 2018, Section III-C, Table II), in any alphabet.

A letter is a grapheme: it keeps its marks. The paper's bounds are for alphabets; where each sign is
a syllable (Chinese, Japanese, Korean), most words have two, so that those may be swapped or lost.
"""

from __future__ import annotations

import random

import regex

from weaklink.lexicons.languages.letters import ENGLISH, similar_letters
from weaklink.text import graphemes

_MIN_INNER = 3
_MIN_SWAP = 5
_MAX_INSERT = 5

_SYLLABLE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")


def insert(word: str, rng: random.Random) -> str | None:
    """Insert a blank inside a word of at most five letters."""
    letters = graphemes(word)
    if not 1 < len(letters) <= _MAX_INSERT:
        return None
    place = rng.randrange(1, len(letters))
    return f"{''.join(letters[:place])} {''.join(letters[place:])}"


def delete(word: str, rng: random.Random) -> str | None:
    """Delete a letter that is neither the first nor the last; of syllables, any of two or more."""
    letters = graphemes(word)
    ends = 0 if _SYLLABLE.search(word) else 1
    if len(letters) < (_MIN_INNER if ends else 2):
        return None
    place = rng.randrange(ends, len(letters) - ends)
    return "".join(letters[:place] + letters[place + 1 :])


def swap(word: str, rng: random.Random) -> str | None:
    """Swap two adjacent letters, neither the first nor the last, of a word of over four.

    Of syllables, any two of two or more.
    """
    letters = graphemes(word)
    ends = 0 if _SYLLABLE.search(word) else 1
    if len(letters) < (_MIN_SWAP if ends else 2):
        return None
    place = rng.randrange(ends, len(letters) - 1 - ends)
    letters[place : place + 2] = letters[place + 1], letters[place]
    return "".join(letters)


def substitute_character(word: str, rng: random.Random, language: str = ENGLISH) -> str | None:
    """Replace a letter by one that looks like it or lies beside it on the keyboard (Sub-C)."""
    letters = graphemes(word)
    places = [i for i, letter in enumerate(letters) if similar_letters(letter, language)]
    if not places:
        return None
    place = rng.choice(places)
    letters[place] = rng.choice(similar_letters(letters[place], language))
    return "".join(letters)
