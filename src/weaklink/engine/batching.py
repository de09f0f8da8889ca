"""Batches of items of similar length, as large as is fast and memory allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from weaklink.engine.budget import TokenBudget
from weaklink.engine.packing import pack

T = TypeVar("T")
R = TypeVar("R")


def in_batches(
    items: Sequence[T],
    length: Callable[[T], int],
    budget: TokenBudget,
    forward: Callable[[Sequence[T]], Iterable[R]],
) -> list[R]:
    """Return ``forward`` of all items, in their order; see ``start_batches``."""
    return start_batches(items, length, budget, forward)()


def start_batches(
    items: Sequence[T],
    length: Callable[[T], int],
    budget: TokenBudget,
    forward: Callable[[Sequence[T]], Iterable[R]],
) -> Callable[[], list[R]]:
    """Call ``forward`` for all items, and return what reads its results, in the items' order.

    No result is read before that: ``forward`` may return them while they are being computed.

    Batches hold items of neighbouring lengths, the longest first, so that memory runs out early if
    at all; then the budget is halved and what is left is packed again.

    Raises:
        MemoryError, RuntimeError: Memory ran out for a single item.
    """
    lengths = [*map(length, items)]
    order = sorted(range(len(items)), key=lengths.__getitem__, reverse=True)
    begun: list[tuple[Sequence[int], Iterable[R]]] = []
    done = 0
    while done < len(items):
        left = order[done:]
        tokens = budget.tokens
        for size in pack([lengths[i] for i in left], tokens, budget.overhead):
            taken, left = left[:size], left[size:]
            start = time.perf_counter()
            try:
                rows = forward([items[i] for i in taken])
            except (MemoryError, RuntimeError) as error:
                if size == 1 or not _out_of_memory(error):
                    raise
                budget.halve()
            else:
                budget.observe(lengths[taken[0]] * size, time.perf_counter() - start)
                begun.append((taken, rows))
                done += size
            if budget.tokens != tokens:
                break
    return lambda: _in_order(begun)


def _in_order(begun: Iterable[tuple[Sequence[int], Iterable[R]]]) -> list[R]:
    """Return all rows, each at the place that stands beside it."""
    results = {i: row for places, rows in begun for i, row in zip(places, rows, strict=True)}
    return [results[i] for i in range(len(results))]


def _out_of_memory(error: Exception) -> bool:
    """Torch raises its own ``OutOfMemoryError`` on a GPU, and a bare ``RuntimeError`` on a CPU."""
    return isinstance(error, MemoryError) or "memory" in str(error).lower()
