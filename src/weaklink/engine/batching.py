"""Batches of items of similar length, as large as pays and as memory allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, takewhile
from typing import TypeVar

from weaklink.engine.budget import TokenBudget

T = TypeVar("T")
R = TypeVar("R")


def in_batches(
    items: Sequence[T],
    length: Callable[[T], int],
    budget: TokenBudget,
    forward: Callable[[Sequence[T]], Iterable[R]],
) -> list[R]:
    """Return ``forward`` of all items, in their order.

    Batches hold items of neighbouring lengths, the longest first, so that memory runs out early if
    at all; then the budget is halved and the batch is tried again. A batch ends where its padding
    would cost more than another batch.

    Raises:
        MemoryError, RuntimeError: Memory ran out for a single item.
    """
    lengths = [length(item) for item in items]
    order = sorted(range(len(items)), key=lambda i: -lengths[i])
    results: dict[int, R] = {}
    while order:
        longest = max(1, lengths[order[0]])
        taken, order = _split(order, _first_batch(order, lengths, budget))
        start = time.perf_counter()
        try:
            rows = forward([items[i] for i in taken])
        except (MemoryError, RuntimeError) as error:
            if len(taken) == 1 or not _out_of_memory(error):
                raise
            budget.halve()
            order = taken + order
            continue
        budget.observe(longest * len(taken), time.perf_counter() - start)
        results.update(zip(taken, rows, strict=True))
    return [results[i] for i in range(len(items))]


def _first_batch(order: Sequence[int], lengths: Sequence[int], budget: TokenBudget) -> int:
    """Return how many items the first batch takes, of those in ``order``, the longest first."""
    longest = lengths[order[0]]
    most = max(1, budget.tokens // max(1, longest))
    padding = accumulate(longest - lengths[i] for i in order[:most])
    return sum(1 for _ in takewhile(lambda tokens: tokens <= budget.padding, padding))


def _split(order: list[int], count: int) -> tuple[list[int], list[int]]:
    return order[:count], order[count:]


def _out_of_memory(error: Exception) -> bool:
    """Torch raises its own ``OutOfMemoryError`` on a GPU, and a bare ``RuntimeError`` on a CPU."""
    return isinstance(error, MemoryError) or "memory" in str(error).lower()
