"""Two models' tensors side by side: which of one are those of the other, and how far they moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weaklink.lineage.weights.headers import Floats
from weaklink.lineage.weights.layout import Anatomy, Role, is_embedding, window
from weaklink.lineage.weights.sources import Weights

ALIKE = 0.2
"""Correlation from which two matrices have a common start: unrelated ones are at 0 ± 0.02."""
SPARSE = 0.1
"""Share of zeros from which numbers were set to zero: 8-bit storage has some 1 %."""
EXACT, PART, FEWEST_PARTS = 1e-5, 1e-3, 4
"""How far a projection onto a part may be off, how much it takes away, and in how many matrices:
what training adds is orthogonal to what was there by chance alone, and less exactly so."""
SAMPLED = 24
MOST_SEARCHED = 200

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Match:
    """A matrix of the downstream with the one of the upstream that is most like it.

    Attributes:
        mine: Its name.
        theirs: The name of the other.
        role: What mine is for.
        other: What theirs is for.
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

    mine: str
    theirs: str
    role: Role
    other: Role
    correlation: float
    moved: float
    projection: float
    back: float
    equal: bool
    rounded: bool
    rounding: bool
    zeros: float
    their_zeros: float


@dataclass(frozen=True)
class WeightsComparison:
    """All that was seen of two models.

    Attributes:
        matches: The matrices that were compared.
        searched: Whether matrices had to be found by content, as names did not lead to them.
        shared_shapes: Share of the downstream's matrices of whose shape the upstream has one.
        vectors: Correlation of norms and biases of the same role; None where none could be
            compared.
    """

    matches: tuple[Match, ...]
    searched: bool
    shared_shapes: float
    vectors: float | None

    @property
    def layers(self) -> list[Match]:
        """The matches that are no embeddings."""
        return [m for m in self.matches if not is_embedding(m.mine)] or [*self.matches]

    @property
    def share(self) -> float:
        """Share of the compared matrices that have a common start."""
        found = self.layers
        return float(np.mean([m.correlation > ALIKE for m in found])) if found else 0.0

    @property
    def correlation(self) -> float:
        """Median correlation."""
        found = self.layers
        return float(np.median([m.correlation for m in found])) if found else 0.0

    @property
    def zeros(self) -> tuple[float, float]:
        """Median shares of zeros in matrices with a common start: mine, and theirs."""
        found = [m for m in self.layers if m.correlation > ALIKE]
        if not found:
            return 0.0, 0.0
        mine, theirs = np.median([(m.zeros, m.their_zeros) for m in found], axis=0).tolist()
        return mine, theirs

    @property
    def sparser(self) -> bool | None:
        """Whether many numbers of mine were set to zero (False: of theirs); None: of neither."""
        mine, theirs = self.zeros
        many = max(mine, theirs) >= SPARSE and min(mine, theirs) < max(mine, theirs) / 2
        return mine > theirs if many else None

    @property
    def reduced(self) -> bool | None:
        """Whether mine are a projection of theirs (False: the reverse), as of a low rank."""
        found = [m for m in self.layers if m.correlation > ALIKE and not m.equal]
        if len(found) < FEWEST_PARTS:
            return None
        mine = all(abs(m.back - 1) < EXACT and m.projection < 1 - PART for m in found)
        theirs = all(abs(m.projection - 1) < EXACT and m.back < 1 - PART for m in found)
        return mine if mine or theirs else None

    @property
    def moved(self) -> float:
        """Median distance of matrices with a common start, over their length."""
        found = [m.moved for m in self.layers if m.correlation > ALIKE]
        return float(np.median(found)) if found else float("inf")


def compare(
    mine: Weights, theirs: Weights, my_anatomy: Anatomy, their_anatomy: Anatomy
) -> WeightsComparison:
    """Compare a downstream with an upstream: by role first, and by content where that fails."""
    sampled = _sample(my_anatomy.body)
    by_role = {role: name for name, role in their_anatomy.body.items()}
    pairs = [(name, by_role[role]) for name, role in sampled.items() if role in by_role]
    matches = [m for a, b in pairs if (m := _match(mine, theirs, a, b, my_anatomy, their_anatomy))]
    found = [m for m in matches if m.correlation > ALIKE]
    searched = len(found) < max(1, len(sampled)) * 0.8
    if searched:
        known = {m.mine: m for m in found}
        lost = [name for name in sampled if name not in known]
        named = {m.mine: m for m in matches}
        for name in lost:
            best = _search(mine, theirs, name, my_anatomy, their_anatomy)
            chosen = max(
                (m for m in (best, named.get(name)) if m), key=_by_correlation, default=None
            )
            if chosen:
                known[name] = chosen
        matches = [known[name] for name in sampled if name in known]
    shapes = {theirs.places[name].columns for name in their_anatomy.body}
    shared = [mine.places[name].columns in shapes for name in my_anatomy.body]
    return WeightsComparison(
        tuple(matches),
        searched,
        float(np.mean(shared)) if shared else 0.0,
        _vectors(mine, theirs, my_anatomy, their_anatomy),
    )


def _by_correlation(match: Match) -> float:
    return match.correlation


def _sample(body: dict[str, Role]) -> dict[str, Role]:
    """Choose matrices evenly over kinds and layers, embeddings first."""
    kinds = dict[str, list[str]]()
    for name, role in body.items():
        kinds.setdefault(role.kind if role.layer >= 0 else "", []).append(name)
    tables = sorted(kinds.pop("", []), key=lambda name: not is_embedding(name))[:4]
    room = max(1, (SAMPLED - len(tables)) // max(1, len(kinds)))
    chosen = [name for names in kinds.values() for name in _evenly(names, room)]
    return {name: body[name] for name in [*tables, *chosen][:SAMPLED]}


def _evenly(names: Sequence[str], count: int) -> list[str]:
    places = np.linspace(0, len(names) - 1, min(count, len(names))).round().astype(int)
    return [names[place] for place in dict.fromkeys(places.tolist())]


def _search(
    mine: Weights, theirs: Weights, name: str, my_anatomy: Anatomy, their_anatomy: Anatomy
) -> Match | None:
    """Find the matrix of the same width that is most like one, whatever it is called."""
    place = mine.places[name]
    alike = [
        other
        for other in their_anatomy.body
        if theirs.places[other].columns == place.columns
        and window(theirs.places[other]) == window(place)
    ]
    if not alike:
        return None
    ours = _directions(mine, name)
    near = [_product(ours, _directions(theirs, other)) for other in alike[:MOST_SEARCHED]]
    best = alike[int(np.argmax(near))]
    return _match(mine, theirs, name, best, my_anatomy, their_anatomy)


def _directions(weights: Weights, name: str) -> Floats:
    """Return the centred rows of a matrix, each of length 1, or 0 where it says nothing."""
    if name not in weights.kept:
        place = weights.places[name]
        weights.kept[name] = directions(weights.rows(name, *window(place)))
    return weights.kept[name]


def _match(
    mine: Weights, theirs: Weights, a: str, b: str, my_anatomy: Anatomy, their_anatomy: Anatomy
) -> Match | None:
    ours, other = mine.places[a], theirs.places[b]
    if ours.columns != other.columns or window(ours) != window(other):
        return None
    one, two = mine.rows(a, *window(ours)), theirs.rows(b, *window(other))
    if not (np.isfinite(one).all() and np.isfinite(two).all()):
        return None
    if not (_directions(mine, a).any() and _directions(theirs, b).any()):
        return None
    scaled = _to_scale(one, two) if ours.dtype in {"I8", "U8"} else one
    back = _to_scale(two, one) if other.dtype in {"I8", "U8"} else two
    length = float(np.linalg.norm(back)) + _TINY
    product = float((scaled * back).sum())
    return Match(
        a,
        b,
        my_anatomy.body[a],
        their_anatomy.body[b],
        correlation=_product(_directions(mine, a), _directions(theirs, b)),
        moved=float(np.linalg.norm(scaled - back)) / length,
        projection=product / length**2,
        back=product / (float(np.linalg.norm(scaled)) ** 2 + _TINY),
        equal=bool(np.array_equal(one, two)),
        rounded=is_rounded(one, two, ours.dtype),
        rounding=is_rounded(two, one, other.dtype),
        zeros=float((one == 0).mean()),
        their_zeros=float((two == 0).mean()),
    )


def _to_scale(stored: Floats, other: Floats) -> Floats:
    """Scale each row of whole numbers to the other's, whose scales are stored elsewhere."""
    centred = stored - 128 if stored.min() >= 0 and stored.max() > 127 else stored  # noqa: PLR2004
    factor = (centred * other).sum(1) / ((centred**2).sum(1) + _TINY)
    return np.asarray(centred * factor[:, None], dtype=np.float32)


def correlation(one: Floats, two: Floats) -> float:
    """Return the mean over rows of the correlation of two slices, rows and columns centred.

    What all rows or all columns share (the mean embedding, dimensions that are always large)
    is alike in models of separate starts, and is taken out. Rows are weighed alike, whatever
    the scale of each.

    >>> rows = np.arange(12.0, dtype=np.float32).reshape(3, 4) ** 2
    >>> round(correlation(rows, 3 * rows + 1), 6)
    1.0
    """
    return _product(directions(one), directions(two))


def directions(rows: Floats) -> Floats:
    """Return rows with rows and columns centred, each of length 1, or 0 where it says nothing."""
    spread = rows.std(1, keepdims=True)
    scaled = (rows - rows.mean(1, keepdims=True)) / np.where(spread > 0, spread, 1)
    centred = scaled - scaled.mean(0, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    told = lengths > 1e-6  # noqa: PLR2004
    return np.asarray(np.where(told, centred / np.where(told, lengths, 1), 0), dtype=np.float32)


def _product(one: Floats, two: Floats) -> float:
    """Return the mean product of rows that say something in both."""
    told = one.any(1) & two.any(1)
    return float((one[told] * two[told]).sum(1).mean()) if told.any() else 0.0


def is_rounded(one: Floats, two: Floats, stored: str) -> bool:
    """Tell whether one slice is another, rounded to a narrower type or to few steps a row."""
    gap = np.abs(one - two)
    size = np.abs(two)
    if stored in {"I8", "U8"}:
        scaled = _to_scale(one, two)
        steps = size.max(1, keepdims=True) / 127
        return bool((np.abs(scaled - two) <= 1.1 * steps + _TINY).all())
    if not gap.any():
        return False
    with np.errstate(over="ignore"):
        half = two.astype(np.float16).astype(np.float32)
    if any(np.array_equal(one, coarse) for coarse in (half, _brain(two), _brain(two, 0x7FFF))):
        return True
    if stored.startswith("F8"):
        return bool((gap <= size * 2**-2 + 2**-9).all())
    steps = size.max(1, keepdims=True) / 127
    return _on_a_grid(one) and bool((gap <= 0.6 * steps + _TINY).all())


def _on_a_grid(rows: Floats) -> bool:
    """Tell whether the numbers of each row are multiples of a 127th of the largest."""
    largest = np.abs(rows).max(1, keepdims=True)
    steps = rows / np.where(largest > 0, largest, 1) * 127
    return bool((np.abs(steps - steps.round()) < 1e-2).all())  # noqa: PLR2004


def _brain(values: Floats, rounding: int = 0) -> Floats:
    """Return numbers as bfloat16 holds them: cut, or rounded to the nearest even ones (0x7FFF)."""
    bits = np.ascontiguousarray(values).view(np.uint32)
    odd = (bits >> 16) & 1 if rounding else 0
    return ((bits + np.uint32(rounding) + odd) & np.uint32(0xFFFF0000)).view(np.float32)


def _vectors(
    mine: Weights, theirs: Weights, my_anatomy: Anatomy, their_anatomy: Anatomy, most: int = 12
) -> float | None:
    """Return the median correlation of norms and biases, where matrices are packed."""
    if not my_anatomy.packed and not their_anatomy.packed:
        return None
    by_role = {role: name for name, role in their_anatomy.vectors.items()}
    named = [n for n, role in my_anatomy.vectors.items() if role in by_role]
    found = list[float]()
    for name in _evenly(named, most) if named else ():
        other = by_role[my_anatomy.vectors[name]]
        if mine.places[name].shape == theirs.places[other].shape:
            one, two = mine.rows(name, 0, 1)[0], theirs.rows(other, 0, 1)[0]
            if min(one.std(), two.std()) > 1e-4 * max(1e-6, abs(float(two.mean()))):
                found.append(float(np.corrcoef(one, two)[0, 1]))
    return float(np.median(found)) if found else None
