"""Names in a chart: whole where there is room, else cut in the middle, and never two alike."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import cache
from math import ceil
from unicodedata import combining, east_asian_width

from weaklink.text import visible

_SIZE = 12
"""Pixels of the type that labels are set in."""
_NARROW, _USUAL, _BROAD, _WIDE = 0.42, 0.66, 0.8, 1.0
"""Widths of letters in sizes of the type. A browser chooses the font; these fit broad ones, such as
DejaVu Sans and Verdana."""
_NARROW_LETTERS = frozenset(" !'(),./:;I[]fijlrt|")
_WIDEST_LETTERS = frozenset("%@MWmw…")


def width_of(text: str) -> float:
    """Return how many pixels a label takes at most.

    >>> round(width_of("bert")), round(width_of("模型"))
    (26, 24)
    """
    return _SIZE * sum(map(_letter, text))


def shortened(name: str, pixels: float) -> str:
    """Return a name that takes at most so many pixels, cut in the middle where it takes more.

    >>> shortened("textattack/bert-base-uncased-imdb", 120)
    'textatt…ed-imdb'
    """
    shown = visible(name)
    if width_of(shown) <= pixels:
        return shown
    fits = bisect_right(range(len(shown)), pixels, key=lambda kept: width_of(_cut(shown, kept)))
    return _cut(shown, max(2, fits - 1))


def labels_of(names: Iterable[str], pixels: float) -> dict[str, str]:
    """Return the label of each name. Names that are cut alike are numbered.

    >>> labels_of(["a" * 30 + "1" + "z" * 30, "a" * 30 + "2" + "z" * 30], 80).values()
    dict_values(['aaaa…zzzz', 'aaa…zz (2)'])
    """
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        label, number = shortened(name, pixels), 1
        while label in taken:
            number += 1
            ending = f" ({number})"
            label = shortened(name, pixels - width_of(ending)) + ending
        taken.add(label)
        labels[name] = label
    return labels


def column_of(labels: Mapping[str, str]) -> int:
    """Return the pixels of the widest label."""
    return ceil(max(map(width_of, labels.values()), default=0))


def _cut(name: str, kept: int) -> str:
    return f"{name[: (kept + 1) // 2]}…{name[len(name) - kept // 2 :]}"


@cache
def _letter(letter: str) -> float:
    if combining(letter):
        return 0.0
    if letter in _WIDEST_LETTERS or east_asian_width(letter) in "WF":
        return _WIDE
    if letter in _NARROW_LETTERS:
        return _NARROW
    return _BROAD if letter.isupper() else _USUAL
