"""Which texts share a batch: the partition that costs least."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate


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
    counts = Counter(lengths)
    if empty := counts.pop(0, 0):
        counts[1] += empty
    longest = [*counts]
    rows = [max(1, tokens // length) for length in longest]
    starts = [0, *accumulate(counts.values())]
    packed = list[int]()
    first = 0
    for end in _ends_of_runs(longest, rows, starts, overhead):
        size, full = starts[end] - starts[first], rows[first]
        packed += [min(full, size - start) for start in range(0, size, full)]
        first = end
    return packed


def _ends_of_runs(
    longest: Sequence[int], rows: Sequence[int], starts: Sequence[int], overhead: float
) -> list[int]:
    """Return where each run of distinct lengths ends, by dynamic programming from the shortest.

    Longer runs pad more: the search for the end of a run stops where padding alone costs more than
    the best run so far.
    """
    count = len(longest)
    least, end, unpadded = [0.0] * (count + 1), [0] * count, [0] * (count + 1)
    for i in reversed(range(count)):
        unpadded[i] = unpadded[i + 1] + longest[i] * (starts[i + 1] - starts[i])
        least[i] = math.inf
        for j in range(i + 1, count + 1):
            size = starts[j] - starts[i]
            padded = longest[i] * size
            if padded + overhead + unpadded[j] >= least[i]:
                break
            cost = padded + overhead * math.ceil(size / rows[i]) + least[j]
            if cost < least[i]:
                least[i], end[i] = cost, j
    ends = list[int]()
    while (last := ends[-1] if ends else 0) < count:
        ends.append(end[last])
    return ends
