"""Batches of similar length, chosen by the number of the step.

Pools of shuffled items are sorted by length and cut into batches, and these are shuffled. Where the
orders come from differs, because weights depend on it: the packaged networks were trained in orders
that torch draws anew for each epoch, published classifiers in orders that Python goes on drawing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

import torch

from weaklink.validation import SEEDS

Orders: TypeAlias = Callable[[int, int, int], tuple[list[int], list[int]]]
"""From an epoch, a number of items and one of batches to an order of each."""

_Item = TypeVar("_Item")


class Batches:
    """Goes through all items again and again, in another order each time.

    Args:
        lengths: The length of each item.
        size: Items in a batch.
        orders: Draws the orders of an epoch.
        pool: Batches of items that are sorted by length together, so that little is padding.
    """

    def __init__(self, lengths: Sequence[int], size: int, orders: Orders, pool: int = 50) -> None:
        self._lengths = lengths
        self._size = size
        self._orders = orders
        self._pool = pool
        self._epoch = -1
        self._batches: list[list[int]] = []
        self.per_epoch = math.ceil(len(lengths) / size)

    def at(self, step: int) -> list[int]:
        """Return the positions of the items in the batch of a step."""
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            self._epoch, self._batches = epoch, self._shuffled(epoch)
        return self._batches[place]

    def _shuffled(self, epoch: int) -> list[list[int]]:
        items, order = self._orders(epoch, len(self._lengths), self.per_epoch)
        pools = (
            sorted(p, key=self._lengths.__getitem__) for p in cut(items, self._pool * self._size)
        )
        batches = [batch for pool in pools for batch in cut(pool, self._size)]
        return [batches[i] for i in order]


def cut(items: Sequence[_Item], size: int) -> list[list[_Item]]:
    """Return the items in batches as they come, the last one smaller if need be."""
    return [list(items[i : i + size]) for i in range(0, len(items), size)]


def drawn_anew(seed: int) -> Orders:
    """Return orders of which each depends on the seed and the epoch alone."""

    def orders(epoch: int, items: int, batches: int) -> tuple[list[int], list[int]]:
        generator = torch.Generator().manual_seed((seed * 1_000_003 + epoch) % SEEDS)
        first = torch.randperm(items, generator=generator).tolist()
        return first, torch.randperm(batches, generator=generator).tolist()

    return orders


def drawn_on(seed: int) -> Orders:
    """Return orders that one generator draws, epoch after epoch."""

    def orders(epoch: int, items: int, batches: int) -> tuple[list[int], list[int]]:
        choice = random.Random(seed)  # noqa: S311 - an order, not a secret
        for _ in range(epoch + 1):
            first, second = choice.sample(range(items), items), list(range(batches))
            choice.shuffle(second)
        return first, second

    return orders
