"""RQ3.2: whether weakness is handed down, as transfer less that between unrelated models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaklink.measures.arrays import Arrays
from weaklink.measures.links.unrelated import nulls
from weaklink.measures.statistics.clustered import clustered
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.resampling import Cells


class HandedDown(NamedTuple):
    """Of each group: null transfer, lineage advantage, and the advantage that would show."""

    null: list[Estimate | None]
    advantage: list[Estimate | None]
    detectable: list[float | None]


def handed_down(
    arrays: Arrays, groups: Sequence[Cells], n: NDArray[np.int64], *, both_correct: bool
) -> HandedDown:
    """Compare transfer with that between unrelated models, clustered by sample and lineage.

    Args:
        arrays: The outcomes.
        groups: Cells, numbered data set by data set, link by link, attack by attack.
        n: Number of samples that each group's transfer rests on.
        both_correct: Whether only samples that both ends classified correctly count.
    """
    found = nulls(arrays, both_correct=both_correct)
    lineages = lineages_of_cells(arrays)
    null, advantage = (
        clustered(
            groups,
            np.concatenate([np.empty(0), *(one.values for one in parts)]),
            [one.influences for one in parts],
            np.concatenate([np.empty(0), *(one.unseen for one in parts)]),
            lineages,
        )
        for parts in ([one.transfer for one in found], [one.advantage for one in found])
    )
    return HandedDown(
        null.estimates(n, lowest=0, highest=1),
        advantage.estimates(n, lowest=-1, highest=1),
        advantage.detectable(),
    )


def lineages_of_cells(arrays: Arrays) -> NDArray[np.int64]:
    """Return the lineage of every cell."""
    numbers = dict(zip(arrays.models, arrays.lineages, strict=True))
    of_links = np.array([numbers[up] for up, _ in arrays.links], dtype=np.int64)
    return np.tile(np.repeat(of_links, len(arrays.attacks)), len(arrays.datasets))
