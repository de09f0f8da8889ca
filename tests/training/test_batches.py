"""Batches: which items are together, and in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.training.batches import Batches, drawn_anew, drawn_on

ORDERS = st.builds(
    lambda orders, seed: orders(seed), st.sampled_from([drawn_anew, drawn_on]), st.integers(0, 3)
)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=80), st.integers(1, 9), ORDERS)
def test_an_epoch_holds_every_item_once(lengths, size, orders):
    batches = Batches(lengths, size, orders, pool=3)
    for epoch in range(2):
        steps = range(epoch * batches.per_epoch, (epoch + 1) * batches.per_epoch)
        items = [item for step in steps for item in batches.at(step)]
        assert sorted(items) == list(range(len(lengths)))


@pytest.mark.parametrize("orders", [drawn_anew, drawn_on])
def test_a_batch_depends_on_the_step_alone(orders):
    lengths = [n % 7 for n in range(50)]
    ordered, other = Batches(lengths, 8, orders(1)), Batches(lengths, 8, orders(1))
    wanted = [ordered.at(step) for step in range(20)]
    assert [other.at(step) for step in reversed(range(20))] == wanted[::-1]
    assert wanted[:7] != wanted[7:14]


@pytest.mark.parametrize("orders", [drawn_anew, drawn_on])
def test_items_of_a_batch_are_of_similar_length(orders):
    lengths = list(range(100))
    batches = Batches(lengths, 10, orders(0))
    assert all(max(b) - min(b) == 9 for b in map(batches.at, range(10)))


def test_the_orders_are_those_that_published_weights_were_trained_in():
    assert drawn_anew(1)(2, 6, 3) == ([0, 2, 3, 4, 5, 1], [1, 2, 0])
    assert drawn_on(1)(2, 6, 3) == ([4, 0, 3, 1, 5, 2], [2, 0, 1])
