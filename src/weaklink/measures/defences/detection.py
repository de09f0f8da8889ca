"""How well scores tell adversarial texts from unaltered ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from weaklink.measures.options import RESAMPLES
from weaklink.measures.statistics.drawn import Drawn
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats

FALSE_POSITIVES = (0.01, 0.05)
"""Rates of false positives that true positives are given at."""
F1_AT = 0.10
"""The rate of false positives that F1 is given at, as Mozes et al. 2021 and Yoo et al. 2022 do."""


class Detection(BaseModel):
    """Figures of one detector on adversarial and unaltered texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    auroc: Estimate
    """The chance that an adversarial text scores above an unaltered one; ties count half."""
    tpr_at_1: Estimate
    """Share of adversarial texts found where at most 1 % of the unaltered ones are flagged."""
    tpr_at_5: Estimate
    f1: Estimate
    """F1 where at most 10 % of unaltered texts are flagged, for as many texts of either kind."""
    adversarial: int
    """Number of adversarial texts."""
    unaltered: int


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of texts and the samples that they belong to.

    Attributes:
        scores: Higher means more suspicious, shape (texts,).
        samples: The number of each text's sample.
    """

    scores: Floats
    samples: NDArray[np.int64]

    @classmethod
    def of(cls, scores: Sequence[float] | Floats, samples: Sequence[int]) -> Scored:
        """Return scores and samples as arrays."""
        return cls(np.asarray(scores, dtype=float), np.asarray(samples, dtype=np.int64))


def detection(adversarial: Scored, unaltered: Scored, *, seed: int) -> Detection | None:
    """Return the figures with intervals; None where one kind of text is missing.

    Samples are drawn again: a sample's unaltered text and all adversarial texts made of it are
    drawn together. Intervals are those of rates (``statistics.intervals``).

    Args:
        adversarial: The adversarial texts.
        unaltered: The unaltered texts.
        seed: Chooses the resamples.
    """
    if not len(adversarial.scores) or not len(unaltered.scores):
        return None
    both = np.concatenate([adversarial.samples, unaltered.samples])
    kinds, place = np.unique(both, return_inverse=True)
    weights = _weights(len(kinds), seed)
    first, second = np.split(place, [len(adversarial.samples)])
    figures = _figures(adversarial.scores, unaltered.scores, weights[:, first], weights[:, second])
    estimates = Drawn(figures, np.full(figures.shape[1], len(kinds))).estimates()
    auroc, low, high, f1 = (one for one in estimates if one is not None)
    return Detection(
        auroc=auroc,
        tpr_at_1=low,
        tpr_at_5=high,
        f1=f1,
        adversarial=len(adversarial.scores),
        unaltered=len(unaltered.scores),
    )


def _weights(samples: int, seed: int) -> Floats:
    """Return how often each sample counts, as observed and on every resample."""
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(samples, np.full(samples, 1 / samples), size=RESAMPLES)
    return np.vstack([np.ones((1, samples)), drawn]).astype(float)


def _figures(adversarial: Floats, unaltered: Floats, found: Floats, flagged: Floats) -> Floats:
    """Return AUROC, both TPR and F1, shape (1 + resamples, 4); NaN without texts of one kind.

    Args:
        adversarial: Scores, shape (adversarial texts,).
        unaltered: Scores, shape (unaltered texts,).
        found: Weights of the adversarial texts, shape (1 + resamples, adversarial texts).
        flagged: Weights of the unaltered texts, likewise.
    """
    totals = found.sum(axis=1), flagged.sum(axis=1)
    known = (totals[0] > 0) & (totals[1] > 0)
    some = np.where(known, totals[0], 1.0), np.where(known, totals[1], 1.0)
    above = (adversarial[:, None] > unaltered) + 0.5 * (adversarial[:, None] == unaltered)
    figures = np.empty((len(found), 4))
    figures[:, 0] = ((found @ above) * flagged).sum(axis=1) / (some[0] * some[1])
    cuts = np.unique(np.concatenate([unaltered, adversarial, [-np.inf]]))
    true = found @ (adversarial[:, None] > cuts) / some[0][:, None]
    false = flagged @ (unaltered[:, None] > cuts) / some[1][:, None]
    for column, most in enumerate((*FALSE_POSITIVES, F1_AT), start=1):
        place = (false <= most + 1e-12).argmax(axis=1)[:, None]
        rate = np.take_along_axis(true, place, axis=1)[:, 0]
        if most == F1_AT:
            false_rate = np.take_along_axis(false, place, axis=1)[:, 0]
            rate = 2 * rate / (1 + rate + false_rate)
        figures[:, column] = rate
    figures[~known] = np.nan
    return figures
