"""Batches of similar length, which batch being a function of the step's number alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

_POOL = 50


class Batches:
    """Goes through all items again and again, in another order each time.

    Args:
        lengths: The length of each item.
        size: Items in a batch.
        seed: Chooses the orders.
    """

    def __init__(self, lengths: Sequence[int], size: int, seed: int) -> None:
        self._lengths = torch.tensor(lengths)
        self._size = size
        self._seed = seed
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
        """Sort pools of shuffled items by length, cut them into batches, and shuffle these."""
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + epoch)
        shuffled = torch.randperm(len(self._lengths), generator=generator)
        ordered = torch.cat(
            [
                pool[torch.argsort(self._lengths[pool], stable=True)]
                for pool in torch.split(shuffled, _POOL * self._size)
            ]
        )
        batches = torch.split(ordered, self._size)
        order = torch.randperm(len(batches), generator=generator).tolist()
        return [batches[i].tolist() for i in order]
