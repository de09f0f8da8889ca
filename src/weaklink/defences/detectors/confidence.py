"""How unsure the victim is, without anything that is learnt: what other detectors must beat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from weaklink.defences.detectors.protocol import (
    DetectorState,
    DetectorTask,
    Method,
    Score,
    TrainingExamples,
)
from weaklink.defences.victim_access import VictimAccess
from weaklink.victims import Floats


def _fit(_: TrainingExamples, __: VictimAccess, ___: DetectorTask) -> DetectorState:
    """Score how far the victim is from certain of its prediction, and learn nothing.

    Hendrycks and Gimpel 2017, section 3: the maximum softmax probability is lower for inputs that
    a network should not be trusted with. The score is 1 less that probability. Attacks stop as soon
    as the label flips, so their texts are often close to the boundary. An attacker who goes on
    searching is not found.
    """
    return DetectorState()


def _open(_: DetectorState, __: Path, access: VictimAccess) -> Score:
    def score(texts: Sequence[str]) -> Floats:
        return np.asarray(1.0 - access.probabilities(texts).max(axis=1))

    return score


confidence = Method(
    name="confidence",
    paper="Hendrycks and Gimpel 2017, A Baseline for Detecting Misclassified and "
    "Out-of-Distribution Examples in Neural Networks, https://arxiv.org/abs/1610.02136",
    needs_adversarial=False,
    fit=_fit,
    open=_open,
    uses_adversarial=False,
)
