"""Studies of models that fall by chance, to see what a design can detect.

A sample falls where a normal variable is under a threshold: half of its variance is the sample's,
for all models, and of the rest a share is that of a lineage's two models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from weaklink.measures.arrays import Arrays, DatasetArrays, Descriptions
from weaklink.measures.statistics.means import Floats


class SimulatedDesign(NamedTuple):
    """What is simulated.

    Attributes:
        lineages: Pairs of models; of one pair and a reference model: 1.
        n: Samples of each data set.
        rates: Between which the models' rates lie.
        datasets: How many.
        attacks: How many.
    """

    lineages: int
    n: int
    rates: tuple[float, float]
    datasets: int = 4
    attacks: int = 6

    @property
    def is_audit(self) -> bool:
        """Whether one pair stands beside a reference model."""
        return self.lineages == 1


def simulated(draw: np.random.Generator, design: SimulatedDesign, inherited: float) -> Arrays:
    """Return the outcomes of a study; of an audit those of its reference too."""
    pairs = max(design.lineages, 2)
    low, high = ndtri(design.rates)
    fell = []
    for _ in range(design.datasets):
        sizes = (pairs, 2, design.attacks, design.n, 1)
        sample, of_pair = draw.normal(size=sizes[2:]), draw.normal(size=(pairs, 1, *sizes[2:]))
        own = inherited**0.5 * of_pair + (1 - inherited) ** 0.5 * draw.normal(size=sizes)
        limits = ndtri(draw.uniform(ndtr(low), ndtr(high), size=sizes[:3]))
        part = 0.5**0.5 * (sample + own) < limits[..., None, None]
        fell.append(part.astype(float).reshape(-1, *sizes[2:]))
    return audit_of(fell) if design.is_audit else arrays_of(fell)


def audit_of(fell: Sequence[Floats]) -> Arrays:
    """Return the first two models as a link, and the third as its reference."""
    reference = arrays_of([part[2:3] for part in fell])
    return replace(
        arrays_of([part[:2] for part in fell]), references=replace(reference, lineages=(1,))
    )


def arrays_of(fell: Sequence[Floats]) -> Arrays:
    """Return outcomes of models on data sets: (models, attacks, samples, repetitions) each.

    Each two models in a row are a link, and a lineage.
    """
    models = tuple(f"m{i}" for i in range(len(fell[0])))
    links = tuple(zip(models[::2], models[1::2], strict=False))
    attacks = tuple(f"a{i}" for i in range(fell[0].shape[1]))
    lineages = tuple(i // 2 for i in range(len(models)))
    datasets = tuple(_dataset(f"d{i}", part, len(links)) for i, part in enumerate(fell))
    return Arrays(models, attacks, links, datasets, (), lineages)


def _dataset(name: str, fell: Floats, links: int) -> DatasetArrays:
    known = np.ones((len(fell), fell.shape[2]))
    return DatasetArrays(
        dataset=name, fell=fell, valid=fell, correct=known, mapped=known, cut=known,
        rejected=np.zeros(known.shape), passed=np.empty((0, *fell.shape[1:])),
        replayed=np.full((links, *fell.shape[1:]), np.nan), statuses=np.zeros(1, dtype=np.int64),
        described=Descriptions({}, np.empty(0), {}),
        repetitions=(fell.shape[3],) * fell.shape[1],
    )  # fmt: skip
