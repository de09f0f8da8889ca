"""Tests, corrections and effect sizes against known values."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weaklink.measures.statistics.paired import cohens_h, holm, mcnemar, permutation

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def test_mcnemar_is_that_of_fay_2010():
    assert mcnemar(2, 9) == pytest.approx(0.06543, abs=5e-6)
    assert mcnemar(0, 0) == 1


@settings(max_examples=10, deadline=None)
@given(p_values)
def test_holm_is_that_of_its_definition(values):
    order = np.argsort(values, kind="stable")
    steps = [min(1.0, (len(values) - i) * values[at]) for i, at in enumerate(order)]
    assert np.array(holm(values))[order].tolist() == np.maximum.accumulate(steps).tolist()


def test_holm_leaves_out_what_was_not_tested():
    assert holm([None, 0.01, None, 0.04]) == pytest.approx([None, 0.02, None, 0.04])
    assert holm([]) == []


def test_a_few_samples_are_exchanged_in_every_way():
    differences = np.array([1.0, 1.0, 0.5, -0.5, 0.0])
    sums = [abs(np.dot(signs, differences)) for signs in product((-1, 1), repeat=5)]
    expected = np.mean(np.array(sums) >= 2 - 1e-9)
    assert permutation(differences[:, None], seed=0) == pytest.approx([expected])


def test_a_permutation_of_whole_samples_agrees_with_mcnemar():
    differences = np.repeat([1.0, -1.0, 0.0], [15, 4, 81])
    assert permutation(differences[:, None], seed=0)[0] == pytest.approx(mcnemar(4, 15), abs=0.005)


def test_p_values_are_uniform_where_nothing_differs():
    differences = np.random.default_rng(0).normal(size=(40, 1000))
    found = permutation(differences, seed=1)
    assert np.mean(found <= 0.05) == pytest.approx(0.05, abs=0.02)
    assert np.mean(found <= 0.5) == pytest.approx(0.5, abs=0.04)


def test_cohens_h():
    found = cohens_h(np.array([0.5, 0.4]), np.array([0.5, 0.6]))
    apart = 2 * np.arcsin(0.6**0.5) - 2 * np.arcsin(0.4**0.5)
    assert found.tolist() == pytest.approx([0, apart])
