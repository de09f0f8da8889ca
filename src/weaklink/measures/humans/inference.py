"""A success rate by few human labels and many judged ones: prediction-powered inference.

Angelopoulos, Bates, Fannjiang, Jordan and Zrnic (2023, Science 382, equation for the mean), with
the weight of the judge of PPI++ (Angelopoulos, Duchi and Zrnic 2023, section 6.1) and strata as in
Fisch et al. (2024): in each stratum, the mean of the judge's verdicts over all successes is
corrected by the mean difference between readers and judge where both are known,

    share = w mean_all(judge) + mean_read(reader - w judge),

and counts as often as the stratum has successes, however many of its texts were read. One weight
serves all strata, since a stratum may have two texts: the one with the least variance of the sum.

Deviations: the rate is over all attempts, of which failures are known to be no success; and two
sources vary, the samples that were attacked (clustered, as attacks and models share them) and the
texts that were read. A variance among texts read is no less than that of one odd answer in two
more than were read in all. The tails are those of Student's t with Satterthwaite's degrees of
freedom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from weaklink.measures.statistics import intervals
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats

_NOT_READ = np.nan


@dataclass(frozen=True, slots=True)
class _Stratum:
    """The attempts of one stratum, and what readers and judge say of the texts that were read.

    Attributes:
        success: Of each attempt.
        judged: Of each attempt: the judge's verdict.
        read: Of each text that was read: the readers'.
        said: Of each text that was read: the judge's.
    """

    success: Floats
    judged: Floats
    read: Floats
    said: Floats

    @property
    def unread(self) -> bool:
        """Whether it has successes of which none was read."""
        return bool(self.success.any()) and not len(self.read)

    @property
    def scale(self) -> float:
        """What a variance among its texts adds to that of the sum over its attempts."""
        return float(self.success.sum()) ** 2 / max(len(self.read), 1)

    def predicted(self, weight: float) -> Floats:
        """Return of each attempt 0 for a failure, else what judge and correction make of it."""
        if not len(self.read):
            return 0 * self.success
        away = float((self.read - weight * self.said).mean())
        predicted: Floats = self.success * (weight * self.judged + away)
        return predicted


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading some texts only adds to the uncertainty of a rate.

    Attributes:
        variance: Of the sum over attempts.
        freedom: Degrees of freedom of that variance.
        texts: How many were read.
    """

    variance: float
    freedom: int
    texts: int


def powered_rate(attempts: pl.DataFrame, strata: Sequence[str]) -> Estimate | None:
    """Return the share of attempts that succeed with a text that readers hold valid.

    Args:
        attempts: As ``population.attempts_of`` gives them, with ``read``: in [0, 1] for the
            successes that were read, else null.
        strata: The columns that the texts were drawn by.

    Returns:
        None without attempts, or where a stratum has successes and none was read.
    """
    ordered = attempts.sort(strata, maintain_order=True)
    parts = [_stratum(part) for _, part in ordered.group_by(strata, maintain_order=True)]
    if not parts or any(part.unread for part in parts):
        return None
    weight = _weight(parts)
    predicted = np.concatenate([part.predicted(weight) for part in parts])
    return rate_of(predicted, ordered["cluster"], _reading(parts, weight))


def unread_strata(attempts: pl.DataFrame, strata: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the strata that have successes of which none was read, in order."""
    read = pl.col("read").is_not_null().any()
    successes = attempts.filter("success").group_by(strata).agg(read)
    return sorted(successes.filter(~pl.col("read")).select(strata).iter_rows())


def rate_of(values: Floats, clusters: pl.Series, reading: Reading | None = None) -> Estimate | None:
    """Return the mean of what each attempt counts, clustered; None without attempts.

    Args:
        values: Of each attempt.
        clusters: The sample of each.
        reading: What clusters do not show.
    """
    if not len(values):
        return None
    rate = float(np.clip(values.mean(), 0, 1))
    _, cluster = np.unique(clusters.to_numpy(), return_inverse=True)
    sums = np.bincount(cluster, values - values.mean())
    n = len(sums)
    variance = n / max(n - 1, 1) * float((sums**2).sum())
    size = n
    if reading is not None:
        size = _size(variance, n, reading) if 0 < rate < 1 else min(n, reading.texts)
        variance += reading.variance
    low, high = intervals.of_rates(
        np.array([rate]),
        np.array([variance / len(values) ** 2 if 0 < rate < 1 else 0.0]),
        np.array([size]),
    )
    return Estimate(value=rate, low=float(low[0]), high=float(high[0]), n=n)


def _size(variance: float, n: int, reading: Reading) -> int:
    """Return one more than Satterthwaite's (1946) degrees of freedom of both variances' sum."""
    parts = ((variance, n - 1), (reading.variance, reading.freedom))
    spread = sum(part**2 / max(freedom, 1) for part, freedom in parts)
    freedom = (variance + reading.variance) ** 2 / spread if spread else n - 1
    return max(int(freedom), 1) + 1


def _stratum(part: pl.DataFrame) -> _Stratum:
    success, judged = (part[name].to_numpy().astype(float) for name in ("success", "judged"))
    answers = part["read"].cast(pl.Float64).fill_null(_NOT_READ).to_numpy()
    read = ~np.isnan(answers) & (success == 1)
    return _Stratum(success, judged, answers[read], judged[read])


def _reading(parts: Sequence[_Stratum], weight: float) -> Reading:
    """Return what was not read adds, from the spread within strata of two texts or more.

    A stratum whose only text is its only success adds nothing. One of whose successes a single
    text was read has the mean spread of the others.
    """
    texts = sum(len(part.read) for part in parts)
    odd = (texts + 1) / (texts + 2) ** 2
    away = [part.read - weight * part.said for part in parts]
    spread = np.array([one.var(ddof=1) if len(one) > 1 else np.nan for one in away])
    known = ~np.isnan(spread)
    usual = float(spread[known].mean()) if known.any() else odd
    scales = np.array([0.0 if part.success.sum() == 1 else part.scale for part in parts])
    variance = float(scales @ np.maximum(np.where(known, spread, usual), odd))
    return Reading(variance, sum(max(len(one) - 1, 0) for one in away), texts)


def _weight(parts: Sequence[_Stratum]) -> float:
    """Return how much the judge's verdicts help, within 0 and 1."""
    several = [part for part in parts if len(part.read) > 1]
    together = sum(part.scale * float(np.cov(part.read, part.said)[0, 1]) for part in several)
    alone = sum(
        part.scale * (1 + len(part.read) / part.success.sum()) * part.said.var(ddof=1)
        for part in several
    )
    freedom = sum(len(part.read) - 1 for part in several)
    if freedom < 2 or alone == 0:  # noqa: PLR2004  no slope through two texts
        return 0.0
    return float(np.clip(together / alone, 0, 1))
