"""Where the numbers of a matrix are in a model that stores them otherwise.

Converters swap the sides of matrices (``Conv1D`` of GPT-2 holds the transpose of what ``Linear``
holds), and put several side by side in one: queries, keys and values, or both halves of a gate.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from weaklink.lineage.weights.headers import TensorPlace
from weaklink.lineage.weights.layout import (
    FEWEST_ROWS,
    MATRIX,
    VALUES,
    Anatomy,
    Slice,
    is_embedding,
    middle,
    whole,
)
from weaklink.lineage.weights.match import Laid
from weaklink.lineage.weights.sources import Weights

BLOCK = 32
"""Sides of what is compared of matrices with swapped sides, whose rows are the other's columns:
the correlation of 1,024 unrelated numbers is 0 ± 0.03."""
TURNED = 0.5

Alignment = tuple[Slice, Slice, Laid]


def alignments(
    mine: Weights,
    theirs: Weights,
    name: str,
    my_anatomy: Anatomy,
    their_anatomy: Anatomy,
    *,
    turned: bool,
) -> Iterator[Alignment]:
    """Yield slices that hold the same numbers if a matrix is stored otherwise in the other model.

    These are with swapped sides, and with other rows: as rows of a larger matrix, or as the matrix
    that has some of its rows.

    Args:
        mine: A model.
        theirs: Another.
        name: A matrix of mine.
        my_anatomy: The tensors of mine.
        their_anatomy: The tensors of theirs.
        turned: Whether the models store most matrices with ``swapped`` sides.
    """
    ours, role = mine.places[name], my_anatomy.body[name]
    for other in _counterparts(name, my_anatomy, their_anatomy):
        there = theirs.places[other]
        renamed: Laid = "alike" if their_anatomy.body[other] == role else "split or fused"
        if there.columns == ours.columns and there.rows != ours.rows:
            count = max(FEWEST_ROWS, VALUES // ours.columns)
            for first, second, rows in _places(ours.rows, there.rows, count):
                yield Slice(name, first, rows), Slice(other, second, rows), renamed
        elif turned and there.rows == ours.columns:
            start, columns = middle(ours.columns, BLOCK)
            if columns * min(BLOCK, whole(min(ours.rows, there.columns))) < MATRIX:
                continue
            for first, second, rows in _places(ours.rows, there.columns, BLOCK):
                here = Slice(name, first, rows, (start, columns))
                yield here, Slice(other, start, columns, (second, rows), turned=True), "transposed"


def swapped(mine: Weights, theirs: Weights, my_anatomy: Anatomy, their_anatomy: Anatomy) -> bool:
    """Tell whether most matrices that are not square have swapped sides in the other model.

    Where no two matrices have the same name, their shapes tell: half of those that only one model
    has are the other's, swapped.
    """
    pairs = shapes_by_role(mine, theirs, my_anatomy, their_anatomy)
    turned = [one == two[::-1] for one, two in pairs if one[0] != one[1]]
    if turned:
        return float(np.mean(turned)) > TURNED
    ours, others = (
        {_sides(w.places[name]) for name in a.body if not is_embedding(name)}
        for w, a in ((mine, my_anatomy), (theirs, their_anatomy))
    )
    own = [one[::-1] in others for one in ours - others]
    return bool(own) and not pairs and float(np.mean(own)) >= TURNED


def shapes_by_role(
    mine: Weights, theirs: Weights, my_anatomy: Anatomy, their_anatomy: Anatomy
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the rows and columns of matrices of the same role: mine, and theirs."""
    by_role = {role: _sides(theirs.places[name]) for name, role in their_anatomy.body.items()}
    return [
        (_sides(mine.places[name]), by_role[role])
        for name, role in my_anatomy.body.items()
        if role in by_role
    ]


def _sides(place: TensorPlace) -> tuple[int, int]:
    return place.rows, place.columns


def _counterparts(name: str, my_anatomy: Anatomy, their_anatomy: Anatomy) -> list[str]:
    """Return the matrix of the same role, or those of the same layer whose role mine has not."""
    role = my_anatomy.body[name]
    if same := [other for other, theirs in their_anatomy.body.items() if theirs == role]:
        return same
    mine = set(my_anatomy.body.values())
    return [
        other
        for other, theirs in their_anatomy.body.items()
        if theirs.layer == role.layer >= 0 and theirs not in mine
    ]


def _places(mine: int, theirs: int, count: int) -> Iterator[tuple[int, int, int]]:
    """Yield first rows of mine and of theirs, and how many: the smaller one may stand anywhere.

    It may be the first, the last, or the last but one of equal parts, as queries, keys and values.
    """
    few, many = sorted((mine, theirs))
    first, rows = middle(few, count)
    for offset in sorted({0, max(0, many - 2 * few), many - few}):
        yield first + offset * (mine > theirs), first + offset * (theirs > mine), rows
