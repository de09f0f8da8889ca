"""Which texts share a batch: the partition that costs least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

_Numbers: TypeAlias = NDArray[np.int64]


def pack(lengths: Sequence[int], tokens: int, overhead: float) -> list[int]:
    """Return how many items each batch takes, the longest items first.

    A batch costs as many tokens as its items times the longest of them, and ``overhead``. Items are
    cut into runs of neighbouring lengths, and runs into full batches and a rest. Of all cuts into
    runs the one of least cost is taken, all batches of a run counted as padded to its longest item:
    where runs fit into batches, no partition costs less.

    Args:
        lengths: Of the items, in tokens, in descending order.
        tokens: The most that a batch may hold, padding included, if it holds more than one item.
        overhead: What a batch costs beside its tokens, in tokens.
    """
    negative, counts = np.unique(-np.maximum(lengths, 1), return_counts=True)
    longest, rows = -negative, np.maximum(1, tokens // -negative)
    starts = np.concatenate([[0], np.cumsum(counts)])
    packed = list[int]()
    first = 0
    for end in _ends_of_runs(longest, rows, starts, overhead):
        size, full = int(starts[end] - starts[first]), int(rows[first])
        packed += [min(full, size - start) for start in range(0, size, full)]
        first = end
    return packed


def _ends_of_runs(
    longest: _Numbers, rows: _Numbers, starts: _Numbers, overhead: float
) -> list[int]:
    """Return where each run of distinct lengths ends, by dynamic programming from the shortest."""
    count = len(longest)
    least, end = np.zeros(count + 1), [0] * count
    for i in reversed(range(count)):
        sizes = starts[i + 1 :] - starts[i]
        costs = longest[i] * sizes + overhead * np.ceil(sizes / rows[i]) + least[i + 1 :]
        end[i] = i + 1 + int(costs.argmin())
        least[i] = costs.min()
    ends = list[int]()
    while (last := ends[-1] if ends else 0) < count:
        ends.append(end[last])
    return ends
