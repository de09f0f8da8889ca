import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.engine.batching import in_batches
from weaklink.engine.budget import TokenBudget


@given(st.lists(st.text(min_size=1, max_size=30), max_size=60), st.integers(1, 200))
def test_results_come_in_the_order_of_the_items(items, tokens):
    batches = []

    def forward(batch):
        batches.append(list(batch))
        return [f"<{item}>" for item in batch]

    budget = TokenBudget(tokens, most=tokens)
    assert in_batches(items, len, budget, forward) == [f"<{i}>" for i in items]
    assert all(len(batch) == 1 or len(batch) * max(map(len, batch)) <= tokens for batch in batches)


def test_batches_hold_neighbouring_lengths_the_longest_first():
    batches = []

    def forward(batch):
        batches.append([len(item) for item in batch])
        return batch

    in_batches(["a" * n for n in (1, 9, 3, 8, 3, 9)], len, TokenBudget(20), forward)
    assert batches == [[9, 9], [8], [3, 3], [1]]


def test_what_is_left_is_packed_anew_when_the_budget_grows():
    budget, sizes = TokenBudget(16), []

    def forward(batch):
        sizes.append(len(batch))
        return batch

    in_batches(["aaaa"] * 30, len, budget, forward)
    assert sizes == [4, 4, 4, 4, 4, 8, 2]


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory.")])
def test_the_budget_is_halved_and_the_batch_tried_again_when_memory_runs_out(error):
    budget, sizes = TokenBudget(64), []

    def forward(batch):
        sizes.append(len(batch))
        if len(batch) > 2:
            raise error
        return [item.upper() for item in batch]

    items = [c * 4 for c in "abcdefghij"]
    assert in_batches(items, len, budget, forward) == [i.upper() for i in items]
    assert sizes == [10, 8, 4, 2, 2, 2, 2, 2]
    assert budget.tokens == 8


def test_memory_that_does_not_hold_one_item_is_an_error():
    def forward(batch):
        raise MemoryError

    with pytest.raises(MemoryError):
        in_batches(["abc"], len, TokenBudget(64), forward)


def test_other_errors_are_not_taken_for_a_lack_of_memory():
    def forward(batch):
        raise RuntimeError("shape mismatch")

    with pytest.raises(RuntimeError, match="shape"):
        in_batches(["abc", "def"], len, TokenBudget(64), forward)


def observe(budget, rate, count=5):
    for _ in range(count):
        budget.observe(budget.tokens, budget.tokens / rate)


def test_the_budget_doubles_while_that_pays_and_then_settles():
    budget = TokenBudget(100)
    for rate, expected in [(1000, 200), (1500, 400), (1510, 200), (9000, 200)]:
        observe(budget, rate)
        assert budget.tokens == expected


def test_batches_well_below_the_budget_say_nothing():
    budget = TokenBudget(100)
    for _ in range(50):
        budget.observe(50, 0.001)
    assert budget.tokens == 100


def test_the_budget_has_a_ceiling():
    budget = TokenBudget(100, most=250)
    for rate in (1000, 2000, 4000, 8000):
        observe(budget, rate)
    assert budget.tokens == 200
