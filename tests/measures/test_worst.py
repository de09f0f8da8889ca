"""The union of all attacks, against loops."""

import numpy as np

from weaklink.measures.arrays import attacks_fallen_to, survives


def test_a_sample_falls_to_an_attack_in_any_repetition():
    nan = np.nan
    fell = np.array([[[[0, 1], [0, 0], [nan, 0], [nan, nan]], [[1, 1], [0, 0], [0, nan], [1, 1]]]])
    falls = attacks_fallen_to(fell)
    assert falls[0, :3].tolist() == [2, 0, 0]
    assert np.isnan(falls[0, 3])
    correct = np.array([[1.0, 1.0, 0.0, 1.0]])
    assert survives(falls, correct)[0, :3].tolist() == [0, 1, 0]
    assert np.isnan(survives(falls, correct)[0, 3])
    assert np.isnan(survives(falls, np.array([[nan, 1.0, 1.0, 1.0]]))[0, 0])
