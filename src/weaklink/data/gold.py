"""Gold labels of a column: their names, their order, and which rows have one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from weaklink.errors import WeaklinkError, guess

UNLABELLED = -1
"""The label of rows that have none, as the Hub's data sets write it."""

_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_FEWEST_SCORES = 3
"""Different numbers with fractions from which a column is one of scores."""


class Gold(NamedTuple):
    """The labels of a split.

    Attributes:
        names: The names of its labels, in their order.
        rows: For each row an index into ``names``, or ``UNLABELLED``.
        ordered: Whether the order is one of the data's own (numbers, or names in a schema), and
            not the alphabet's.
    """

    names: tuple[str, ...]
    rows: list[int]
    ordered: bool


def gold_of(values: Sequence[str], what: str) -> Gold:
    """Return the labels of a column of strings.

    Whole numbers are put in numerical order, -1 beside 0, 1, ... being no label; other labels in
    alphabetical order. Spellings that differ in case, in blanks or in Unicode's form (NFKC) are one
    label, in the most frequent spelling.

    Args:
        values: The label of each row.
        what: The column, for errors.

    Raises:
        WeaklinkError: They are numbers with fractions, or no row is labelled.
    """
    if all(_WHOLE_NUMBER.fullmatch(value.strip()) for value in values):
        return _numbers([int(value.strip().partition(".")[0]) for value in values], what)
    if len(set(values)) >= _FEWEST_SCORES and all(map(_NUMBER.fullmatch, map(str.strip, values))):
        raise WeaklinkError(
            f"{what} holds numbers such as {_fraction(values)}: that is regression, and weaklink "
            "measures models that choose one of several labels.",
            "Name another column with --label-column, or put a label in the place of each range.",
        )
    spellings = Counter(value.strip() for value in values)
    names: dict[str, str] = {}
    for spelling, _ in sorted(spellings.items(), key=lambda item: (-item[1], item[0])):
        names.setdefault(_folded(spelling), spelling)
    labels = sorted(names.values())
    index = {key: labels.index(name) for key, name in names.items()}
    return Gold(tuple(labels), [index[_folded(value)] for value in values], ordered=False)


def _folded(label: str) -> str:
    """Return what all spellings of a label have in common."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())


def named(numbers: Sequence[int], names: Sequence[str], what: str) -> Gold:
    """Return labels that a schema names.

    Raises:
        WeaklinkError: No row is labelled, or a number has no name.
    """
    if any(number >= len(names) for number in numbers):
        raise WeaklinkError(
            f"{what} has the label {max(numbers)}, and its schema names {len(names)} labels.",
            "Correct the file.",
        )
    rows = [number if number >= 0 else UNLABELLED for number in numbers]
    return _labelled(Gold(tuple(names), rows, ordered=True), what)


def renamed(gold: Gold, names: Mapping[str, str], what: str) -> Gold:
    """Return labels under other names; two that get the same name become one.

    Raises:
        WeaklinkError: There is no label of a name.
    """
    if unknown := names.keys() - set(gold.names):
        wrong = min(unknown)
        raise WeaklinkError(
            f"{what} has no label {wrong!r}. Its labels are {', '.join(gold.names)}.",
            f"{guess(wrong, gold.names)}Write --labels OLD=NEW,... with labels of the data.",
        )
    wanted = [names.get(name, name) for name in gold.names]
    labels = list(dict.fromkeys(wanted))
    index = [labels.index(name) for name in wanted]
    rows = [row if row == UNLABELLED else index[row] for row in gold.rows]
    return Gold(tuple(labels), rows, gold.ordered)


def _numbers(numbers: Sequence[int], what: str) -> Gold:
    found = sorted(set(numbers))
    counted = [number for number in found if number != UNLABELLED]
    if UNLABELLED in found and counted == list(range(len(counted))):
        found = counted
    index = {number: place for place, number in enumerate(found)}
    rows = [index.get(number, UNLABELLED) for number in numbers]
    return _labelled(Gold(tuple(map(str, found)), rows, ordered=True), what)


def _labelled(gold: Gold, what: str) -> Gold:
    if all(row == UNLABELLED for row in gold.rows):
        raise WeaklinkError(f"{what} has no gold labels: all are -1.", "Choose another split.")
    return gold


def _fraction(values: Sequence[str]) -> str:
    return next(value for value in values if not _WHOLE_NUMBER.fullmatch(value.strip()))
