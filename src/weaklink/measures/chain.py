"""How robustness changes along one chain link, under one attack.

All figures rest on pairs: the attempts on the same sample, in the same repetition, against the
upstream and against the downstream. An attempt that ended in an error, or was skipped, on either
side leaves no pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np

from weaklink.measures.grid import Floats
from weaklink.measures.paired import mcnemar, permutation
from weaklink.measures.rates import attacked, mean_share, shares, succeeded
from weaklink.measures.resampling import Resampling
from weaklink.measures.summary import Estimate
from weaklink.store import Outcome

Pair: TypeAlias = tuple[Outcome, Outcome]
"""An attempt against the upstream, and the same against the downstream."""


def pair_attempts(upstream: Iterable[Outcome], downstream: Iterable[Outcome]) -> list[Pair]:
    """Return the pairs of two victims' outcomes, in an order that does not depend on theirs."""
    above = {_place(outcome): outcome for outcome in upstream if attacked(outcome)}
    below = {_place(outcome): outcome for outcome in downstream if attacked(outcome)}
    return [(above[place], below[place]) for place in sorted(above.keys() & below.keys())]


def delta(pairs: Sequence[Pair], *, seed: int = 0) -> Estimate | None:
    """Return ``asr_all`` of the downstream less that of the upstream; None for no pair.

    The interval is the bootstrap over samples that ``resampling`` describes.
    """
    if not pairs:
        return None
    above, below = _shares(pairs)
    resampling = Resampling([len(above)], seed=seed)
    upstream, downstream = (resampling.totals([side[None]]).each() for side in (above, below))
    return (downstream - upstream).estimates()[0]


def paired_test(pairs: Sequence[Pair], *, seed: int = 0) -> tuple[str, float | None]:
    """Return the name of a two-sided test that the delta is zero, and its p-value.

    With one attempt per sample the test is McNemar's (1947), exact; with several it permutes
    upstream and downstream within each sample. The p-value is None for no pair.
    """
    above, below = _shares(pairs)
    if len(above) == len(pairs):
        only = int((above > below).sum()), int((below > above).sum())
        return "exact McNemar", mcnemar(*only) if pairs else None
    return "paired permutation", float(permutation((below - above)[:, None], seed=seed)[0])


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


def _shares(pairs: Sequence[Pair]) -> tuple[Floats, Floats]:
    """Return the success share of each sample upstream and downstream, in the same order."""
    above = shares((above for above, _ in pairs), succeeded)
    below = shares((below for _, below in pairs), succeeded)
    return np.array([*above.values()], dtype=float), np.array([*below.values()], dtype=float)
