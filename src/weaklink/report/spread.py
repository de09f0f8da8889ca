"""How many queries the successes of an attack took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from weaklink.store import Outcome, Status


@dataclass(frozen=True, slots=True)
class QuerySpread:
    """Percentiles of the queries of one attack's successes against one victim."""

    victim: str
    attack: str
    successes: int
    p5: float
    p25: float
    median: float
    p75: float
    p95: float


def query_spreads(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], QuerySpread]:
    """Return the spread for each (victim, attack) that has a success."""
    queries: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.status is Status.SUCCEEDED:
            queries[outcome.victim, outcome.attack].append(outcome.queries)
    return {
        key: QuerySpread(*key, len(counts), *np.percentile(counts, (5, 25, 50, 75, 95)).tolist())
        for key, counts in queries.items()
    }
