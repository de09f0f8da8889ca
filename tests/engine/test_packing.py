"""Batches by dynamic programming, against every partition there is."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from weaklink.engine.packing import pack

OVERHEADS = st.floats(0, 50)


def descending(most):
    lengths = st.lists(st.integers(0, 20), min_size=1, max_size=most)
    return lengths.map(lambda found: sorted(found, reverse=True))


def cost(lengths, sizes, overhead):
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    tokens = (max(1, lengths[start]) * size for start, size in zip(starts, sizes, strict=True))
    return sum(tokens) + overhead * len(sizes)


def partitions(count):
    for cuts in range(1 << (count - 1)):
        edges = [0, *(i + 1 for i in range(count - 1) if cuts >> i & 1), count]
        yield [stop - start for start, stop in pairwise(edges)]


@given(descending(9), OVERHEADS)
def test_where_all_fit_no_partition_costs_less(lengths, overhead):
    least = min(cost(lengths, sizes, overhead) for sizes in partitions(len(lengths)))
    found = pack(lengths, 1000, overhead)
    assert cost(lengths, found, overhead) <= least + 1e-9


@given(descending(80), st.integers(1, 100), OVERHEADS)
def test_every_item_is_packed_and_no_batch_holds_too_many(lengths, tokens, overhead):
    sizes = pack(lengths, tokens, overhead)
    assert sum(sizes) == len(lengths)
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    for start, size in zip(starts, sizes, strict=True):
        assert size == 1 or max(1, lengths[start]) * size <= tokens


def test_batches_are_filled_before_another_begins():
    assert pack([4] * 11, 16, 2.0) == [4, 4, 3]


def test_a_batch_ends_where_its_padding_costs_more_than_another_batch():
    lengths = [12, 12, 11, 7, 7, 6, 1, 1]
    assert pack(lengths, 1000, 4.0) == [3, 3, 2]
    assert pack(lengths, 1000, 8.0) == [3, 3, 2]
    assert pack(lengths, 1000, 15.0) == [3, 5]
    assert pack(lengths, 1000, 40.0) == [8]


def test_nothing_is_packed_into_no_batch():
    assert pack([], 100, 1.0) == []
