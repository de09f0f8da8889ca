"""Upstream against downstream, sample by sample, for every link and attack on one data set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from weaklink.measures.arrays import Arrays, DatasetArrays
from weaklink.measures.statistics.means import Floats, mean_where


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """What each sample adds to the figures of each link and attack.

    All arrays have the shape (links, attacks, samples); NaN where a sample has no part. Only
    attempts on the same sample in the same repetition are compared.

    Attributes:
        upstream: Share of the paired attempts that succeeded upstream.
        downstream: The same downstream.
        transfer: Of the attempts that succeeded upstream, the share that succeeded downstream.
        text: Of the texts found upstream, the share that makes the downstream err.
        elsewhere: The downstream's share, on samples that no paired attempt succeeded on upstream.
        repeated: Whether a sample was attacked more than once.
    """

    upstream: Floats
    downstream: Floats
    transfer: Floats
    text: Floats
    elsewhere: Floats
    repeated: bool

    @property
    def delta(self) -> Floats:
        """The downstream's share less the upstream's."""
        return self.downstream - self.upstream


def pair(arrays: Arrays, dataset: DatasetArrays, *, both_correct: bool) -> Pairs:
    """Pair the attempts of all links on one data set.

    Args:
        arrays: Names the links.
        dataset: The data set's attempts.
        both_correct: Whether only samples that both models classified correctly count.
    """
    ups = [arrays.models.index(upstream) for upstream, _ in arrays.links]
    downs = [arrays.models.index(downstream) for _, downstream in arrays.links]
    above, below = dataset.fell[ups], dataset.fell[downs]
    paired = ~np.isnan(above) & ~np.isnan(below)
    if both_correct:
        known = (dataset.correct[ups] == 1) & (dataset.correct[downs] == 1)
        paired &= known[:, None, :, None]
    fell = paired & (above == 1)
    untouched = (paired.any(axis=3) & ~fell.any(axis=3))[..., None]
    return Pairs(
        upstream=mean_where(above, paired),
        downstream=mean_where(below, paired),
        transfer=mean_where(below, fell),
        text=mean_where(dataset.replayed, fell),
        elsewhere=mean_where(below, paired & untouched),
        repeated=max(dataset.repetitions, default=1) > 1,
    )


def cells(arrays: Iterable[Floats]) -> list[Floats]:
    """Return the arrays with links and attacks as one axis: (cells, samples)."""
    return [array.reshape(-1, array.shape[-1]) for array in arrays]
