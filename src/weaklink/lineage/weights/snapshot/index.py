"""Which models' weights are alike: a nearest-neighbour index of signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from weaklink.lineage.weights.snapshot.signatures import Signature

ALIKE = 0.5
"""Product of two matrices' projections from which they have a common start: strangers' are at
0 ± 0.09."""
MATCHED = 2
NEIGHBOURS = 20


@dataclass(frozen=True, slots=True)
class Kinship:
    """What two signatures say of two models.

    Attributes:
        matched: Matrices with a common start.
        compared: Matrices of the downstream of whose shape the other has one.
        of: Matrices of the downstream.
        distance: Median distance of matched matrices, over the other's length.
    """

    matched: int
    compared: int
    of: int
    distance: float

    @property
    def related(self) -> bool:
        """Whether the models have a common start."""
        return self.matched >= min(MATCHED, self.of) and 2 * self.matched >= self.compared


def kinship(mine: Signature, theirs: Signature) -> Kinship:
    """Compare two signatures, each matrix with the one that is most like it."""
    alike = (mine.widths[:, None, :] == theirs.widths[None, :, :]).all(-1)
    products = np.where(alike, mine.vectors @ theirs.vectors.T, -1.0)
    best = products.argmax(1)
    matched = products.max(1) > ALIKE
    gaps = np.linalg.norm(mine.raw - theirs.raw[best], axis=1)
    lengths = np.linalg.norm(theirs.raw[best], axis=1) + 1e-12
    distance = float(np.median((gaps / lengths)[matched])) if matched.any() else float("inf")
    return Kinship(int(matched.sum()), int(alike.any(1).sum()), len(best), distance)


class Neighbours:
    """The matrices of many models, to be searched for those like a model's.

    Args:
        signatures: Signatures by model.
    """

    def __init__(self, signatures: Mapping[str, Signature]) -> None:
        from sklearn.neighbors import NearestNeighbors

        self._signatures = signatures
        rows = dict[tuple[int, int], list[tuple[str, int]]]()
        for name, signature in signatures.items():
            for place, (columns, count) in enumerate(signature.widths.tolist()):
                rows.setdefault((columns, count), []).append((name, place))
        self._names = {shape: [name for name, _ in listed] for shape, listed in rows.items()}
        self._trees = {
            shape: NearestNeighbors(metric="cosine").fit(
                np.stack([signatures[name].vectors[place] for name, place in listed])
            )
            for shape, listed in rows.items()
        }

    def near(self, model: str, most: int = NEIGHBOURS) -> list[tuple[str, Kinship]]:
        """Return the related models, the nearest first."""
        mine, found = self._signatures[model], set[str]()
        for vector, shape in zip(mine.vectors, mine.widths.tolist(), strict=True):
            names = self._names[shape[0], shape[1]]
            count = min(most * 2, len(names))
            tree = self._trees[shape[0], shape[1]]
            gaps, places = tree.kneighbors(vector[None], count)
            close = zip(gaps[0].tolist(), places[0].tolist(), strict=True)
            found |= {names[place] for gap, place in close if 1 - gap > ALIKE}
        kin = [(name, kinship(mine, self._signatures[name])) for name in found - {model}]
        return sorted((k for k in kin if k[1].related), key=lambda k: k[1].distance)[:most]
