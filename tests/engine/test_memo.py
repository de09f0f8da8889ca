import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weaklink.engine.budget import TokenBudget
from weaklink.engine.memo import Memo


class Counting:
    """Reads lower-case texts only, and counts what it computes."""

    def __init__(self):
        self.seen = []

    def encode(self, texts):
        return [tuple(map(ord, text.lower())) for text in texts]

    def forward(self, batch):
        self.seen += batch
        return np.array([[len(item), sum(item)] for item in batch], dtype=float)


@given(st.lists(st.lists(st.text(max_size=5), min_size=1, max_size=20), max_size=5))
def test_rows_are_the_models_and_nothing_is_computed_twice(asks):
    model = Counting()
    memo = Memo(model, 10_000, TokenBudget())
    for texts in asks:
        expected = [[len(t.lower()), sum(map(ord, t.lower()))] for t in texts]
        assert memo.rows(texts).tolist() == expected
    assert len(model.seen) == len(set(model.seen))
    assert memo.usage.distinct == len(model.seen)
    assert memo.usage.texts == sum(map(len, asks))


def test_texts_that_the_model_cannot_tell_apart_are_computed_once():
    model = Counting()
    Memo(model, 10, TokenBudget()).rows(["Fine", "fine", "FINE"])
    assert len(model.seen) == 1


def test_the_least_recently_used_rows_are_forgotten_first():
    model = Counting()
    memo = Memo(model, 2, TokenBudget())
    for text in ("a", "b", "a", "c", "a", "b"):
        memo.rows([text])
    assert [chr(item[0]) for item in model.seen] == ["a", "b", "c", "b"]


def test_an_ask_larger_than_the_memory_is_answered_whole():
    texts = [str(i) for i in range(100)]
    assert Memo(Counting(), 3, TokenBudget()).rows(texts)[:, 0].tolist() == [
        len(text) for text in texts
    ]
