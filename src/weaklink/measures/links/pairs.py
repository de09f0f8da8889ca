"""Upstream against downstream, sample by sample, for every link and attack on one data set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from weaklink.measures.arrays import Arrays, DatasetArrays, by_cell
from weaklink.measures.statistics.means import Floats, Truths, mean_where


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """What each sample adds to the figures of each link and attack.

    All arrays have the shape (links, attacks, samples); NaN where a sample has no part. Only
    attempts on the same sample in the same repetition are compared.

    Attributes:
        upstream_asr: Share of the paired attempts that succeeded upstream.
        downstream_asr: The same downstream.
        sample_transfer: Of the attempts that succeeded upstream, the share that did downstream.
        text_transfer: Of the texts found upstream, the share that makes the downstream err.
        elsewhere: The downstream's share, on samples that no paired attempt succeeded on upstream.
        repeated: Whether a sample was attacked more than once.
    """

    upstream_asr: Floats
    downstream_asr: Floats
    sample_transfer: Floats
    text_transfer: Floats
    elsewhere: Floats
    repeated: bool

    @property
    def delta(self) -> Floats:
        """The downstream's share less the upstream's."""
        return self.downstream_asr - self.upstream_asr


@dataclass(frozen=True, slots=True, eq=False)
class Attempts:
    """The attempts on both ends of each link: (links, attacks, samples, repetitions).

    Attributes:
        above: 1 where the upstream fell, 0 where it did not, NaN where no attempt counts.
        below: The same of the downstream.
        paired: Whether both ends have an attempt that counts.
    """

    above: Floats
    below: Floats
    paired: Truths

    @property
    def fell(self) -> Truths:
        """Whether a paired attempt succeeded upstream."""
        fell: Truths = self.paired & (self.above == 1)
        return fell


def attempts(arrays: Arrays, dataset: DatasetArrays, *, both_correct: bool) -> Attempts:
    """Return the attempts of all links on one data set.

    Args:
        arrays: Names the links.
        dataset: The data set's attempts.
        both_correct: Whether only samples that both models classified correctly count.
    """
    places = {model: i for i, model in enumerate(arrays.models)}
    ups, downs = ([places[link[end]] for link in arrays.links] for end in (0, 1))
    above, below = dataset.fell[ups], dataset.fell[downs]
    paired: Truths = ~np.isnan(above) & ~np.isnan(below)
    if both_correct:
        known: Truths = (dataset.correct[ups] == 1) & (dataset.correct[downs] == 1)
        paired &= known[:, None, :, None]
    return Attempts(above, below, paired)


def pair(arrays: Arrays, dataset: DatasetArrays, *, both_correct: bool) -> Pairs:
    """Pair the attempts of all links on one data set; see ``attempts``."""
    made = attempts(arrays, dataset, both_correct=both_correct)
    above, below, paired, fell = made.above, made.below, made.paired, made.fell
    untouched = np.expand_dims(paired.any(axis=3) & ~fell.any(axis=3), axis=-1)
    return Pairs(
        upstream_asr=mean_where(above, paired),
        downstream_asr=mean_where(below, paired),
        sample_transfer=mean_where(below, fell),
        text_transfer=mean_where(dataset.replayed, fell),
        elsewhere=mean_where(below, paired & untouched),
        repeated=max(dataset.repetitions, default=1) > 1,
    )


def cells(arrays: Iterable[Floats]) -> list[Floats]:
    """Return the arrays with links and attacks as one axis: (cells, samples)."""
    return [by_cell(array) for array in arrays]
