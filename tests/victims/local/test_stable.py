"""Rows that do not depend on the noise of their batch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax

from weaklink.victims.local.stable import GRID, TOLERANCE, centred, settle

logits = arrays(np.float64, (6, 3), elements=st.floats(-30, 30))
noise = arrays(np.float64, (6, 3), elements=st.floats(-1, 1))


@given(exact=logits, first=noise, second=noise)
def test_noise_below_the_tolerance_changes_nothing(exact, first, second):
    def alone(row):
        return exact[row]

    scale = 0.5 * TOLERANCE * np.maximum(1, np.abs(centred(exact)).max(axis=1, keepdims=True))
    one, other = (settle(exact + scale * part, alone) for part in (first, second))
    np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(one, np.round(centred(exact) / GRID) * GRID)


@given(exact=logits)
def test_probabilities_stay_within_the_grid(exact):
    settled = softmax(settle(exact, lambda row: exact[row]), axis=1)
    np.testing.assert_allclose(settled, softmax(exact, axis=1), atol=GRID / 2)


def test_few_rows_are_computed_again():
    values = np.random.default_rng(0).normal(size=(4000, 2))
    again = []

    def alone(rows):
        again.extend(rows)
        return values[rows]

    settle(values, alone)
    assert 0 < len(again) < 0.03 * len(values)
