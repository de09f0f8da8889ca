"""The order in which the outcomes of a campaign are made: block by block.

A block has all attempts on a few samples, all attacks against all models, so that what has ended
of a campaign that stops early can be compared. Any executor may hand out blocks; outcomes do not
depend on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby

from weaklink.store import OutcomeKey


def in_seeded_order(sample_ids: Iterable[str], seed: int) -> list[str]:
    """Return samples in an order that says nothing about their texts.

    A file may be sorted; of samples that were drawn at random, the order drawn is seeded already.
    """
    return sorted(sample_ids, key=lambda one: sha256(f"{seed}:{one}".encode()).digest())


def in_blocks(
    keys: Iterable[OutcomeKey], order: Sequence[str], attempts: int
) -> Iterator[list[OutcomeKey]]:
    """Yield the keys in blocks of whole samples.

    Args:
        keys: Of pending outcomes.
        order: The samples in their order.
        attempts: A block ends with the sample that brings it to so many.
    """
    place = {sample: i for i, sample in enumerate(order)}
    block: list[OutcomeKey] = []
    for _, of_sample in groupby(
        sorted(keys, key=lambda key: place[key.sample_id]), lambda key: key.sample_id
    ):
        block += of_sample
        if len(block) >= attempts:
            yield block
            block = []
    if block:
        yield block
