"""Two slices of matrices side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from weaklink.lineage.weights.headers import Floats
from weaklink.lineage.weights.layout import Role, Slice, role_of
from weaklink.lineage.weights.numerics import TINY, directions, is_rounded, product, to_scale
from weaklink.lineage.weights.sources import Weights

Laid: TypeAlias = Literal["alike", "transposed", "split or fused"]
"""How two matrices are stored: alike, with swapped sides, or one as rows of the other."""


@dataclass(frozen=True, slots=True)
class Match:
    """A matrix of the downstream with the one of the upstream that is most like it.

    Attributes:
        here: What was looked at of mine.
        there: What was looked at of theirs.
        laid: How they are stored.
        correlation: Mean over rows of the correlation of their numbers, rows and columns centred.
        moved: Length of the difference, over the length of theirs.
        projection: How much of theirs is in mine: 1 as it was, 0.5 for an average of two.
        back: How much of mine is in theirs.
        equal: Whether all numbers are equal.
        rounded: Whether mine are theirs, rounded to a coarser grid.
        rounding: Whether theirs are mine, rounded.
        zeros: Share of mine that are zero.
        their_zeros: Share of theirs that are zero.
    """

    here: Slice
    there: Slice
    laid: Laid
    correlation: float
    moved: float
    projection: float
    back: float
    equal: bool
    rounded: bool
    rounding: bool
    zeros: float
    their_zeros: float

    @property
    def mine(self) -> str:
        """Name of the matrix of the downstream."""
        return self.here.name

    @property
    def theirs(self) -> str:
        """Name of that of the upstream."""
        return self.there.name

    @property
    def role(self) -> Role:
        """What mine is for."""
        return role_of(self.mine)

    @property
    def other(self) -> Role:
        """What theirs is for."""
        return role_of(self.theirs)


def match(
    mine: Weights, theirs: Weights, here: Slice, there: Slice, laid: Laid = "alike"
) -> Match | None:
    """Compare two slices of one shape; None where they say nothing."""
    one, two = here.read(mine), there.read(theirs)
    if one.shape != two.shape or not (np.isfinite(one).all() and np.isfinite(two).all()):
        return None
    ours, others = directions_of(mine, here), directions_of(theirs, there)
    if not (ours.any() and others.any()):
        return None
    stored = mine.places[here.name].dtype, theirs.places[there.name].dtype
    scaled = to_scale(one, two) if stored[0] in {"I8", "U8"} else one
    back = to_scale(two, one) if stored[1] in {"I8", "U8"} else two
    length = float(np.linalg.norm(back)) + TINY
    shared = float((scaled * back).sum())
    return Match(
        here,
        there,
        laid,
        correlation=product(ours, others),
        moved=float(np.linalg.norm(scaled - back)) / length,
        projection=shared / length**2,
        back=shared / (float(np.linalg.norm(scaled)) ** 2 + TINY),
        equal=bool(np.array_equal(one, two)),
        rounded=is_rounded(one, two, stored[0]),
        rounding=is_rounded(two, one, stored[1]),
        zeros=float((one == 0).mean()),
        their_zeros=float((two == 0).mean()),
    )


def directions_of(weights: Weights, part: Slice) -> Floats:
    """Return the centred rows of a slice, each of length 1, or 0 where it says nothing."""
    if part not in weights.kept:
        weights.kept[part] = directions(part.read(weights))
    return weights.kept[part]
