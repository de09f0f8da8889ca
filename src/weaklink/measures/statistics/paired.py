"""Tests and effect sizes for one sample seen twice: against the upstream and the downstream."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import numpy as np

from weaklink.measures.statistics.means import Floats

PERMUTATIONS = 9999
_CHUNK = 1024
"""Tests that are made at a time."""


@lru_cache(maxsize=100_000)
def mcnemar(only_upstream: int, only_downstream: int) -> float:
    """Return the exact p-value of McNemar (1947) from the numbers of discordant samples."""
    from statsmodels.stats.contingency_tables import mcnemar as test

    table = [[0, only_upstream], [only_downstream, 0]]
    return float(test(table, exact=True).pvalue)


def permutation(differences: Floats, *, seed: int) -> Floats:
    """Return the two-sided p-values of paired permutation tests that the sums are zero.

    Upstream and downstream are exchanged sample by sample; all that happened to a sample is
    exchanged together. Every exchange is tried where there are no more than 9,999; else so many
    are drawn, and the one observed is counted among them.

    Args:
        differences: Shape (samples, tests).
        seed: Chooses the exchanges.
    """
    samples = len(differences)
    observed = np.abs(differences.sum(axis=0))
    if 2**samples <= PERMUTATIONS:
        signs, extra = np.array([*product((-1.0, 1.0), repeat=samples)]), 0
    else:
        draws = np.random.default_rng(seed).integers(2, size=(PERMUTATIONS, samples))
        signs, extra = 2.0 * draws - 1.0, 1
    reached = np.empty(len(observed))
    for start in range(0, len(observed), _CHUNK):
        some = slice(start, start + _CHUNK)
        sums = np.abs(signs @ differences[:, some])
        reached[some] = (sums >= observed[some] * (1 - 1e-12) - 1e-12).sum(axis=0)
    p_values: Floats = (reached + extra) / (len(signs) + extra)
    return p_values


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return the p-values of one family, adjusted by Holm (1979); None stays None.

    statsmodels collects garbage each time, so what exists is kept out of that: with millions of
    outcomes it would take longer than the adjustment by far.

    >>> holm([0.01, None, 0.04])
    [0.02, None, 0.04]
    """
    known = [value for value in p_values if value is not None]
    if len(known) <= 1:
        return [*p_values]
    from statsmodels.stats.multitest import multipletests

    gc.freeze()
    try:
        adjusted = iter(multipletests(known, method="holm")[1].tolist())
    finally:
        gc.unfreeze()
    return [None if value is None else next(adjusted) for value in p_values]


def cohens_h(upstream: Floats, downstream: Floats) -> Floats:
    """Return the differences of rates on the arcsine scale (Cohen 1988): 0.2 is small.

    >>> cohens_h(np.array([0.5]), np.array([0.75])).round(4)
    array([0.5236])
    """
    from statsmodels.stats.proportion import proportion_effectsize

    effects: Floats = proportion_effectsize(downstream, upstream)
    return effects
