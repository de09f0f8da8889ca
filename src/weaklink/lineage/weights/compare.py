"""Two models' tensors side by side: which of one are those of the other, and how far they moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from weaklink.lineage.weights.alignment import alignments, swapped
from weaklink.lineage.weights.layout import Anatomy, Role, is_embedding, usual, window
from weaklink.lineage.weights.match import Match, directions_of, match
from weaklink.lineage.weights.numerics import product
from weaklink.lineage.weights.sources import Weights

ALIKE = 0.2
"""Correlation from which two matrices have a common start: unrelated ones are at 0 ± 0.02."""
CERTAIN = 0.9
"""Correlation from which no other matrix is looked for."""
SPARSE = 0.1
"""Share of zeros from which numbers were set to zero: 8-bit storage has some 1 %."""
EXACT, PART, FEWEST_PARTS = 1e-5, 1e-3, 4
"""How far a projection onto a part may be off, how much it takes away, and in how many matrices:
what training adds is orthogonal to what was there by chance alone, and less exactly so."""
SAMPLED = 24
MOST_SEARCHED, MOST_REALIGNED = 200, 12


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
        """The matches that are not embeddings."""
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
    """Compare a downstream with an upstream: by role first, and by content where that fails.

    Matrices that are found in neither way are looked for as converters store them.
    """
    models = mine, theirs, my_anatomy, their_anatomy
    turned = swapped(*models)
    sampled = _sample(my_anatomy.body)
    by_role = {role: name for name, role in their_anatomy.body.items()}
    named = {
        name: seen
        for name, role in sampled.items()
        if role in by_role and (seen := _usual_match(mine, theirs, name, by_role[role]))
    }
    alike = sum(seen.correlation > ALIKE for seen in named.values())
    searched = alike < max(1, len(sampled)) * 0.8
    if searched:
        for name in _lost(sampled, named):
            _keep_best(named, name, [_search(mine, theirs, their_anatomy, name)])
        named = _realigned(*models, sampled, named, turned=turned)
    places = [theirs.places[name] for name in their_anatomy.body]
    shapes = {place.rows if turned else place.columns for place in places}
    shared = [mine.places[name].columns in shapes for name in my_anatomy.body]
    return WeightsComparison(
        tuple(named[name] for name in sampled if name in named),
        searched,
        float(np.mean(shared)) if shared else 0.0,
        _vectors(*models),
    )


def _usual_match(mine: Weights, theirs: Weights, a: str, b: str) -> Match | None:
    """Compare two matrices in the place that is looked at first; None if it is not the same."""
    ours, other = mine.places[a], theirs.places[b]
    if ours.columns != other.columns or window(ours) != window(other):
        return None
    return match(mine, theirs, usual(mine, a), usual(theirs, b))


def _lost(sampled: Iterable[str], named: Mapping[str, Match]) -> list[str]:
    """Return matrices that were not found: those that are only alike to one of another role, too.

    Queries and keys of one layer correlate, as do values and outputs.
    """
    return [
        name
        for name in sampled
        if (seen := named.get(name)) is None
        or seen.correlation <= (ALIKE if seen.role == seen.other else CERTAIN)
    ]


def _keep_best(named: dict[str, Match], name: str, found: Iterable[Match | None]) -> None:
    """Keep the most alike of what was found of a matrix, up to the first that is certain."""
    for seen in found:
        if seen and (name not in named or seen.correlation > named[name].correlation):
            named[name] = seen
        if name in named and named[name].correlation > CERTAIN:
            return


def _realigned(
    mine: Weights,
    theirs: Weights,
    my_anatomy: Anatomy,
    their_anatomy: Anatomy,
    sampled: Iterable[str],
    named: dict[str, Match],
    *,
    turned: bool,
) -> dict[str, Match]:
    """Look for lost matrices as converters store them; if most are found, the rest are no loss."""
    lost, found = _lost(sampled, named), dict(named)
    tried = _evenly(lost, MOST_REALIGNED) if lost else []
    for name in tried:
        listed = alignments(mine, theirs, name, my_anatomy, their_anatomy, turned=turned)
        _keep_best(found, name, (match(mine, theirs, *one) for one in listed))
    if 2 * len(_lost(tried, found)) >= len(tried):
        return found
    return {name: seen for name, seen in found.items() if name in tried or name not in lost}


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


def _search(mine: Weights, theirs: Weights, their_anatomy: Anatomy, name: str) -> Match | None:
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
    ours = directions_of(mine, usual(mine, name))
    near = [
        product(ours, directions_of(theirs, usual(theirs, other)))
        for other in alike[:MOST_SEARCHED]
    ]
    return _usual_match(mine, theirs, name, alike[int(np.argmax(near))])


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
