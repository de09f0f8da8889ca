"""The five bugs of OpenAttack 2.1.1's TextBugger; each gives the word itself where it can not."""

from __future__ import annotations

import random
from typing import Any

from weaklink.attacks.attack import Context
from weaklink.attacks.openattack.substitutes import PARTS, substitutes

_LEAST = 3
_LEAST_SWAPPED = 5
_MOST_SPLIT = 5

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_REACH = {(0, 1): (-1, 1), (1, 0): (-1, 1), (1, 2): (-1, 0), (2, 1): (0, 1)}
"""For two rows, how far to the left and to the right a key's neighbours in the other row lie."""
_LOOKALIKES = {
    "a": "4", "b": "8", "e": "3", "g": "69", "i": "1", "l": "1", "o": "0", "q": "9", "s": "5",
    "z": "2",
}  # fmt: skip


def _beside(height: int, place: int) -> str:
    """Return the keys near one: of the row above, of its own, and of the row below."""
    found = ""
    for other in range(max(height - 1, 0), min(height + 2, len(_ROWS))):
        left, right = _REACH.get((height, other), (-1, 1))
        found += _ROWS[other][max(place + left, 0) : place + right + 1]
    return found.replace(_ROWS[height][place], "")


NEAR = {
    key: _beside(height, place) for height, row in enumerate(_ROWS) for place, key in enumerate(row)
}
NEAR |= {"a": "qwszx", "l": "opk"}  # two keys do not follow the grid
NEAR = {key: near + _LOOKALIKES.get(key, "") for key, near in NEAR.items()}
"""What Sub-C writes for each letter in lower case: near keys, then digits that look alike."""


def draw_bugs(word: str, context: Context[Any]) -> list[str]:
    """Return the word with each bug: insert, delete, swap, Sub-C, Sub-W.

    A word of one or two letters has none. The draws are those of OpenAttack with an equal random
    state.
    """
    if len(word) < _LEAST:
        return [word]
    rng = context.random
    drawn = [_insert(word, rng), _delete(word, rng), _swap(word, rng), _near(word, rng)]
    return [*drawn, _synonym(word, context)]


def _insert(word: str, rng: random.Random) -> str:
    """Insert a blank into a word of at most five letters."""
    if len(word) > _MOST_SPLIT:
        return word
    place = rng.randint(1, len(word) - 1)
    return f"{word[:place]} {word[place:]}"


def _delete(word: str, rng: random.Random) -> str:
    """Delete an inner letter."""
    place = rng.randint(1, len(word) - 2)
    return word[:place] + word[place + 1 :]


def _swap(word: str, rng: random.Random) -> str:
    """Swap any two inner letters, however far apart, of a word of over four."""
    if len(word) < _LEAST_SWAPPED:
        return word
    one, other = rng.sample(range(1, len(word) - 1), 2)
    letters = list(word)
    letters[one], letters[other] = letters[other], letters[one]
    return "".join(letters)


def _near(word: str, rng: random.Random) -> str:
    """Replace a letter, if it is one in lower case, by one near it or a digit like it."""
    place = rng.randint(0, len(word) - 1)
    choices = NEAR.get(word[place], "")
    if not choices:
        return word
    return word[:place] + choices[rng.randint(0, len(choices) - 1)] + word[place + 1 :]


def _synonym(word: str, context: Context[Any]) -> str:
    """Return the first substitute as an adverb, or else an adjective, a noun or a verb."""
    found = (one for part in PARTS for one in substitutes(word, part, context))
    return next(found, word)
