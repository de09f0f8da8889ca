"""The attempts of a study on one data set as arrays, a place for each attempt that it asks for.

NaN stands where no attempt counts: none was made, it ended in an error, or it was skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from weaklink.measures.rates import attacked, succeeded
from weaklink.store import Outcome

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Axes:
    """Where an outcome stands in the arrays.

    Attributes:
        models: Indices of the models with a fingerprint; one model may have several names.
        attacks: Index of the attack with a fingerprint.
        samples: Index of each sample's id.
        shape: Numbers of models, attacks, samples and repetitions.
    """

    models: Mapping[str, tuple[int, ...]]
    attacks: Mapping[str, int]
    samples: Mapping[str, int]
    shape: tuple[int, int, int, int]


def attempts(
    outcomes: Iterable[Outcome], axes: Axes, holds: Callable[[Outcome], bool] = succeeded
) -> Floats:
    """Return, of shape (models, attacks, samples, repetitions), 1 where ``holds`` is true, else 0.

    Outcomes that have no place are ignored.
    """
    found = np.full(axes.shape, np.nan)
    for outcome in filter(attacked, outcomes):
        key = outcome.key
        attack = axes.attacks.get(key.attack_fingerprint)
        sample = axes.samples.get(key.sample_id)
        if attack is None or sample is None or key.repetition >= axes.shape[3]:
            continue
        for model in axes.models.get(key.victim_fingerprint, ()):
            found[model, attack, sample, key.repetition] = holds(outcome)
    return found


def correctness(
    outcomes: Iterable[Outcome],
    axes: Axes,
    correct: Callable[[Outcome], bool | None] = attrgetter("correct"),
) -> Floats:
    """Return, of shape (models, samples), 1 where the model classified the sample correctly.

    0 where it did not, and NaN where ``correct`` does not know.
    """
    found = np.full((axes.shape[0], axes.shape[2]), np.nan)
    for outcome in outcomes:
        sample = axes.samples.get(outcome.key.sample_id)
        known = None if sample is None else correct(outcome)
        if known is not None:
            for model in axes.models.get(outcome.key.victim_fingerprint, ()):
                found[model, sample] = known
    return found


def mean_known(values: Floats, axis: int = -1) -> Floats:
    """Return the mean along an axis of all that is not NaN; NaN where there is nothing.

    >>> mean_known(np.array([[1.0, np.nan, 0.0], [np.nan, np.nan, np.nan]]))
    array([0.5, nan])
    """
    known = ~np.isnan(values)
    counts = known.sum(axis=axis)
    sums = np.where(known, values, 0.0).sum(axis=axis)
    mean: Floats = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return mean
