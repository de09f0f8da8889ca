import numpy as np
import pytest

from weaklink.attacks import Gradient, Gradients, Score, Tag
from weaklink.engine.metering import ExhaustedError, Meter
from weaklink.text import Words

ORIGINAL = np.array([0.2, 0.8])


def meter(most):
    return Meter(most=most, charged=1, original=ORIGINAL)


def asking(*asks):
    replies = []
    for ask in asks:
        replies.append((yield ask))
    return replies


def start(meter, *asks):
    steps = meter.run(asking(*asks))
    return steps, next(steps)


def test_every_text_is_charged_each_time_it_is_asked():
    m = meter(None)
    steps, ask = start(m, Score(("a", "b")), Score(("a",)))
    assert (ask, m.charged) == (Score(("a", "b")), 3)
    assert steps.send(np.zeros((2, 2))) == Score(("a",))
    assert m.charged == 4


def test_what_is_not_asked_of_the_victim_is_free():
    m = meter(1)
    _, ask = start(m, Tag((Words.split("a"),)))
    assert isinstance(ask, Tag)
    assert m.charged == 1


def test_the_affordable_part_of_the_last_ask_is_answered():
    m = meter(3)
    steps, ask = start(m, Score(("a", "b", "c")))
    assert ask == Score(("a", "b"))
    with pytest.raises(StopIteration) as stop:
        steps.send(np.array([[0.5, 0.5], [0.6, 0.4]]))
    (scores,) = stop.value.value
    assert scores.tolist() == [[0.5, 0.5], [0.6, 0.4], [0.2, 0.8]]
    assert (m.charged, m.spent) == (3, True)


def test_an_ask_after_the_last_ends_the_attack():
    m = meter(2)
    steps, _ = start(m, Score(("a", "b")), Score(("c",)))
    with pytest.raises(ExhaustedError):
        steps.send(np.array([[0.5, 0.5]]))


def test_an_ask_that_fits_exactly_does_not_exhaust():
    m = meter(3)
    steps, ask = start(m, Score(("a", "b")))
    with pytest.raises(StopIteration):
        steps.send(np.zeros((2, 2)))
    assert (ask, m.spent) == (Score(("a", "b")), False)


def test_nothing_left_ends_the_attack_at_once():
    m = meter(1)
    with pytest.raises(ExhaustedError):
        start(m, Score(("a",)))
    assert m.spent


def test_an_empty_ask_costs_nothing_and_reaches_nobody():
    with pytest.raises(StopIteration) as stop:
        start(meter(1), Score(()))
    assert stop.value.value[0].shape == (0, 2)


def test_gradients_beyond_the_budget_are_flat():
    m = meter(2)
    request = Gradient(Words.split("a b"), 0, (("x",), ()))
    steps, ask = start(m, Gradients((request, request)))
    assert ask == Gradients((request,))
    with pytest.raises(StopIteration) as stop:
        steps.send(["view"])
    ((first, second),) = stop.value.value
    assert first == "view"
    assert (second.words.tolist(), second.edits.tolist()) == ([0, 0], [0])
