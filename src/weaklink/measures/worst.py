"""The worst case: a model under the union of all attacks."""

from __future__ import annotations

import numpy as np

from weaklink.measures.statistics.means import Floats


def attacks_fallen_to(fell: Floats) -> Floats:
    """Return how many attacks each sample falls to; a success in any repetition is a fall.

    Args:
        fell: Shape (models, attacks, samples, repetitions), as ``grid.attempts`` gives it.

    Returns:
        Shape (models, samples); NaN for a sample without a counted attempt by every attack.
    """
    made = np.any(~np.isnan(fell), axis=3)
    falls = (np.where(np.isnan(fell), 0.0, fell).max(axis=3, initial=0.0) > 0).sum(axis=1)
    counts: Floats = np.where(np.all(made, axis=1), falls, np.nan)
    return counts


def survives(falls: Floats, correct: Floats) -> Floats:
    """Return 1 for a sample classified correctly that falls to no attack, else 0.

    Args:
        falls: Shape (models, samples), as ``attacks_fallen_to`` gives it.
        correct: Shape (models, samples), as ``grid.correctness`` gives it.

    Returns:
        Shape (models, samples); NaN where either is not known.
    """
    stands: Floats = np.where(np.isnan(falls), np.nan, falls == 0) * correct
    return stands
