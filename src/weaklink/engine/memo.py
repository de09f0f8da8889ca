"""Rows of a model for any number of texts, with nothing computed twice."""

from __future__ import annotations

import time
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

import numpy as np

from weaklink.engine.batching import in_batches
from weaklink.engine.budget import TokenBudget
from weaklink.victims import Encoded, Floats

_SLICE = 4096


class RowModel(Protocol):
    """A model that maps texts to rows of numbers: a victim, a sentence encoder."""

    def encode(self, texts: Sequence[str]) -> Sequence[Any]:
        """Return each text as the model reads it (``Encoded``)."""

    def forward(self, batch: Sequence[Any]) -> Floats:
        """Return one row for each encoded text."""


@dataclass
class Usage:
    """What a model was given to do; seconds are wall time."""

    texts: int = 0
    distinct: int = 0
    encode_seconds: float = 0.0
    forward_seconds: float = 0.0


class Memo:
    """Asks a model for rows, and remembers them while there is room.

    Texts that the model cannot tell apart are computed once. The least recently used rows are
    forgotten first.

    Args:
        model: The model.
        capacity: How many rows are remembered.
        budget: How large batches may be.
    """

    def __init__(self, model: RowModel, capacity: int, budget: TokenBudget) -> None:
        self._model = model
        self.usage = Usage()
        self._budget = budget
        self._capacity = capacity
        self._rows: OrderedDict[bytes, Floats] = OrderedDict()

    def rows(self, texts: Sequence[str]) -> Floats:
        """Return the model's rows for ``texts``, of which there is at least one."""
        parts = [texts[i : i + _SLICE] for i in range(0, len(texts), _SLICE)]
        return np.concatenate([self._part(part) for part in parts])

    def _part(self, texts: Sequence[str]) -> Floats:
        start = time.perf_counter()
        encoded = self._model.encode(texts)
        keys = [_digest(item) for item in encoded]
        fresh = {k: e for k, e in zip(keys, encoded, strict=True) if k not in self._rows}
        middle = time.perf_counter()
        items = list(fresh.values())
        computed: list[Floats] = in_batches(items, len, self._budget, self._model.forward)
        self.usage.texts += len(texts)
        self.usage.distinct += len(fresh)
        self.usage.encode_seconds += middle - start
        self.usage.forward_seconds += time.perf_counter() - middle
        for key, row in zip(fresh, computed, strict=True):
            self._rows[key] = row
        result = np.stack([self._recall(key) for key in keys])
        while len(self._rows) > self._capacity:
            self._rows.popitem(last=False)
        return result

    def _recall(self, key: bytes) -> Floats:
        self._rows.move_to_end(key)
        return self._rows[key]


def _digest(encoded: Encoded) -> bytes:
    """A short key for a text or for its token ids, so that the memory does not hold the texts."""
    data = encoded.encode() if isinstance(encoded, str) else array("q", encoded).tobytes()
    return blake2b(data, digest_size=16).digest()
