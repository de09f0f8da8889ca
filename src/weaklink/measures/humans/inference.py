"""A success rate by few human labels and many judged ones: prediction-powered inference.

Angelopoulos, Bates, Fannjiang, Jordan and Zrnic (2023, Science 382, equation for the mean), with
the weight of the judge of PPI++ (Angelopoulos, Duchi and Zrnic 2023, section 6.1) and strata as in
Fisch et al. (2024): in each attack, the mean of the judge's verdicts over all successes is
corrected by the mean difference between readers and judge where both are known,

    share = w mean_all(judge) + mean_read(reader - w judge).

Deviations: the rate is over all attempts, of which failures are known to be no success; and two
sources vary, the samples that were attacked (clustered, as attacks share them) and the texts that
were read. A variance among few texts read is no less than that of one odd answer in two more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from weaklink.measures.statistics import intervals
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats

_NOT_READ = np.nan


@dataclass(frozen=True, slots=True)
class _Stratum:
    """One attack's share of successes that readers hold valid.

    Attributes:
        predicted: Of each attempt: 0 for a failure, else what judge and correction make of it.
        variance: Of the corrections, over the texts that were read, times successes squared.
    """

    predicted: Floats
    variance: float


def powered_rate(attempts: pl.DataFrame) -> Estimate | None:
    """Return the share of attempts that succeed with a text that readers hold valid.

    Args:
        attempts: As ``population.attempts_of`` gives them, with ``read``: in [0, 1] for the
            successes that were read, else null.

    Returns:
        None without attempts, or where an attack has successes and none was read.
    """
    ordered = attempts.sort("attack", maintain_order=True)
    strata = [*_strata(ordered)]
    if not strata or any(np.isnan(one.variance) for one in strata):
        return None
    predicted = np.concatenate([one.predicted for one in strata])
    return rate_of(predicted, ordered["cluster"], sum(one.variance for one in strata))


def rate_of(values: Floats, clusters: pl.Series, beyond: float = 0.0) -> Estimate | None:
    """Return the mean of what each attempt counts, clustered; None without attempts.

    Args:
        values: Of each attempt.
        clusters: The sample of each.
        beyond: Variance of the sum of values that clusters do not show.
    """
    if not len(values):
        return None
    rate = float(np.clip(values.mean(), 0, 1))
    _, cluster = np.unique(clusters.to_numpy(), return_inverse=True)
    sums = np.bincount(cluster, values - values.mean())
    n = len(sums)
    variance = (n / max(n - 1, 1) * float((sums**2).sum()) + beyond) / len(values) ** 2
    low, high = intervals.of_rates(
        np.array([rate]), np.array([variance if 0 < rate < 1 else 0.0]), np.array([n])
    )
    return Estimate(value=rate, low=float(low[0]), high=float(high[0]), n=n)


def _strata(attempts: pl.DataFrame) -> Iterator[_Stratum]:
    for _, part in attempts.group_by("attack", maintain_order=True):
        success = part["success"].to_numpy().astype(float)
        judged = part["judged"].to_numpy().astype(float)
        answers = part["read"].cast(pl.Float64).fill_null(_NOT_READ).to_numpy()
        read = ~np.isnan(answers) & (success == 1)
        if not read.any():
            yield _Stratum(0 * success, np.nan if success.any() else 0.0)
            continue
        weight = _weight(answers[read], judged[read], int(success.sum()))
        away = answers[read] - weight * judged[read]
        predicted = success * (weight * judged + away.mean())
        n = len(away)
        odd = (n + 1) / (n + 2) ** 2
        spread = max(float(away.var(ddof=1)) if n > 1 else odd, odd)
        yield _Stratum(predicted, float(success.sum()) ** 2 * spread / n)


def _weight(answers: Floats, judged: Floats, successes: int) -> float:
    """Return how much the judge's verdicts help, within 0 and 1."""
    n = len(answers)
    if n < 3 or judged.var() == 0:  # noqa: PLR2004  no slope through two texts
        return 0.0
    slope = float(np.cov(answers, judged)[0, 1] / judged.var(ddof=1))
    return float(np.clip(slope / (1 + n / successes), 0, 1))
