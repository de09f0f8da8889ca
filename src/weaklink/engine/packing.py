"""Which texts share a batch: the partition that costs least."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def pack(lengths: Sequence[int], tokens: int, overhead: float) -> list[int]:
    """Return how many items each batch takes, the longest items first.

    A batch costs as many tokens as its items times the longest of them, and ``overhead``. Batches
    begin where the length changes, or where the one before is full: over the runs of neighbouring
    lengths that this leaves, dynamic programming finds the partition of least cost.

    Args:
        lengths: Of the items, in tokens, in descending order.
        tokens: The most that a batch may hold, padding included, if it holds more than one item.
        overhead: What a batch costs beside its tokens, in tokens.
    """
    negative, counts = np.unique(-np.maximum(lengths, 1), return_counts=True)
    longest, ends = -negative, np.cumsum(counts)
    rows = np.maximum(1, tokens // longest)
    least, last = np.zeros(len(ends) + 1), np.zeros(len(ends), dtype=np.intp)
    for i in reversed(range(len(ends))):
        sizes = ends[i:] - ends[i] + counts[i]
        costs = longest[i] * sizes + overhead * np.ceil(sizes / rows[i]) + least[i + 1 :]
        last[i] = i + costs.argmin()
        least[i] = costs.min()
    packed = list[int]()
    i = 0
    while i < len(ends):
        size, full = int(ends[last[i]] - ends[i] + counts[i]), int(rows[i])
        packed += [min(full, size - start) for start in range(0, size, full)]
        i = int(last[i]) + 1
    return packed
