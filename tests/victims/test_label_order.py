"""Labels that are matched in another order than the one that fits."""

from itertools import permutations

import numpy as np
import pytest

from weaklink.data import Dataset, Sample
from weaklink.testing import ToyVictim
from weaklink.victims.label_order import check_label_order

NEWS = ("Business", "Sci/Tech", "Sports", "World")
NUMBERED = tuple(f"LABEL_{i}" for i in range(4))


def checked(victim_labels, answers, *, labels=NEWS, ordered=True, wrong=0):
    """Check a model that gives the data's label ``i`` its own label ``answers[i]``."""
    count = 40
    gold = [i % len(labels) for i in range(count)]
    samples = tuple(Sample(f"file:{i}", f"text {i}", label) for i, label in enumerate(gold))
    dataset = Dataset("news", "here", "file", labels, "d", samples, ordered)
    victim = ToyVictim()
    victim.labels = victim_labels
    given = [answers[label] for label in gold]
    given[:wrong] = [(one + 1) % len(victim_labels) for one in given[:wrong]]
    found = check_label_order(victim, dataset, np.eye(len(victim_labels))[given])
    return {one.check: one.message for one in found}


@pytest.mark.parametrize("answers", [one for one in permutations(range(4)) if one != (0, 1, 2, 3)])
def test_every_other_order_of_four_labels_is_found_and_named(answers):
    message = checked(NUMBERED, answers, wrong=2)["labels-permuted"]
    for label, place in zip(NEWS, answers, strict=True):
        assert f"{label} = LABEL_{place}" in message
    assert "95% if its labels were" in message


def test_two_of_four_swapped_is_half_right_and_told():
    assert "right on 50% of 40 samples" in checked(NUMBERED, (1, 0, 2, 3))["labels-permuted"]


def test_the_right_order_is_not_doubted_for_some_errors():
    assert checked(NUMBERED, (0, 1, 2, 3), wrong=12) == {}
    assert checked(NEWS[::-1], (3, 2, 1, 0)) == {}
    assert checked(("a", "b", "c", "d"), (1, 0, 2, 3)) == {}


def test_names_without_an_order_are_matched_by_the_alphabet_only_with_a_word():
    found = checked(NUMBERED, (0, 1, 2, 3), ordered=False)
    assert "Business = LABEL_0, Sci/Tech = LABEL_1" in found["labels-by-alphabet"]
    assert checked(NEWS, (0, 1, 2, 3), ordered=False) == {}
