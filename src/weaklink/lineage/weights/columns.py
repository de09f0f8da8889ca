"""Whether a model has the columns of another, fewer of them or in another order.

Cutting a model to a smaller width, and permuting its hidden units, leave no row as it was. The
table of embeddings still tells which column became which, and rows of a layer confirm it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weaklink.lineage.weights.headers import Floats
from weaklink.lineage.weights.layout import Anatomy, is_embedding, middle
from weaklink.lineage.weights.numerics import TINY
from weaklink.lineage.weights.sources import Weights

WORDS = 256
"""Rows of embeddings that are compared: unrelated columns correlate at 0 ± 0.06, and the best of
thousands at 0.25."""
WIDEST = 8_192
"""Wider tables are not compared: a hostile one would take memory of the square of its width."""
ROWS, NUMBERS, MOST_ROWS = 64, 4_000_000, 16_384
"""Rows of a layer that are looked for, and what is read of the other's matrix for it, at most."""
SHARED = 0.6
HALF = 0.5


@dataclass(frozen=True)
class _Side:
    """A model with its table of embeddings."""

    weights: Weights
    anatomy: Anatomy
    table: str

    @property
    def width(self) -> int:
        return self.weights.places[self.table].columns


def shared_columns(
    mine: Weights, theirs: Weights, my_anatomy: Anatomy, their_anatomy: Anatomy
) -> float | None:
    """Return how alike two models are once columns may stand anywhere.

    Args:
        mine: A model.
        theirs: Another, of the same vocabulary.
        my_anatomy: The tensors of mine.
        their_anatomy: The tensors of theirs.

    Returns:
        The median, over the columns of the narrower table of embeddings, of the highest correlation
        with a column of the other, or that over rows of a layer, if it is lower. None where nothing
        can be compared, or where both have the same columns in the same order: rows tell more then.
    """
    both = [_side(mine, my_anatomy), _side(theirs, their_anatomy)]
    sides = sorted((side for side in both if side), key=lambda side: side.width)
    if len(sides) != len(both):
        return None
    narrow, wide = sides
    first, count = middle(min(s.weights.places[s.table].rows for s in sides), WORDS)
    if count < WORDS or wide.width > WIDEST:
        return None
    columns = [_directions(s.weights.rows(s.table, first, count).T) for s in sides]
    alike = columns[0] @ columns[1].T
    order = alike.argmax(1)
    if narrow.width == wide.width and np.mean(order == np.arange(len(order))) > HALF:
        return None
    if (found := float(np.median(alike.max(1)))) < SHARED:
        return found
    inside = _in_a_layer(narrow, wide, order)
    return None if inside is None else min(found, inside)


def _side(weights: Weights, anatomy: Anatomy) -> _Side | None:
    names = [name for name in anatomy.body if is_embedding(name)]
    longest = max(names, key=lambda name: weights.places[name].rows, default=None)
    return _Side(weights, anatomy, longest) if longest else None


def _in_a_layer(narrow: _Side, wide: _Side, order: np.ndarray) -> float | None:
    """Return how alike rows of a layer's matrix are to the best of the other's, above chance.

    Chance is what the best reach where columns are in wrong places.
    """
    by_role = {role: name for name, role in wide.anatomy.body.items()}
    for name, role in narrow.anatomy.body.items():
        place = narrow.weights.places[name]
        other = wide.weights.places.get(by_role.get(role, ""))
        if role.layer < 0 or place.columns != narrow.width or other is None:
            continue
        if other.columns == wide.width:
            few = narrow.weights.rows(name, 0, min(ROWS, place.rows))
            count = min(other.rows, NUMBERS // other.columns, MOST_ROWS)
            many = wide.weights.rows(other.name, 0, count)
            alike, chance = (
                float(np.median((_directions(few) @ _directions(many[:, places]).T).max(1)))
                for places in (order, np.roll(order, 1))
            )
            return (alike - chance) / max(1 - chance, TINY)
    return None


def _directions(rows: Floats) -> Floats:
    """Return rows, each centred and of length 1."""
    finite = np.nan_to_num(rows, posinf=0, neginf=0)
    centred = finite - finite.mean(1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / (lengths + TINY), dtype=np.float32)
