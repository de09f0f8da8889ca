"""How robustness changes along one chain link, under one attack.

All figures rest on pairs: the attempts on the same sample, in the same repetition, against the
upstream and against the downstream. An attempt that ended in an error, or was skipped, on either
side leaves no pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from weaklink.measures.rates import attacked, mean_share, shares, succeeded
from weaklink.measures.summary import Estimate
from weaklink.store import Outcome

Pair: TypeAlias = tuple[Outcome, Outcome]
"""An attempt against the upstream, and the same against the downstream."""

_RESAMPLES = 9999
_BATCH = 2_000_000
"""Resampled values held in memory at once."""


def pair_attempts(upstream: Iterable[Outcome], downstream: Iterable[Outcome]) -> list[Pair]:
    """Return the pairs of two victims' outcomes, in an order that does not depend on theirs."""
    above = {_place(outcome): outcome for outcome in upstream if attacked(outcome)}
    below = {_place(outcome): outcome for outcome in downstream if attacked(outcome)}
    return [(above[place], below[place]) for place in sorted(above.keys() & below.keys())]


def delta(pairs: Sequence[Pair], *, seed: int = 0) -> Estimate | None:
    """Return ``asr_all`` of the downstream less that of the upstream; None for no pair.

    The interval is the BCa bootstrap (Efron 1987) over samples. Where all samples have the same
    difference ``d`` there is nothing to resample, and the interval would be a point however few
    they are. Instead, Wilson bounds the share ``u`` of samples that may differ from ``d`` though
    none of ``n`` did, and they may lie anywhere in [-1, 1]: the interval is ``d - u (1 + d)`` to
    ``d + u (1 - d)``.
    """
    if not pairs:
        return None
    above, below = _shares(pairs)
    differences = below - above
    value = float(differences.mean())
    low, high = (
        _unanimous(value, len(differences))
        if np.ptp(differences) == 0
        else _bootstrap(differences, seed)
    )
    return Estimate(value=value, low=low, high=high, n=len(differences))


def paired_test(pairs: Sequence[Pair], *, seed: int = 0) -> tuple[str, float | None]:
    """Return the name of a two-sided test that the delta is zero, and its p-value.

    With one attempt per sample the test is McNemar's (1947), exact; with several it permutes
    upstream and downstream within each sample. The p-value is None for no pair.
    """
    above, below = _shares(pairs)
    if len(above) == len(pairs):
        return "exact McNemar", _mcnemar(above, below) if pairs else None
    return "paired permutation", _permutation(above, below, seed)


def transfer_rate(pairs: Sequence[Pair]) -> Estimate | None:
    """Return, of the upstream's vulnerable samples, the share that succeeds downstream as well.

    A sample with several repetitions counts with the share of those that succeeded upstream.
    """
    vulnerable = (below for above, below in pairs if succeeded(above))
    return mean_share(shares(vulnerable, succeeded).values())


def asr_elsewhere(pairs: Sequence[Pair]) -> Estimate | None:
    """Return the downstream's ASR on samples that no attempt succeeded on upstream."""
    vulnerable = {above.key.sample_id for above, _ in pairs if succeeded(above)}
    others = (below for _, below in pairs if below.key.sample_id not in vulnerable)
    return mean_share(shares(others, succeeded).values())


def _place(outcome: Outcome) -> tuple[str, int]:
    return outcome.key.sample_id, outcome.key.repetition


def _shares(pairs: Sequence[Pair]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the success share of each sample upstream and downstream, in the same order."""
    above = shares((above for above, _ in pairs), succeeded)
    below = shares((below for _, below in pairs), succeeded)
    return np.array([*above.values()], dtype=float), np.array([*below.values()], dtype=float)


def _unanimous(value: float, n: int) -> tuple[float, float]:
    none_of_n = mean_share([0.0] * n)
    differing = none_of_n.high if none_of_n else 1.0
    return value - differing * (1 + value), value + differing * (1 - value)


def _bootstrap(differences: NDArray[np.float64], seed: int) -> tuple[float, float]:
    from scipy.stats import bootstrap

    result = bootstrap(
        (differences,),
        np.mean,
        n_resamples=_RESAMPLES,
        batch=max(1, _BATCH // len(differences)),
        confidence_level=0.95,
        method="BCa",
        rng=np.random.default_rng(seed),
    )
    interval = result.confidence_interval
    return float(interval.low), float(interval.high)


def _mcnemar(above: NDArray[np.float64], below: NDArray[np.float64]) -> float:
    from statsmodels.stats.contingency_tables import mcnemar

    table = np.zeros((2, 2), dtype=int)
    np.add.at(table, (above.astype(int), below.astype(int)), 1)
    return float(mcnemar(table, exact=True).pvalue)


def _permutation(above: NDArray[np.float64], below: NDArray[np.float64], seed: int) -> float:
    from scipy.stats import permutation_test

    result = permutation_test(
        (below, above),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        batch=max(1, _BATCH // len(above)),
        rng=np.random.default_rng(seed),
    )
    return float(result.pvalue)
