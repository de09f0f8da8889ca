"""Matches the data's labels with the victim's, by name if possible, else by number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import regex

_SIGNED = re.compile(r"[+-]\d+")
_NUMBERED = re.compile(r"(?:label|class)?(\d+)")
_SYNONYMS = {
    "neg": "negative",
    "bad": "negative",
    "pos": "positive",
    "good": "positive",
    "neu": "neutral",
    "legit": "safe",
    "benign": "safe",
}


def align(data_labels: Sequence[str], victim_labels: Sequence[str]) -> tuple[int, ...] | None:
    """Return for each label of the data the index of the victim's label that means the same.

    Names are compared without case, blanks and punctuation, and with the usual abbreviations. A
    victim may have more labels than the data. Names that only number the labels (``LABEL_0``,
    ``1``) are matched by position, provided that there are as many labels on both sides.

    Returns:
        The indices, or None where the label spaces do not match.

    >>> align(("negative", "positive"), ("POSITIVE", "NEGATIVE"))
    (1, 0)
    >>> align(("neg", "pos"), ("LABEL_0", "LABEL_1"))
    (0, 1)
    >>> align(("negative", "positive"), ("1 star", "2 stars", "3 stars")) is None
    True
    >>> align(("SAFE", "INJECTION"), ("BENIGN", "INJECTION", "JAILBREAK"))
    (0, 1)
    """
    data, victim = _meanings(data_labels), _meanings(victim_labels)
    if len(set(data)) == len(data) and len(set(victim)) == len(victim) and set(data) <= set(victim):
        return tuple(map(victim.index, data))
    if _by_number(data, victim):
        return tuple(range(len(data)))
    return None


def looks_reversed(data_labels: Sequence[str], victim_labels: Sequence[str]) -> bool:
    """Return whether labels matched by number have names that speak against it.

    By custom 0 is negative and 1 is positive; a side that names positive first goes against that.

    >>> looks_reversed(("0", "1"), ("positive", "negative"))
    True
    """
    data, victim = _meanings(data_labels), _meanings(victim_labels)
    if set(data) <= set(victim) or not _by_number(data, victim):
        return False
    return ["positive", "negative"] in (data, victim)


def matched_by_number(data_labels: Sequence[str], victim_labels: Sequence[str]) -> bool:
    """Return whether ``align`` matches labels by position, one side having names.

    >>> matched_by_number(("Sports", "World"), ("LABEL_0", "LABEL_1"))
    True
    >>> matched_by_number(("0", "1"), ("LABEL_0", "LABEL_1"))
    False
    """
    data, victim = _meanings(data_labels), _meanings(victim_labels)
    return not set(data) <= set(victim) and _by_number(data, victim)


def _by_number(data: Sequence[str], victim: Sequence[str]) -> bool:
    """Return whether one side does no more than number as many labels as the other has."""
    counted = [str(i) for i in range(len(data))]
    return len(data) == len(victim) and counted in (list(data), list(victim))


def _plain(label: str) -> str:
    """Return a name without case, blanks and punctuation, unless it is nothing else (``+``, 👍)."""
    folded = unicodedata.normalize("NFKC", label).casefold().strip()
    if _SIGNED.fullmatch(folded):
        return str(int(folded))
    return regex.sub(r"[^\p{L}\p{M}\p{N}]+", "", folded) or folded


def _meanings(labels: Sequence[str]) -> list[str]:
    """Return the names in a common spelling, a numbered label as its number."""
    plain = [*map(_plain, labels)]
    numbered = [_NUMBERED.fullmatch(name) for name in plain]
    return [
        str(int(number.group(1))) if number else _SYNONYMS.get(name, name)
        for name, number in zip(plain, numbered, strict=True)
    ]
