"""The five bugs of TextBugger (Li et al. 2018, Section III-C, Table II)."""

from __future__ import annotations

import random

_MIN_INNER = 3
_MIN_SWAP = 5
_MAX_INSERT = 5

_LOOKALIKES = {"a": "@", "e": "3", "g": "9", "i": "1", "l": "1", "o": "0", "s": "5$", "z": "2"}
_ROWS = (("qwertyuiop", 0.0), ("asdfghjkl", 0.25), ("zxcvbnm", 0.75))
"""The letters of a keyboard's rows, and how far each row is shifted to the right, in keys."""

_KEYS = {
    letter: (height, shift + place)
    for height, (row, shift) in enumerate(_ROWS)
    for place, letter in enumerate(row)
}


def insert(word: str, rng: random.Random) -> str | None:
    """Insert a blank inside a word of at most five letters."""
    if not 1 < len(word) <= _MAX_INSERT:
        return None
    place = rng.randrange(1, len(word))
    return f"{word[:place]} {word[place:]}"


def delete(word: str, rng: random.Random) -> str | None:
    """Delete a letter that is neither the first nor the last."""
    if len(word) < _MIN_INNER:
        return None
    place = rng.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1 :]


def swap(word: str, rng: random.Random) -> str | None:
    """Swap two adjacent letters, neither the first nor the last, of a word of over four."""
    if len(word) < _MIN_SWAP:
        return None
    place = rng.randrange(1, len(word) - 2)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def substitute_character(word: str, rng: random.Random) -> str | None:
    """Replace a letter by one that looks like it or lies beside it on the keyboard (Sub-C)."""
    places = [i for i, letter in enumerate(word) if _similar(letter)]
    if not places:
        return None
    place = rng.choice(places)
    return word[:place] + rng.choice(_similar(word[place])) + word[place + 1 :]


def _similar(letter: str) -> str:
    """Return what looks like a letter, and the letters whose keys touch its key.

    >>> _similar("S")
    '5$WEADZX'
    """
    lower = letter.lower()
    beside = "".join(other for other in _KEYS if _touch(lower, other))
    return _LOOKALIKES.get(lower, "") + (beside.upper() if letter.isupper() else beside)


def _touch(one: str, other: str) -> bool:
    if one == other or one not in _KEYS:
        return False
    (height, place), (other_height, other_place) = _KEYS[one], _KEYS[other]
    return abs(height - other_height) <= 1 and abs(place - other_place) <= 1
