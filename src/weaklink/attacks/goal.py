"""When an attack has won, and how near it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaklink.victims import Floats


@dataclass(frozen=True, slots=True)
class Goal:
    """Any label but the victim's own prediction, or one label in particular.

    Attributes:
        original: The label that the victim gives the original text.
        target: The label to reach; None for an untargeted attack.
        rejected: The column of a guarded victim's rejection, which is not a label; None: there is
            none.
    """

    original: int
    target: int | None = None
    rejected: int | None = None

    def reached(self, probabilities: Floats) -> NDArray[np.bool_]:
        """Return for each row of shape (texts, labels) whether the goal holds."""
        predicted = probabilities.argmax(axis=-1)
        if self.target is None:
            flipped = predicted != self.original
            passed = True if self.rejected is None else predicted != self.rejected
            return np.asarray(flipped & passed)
        return np.asarray(predicted == self.target)

    def confidence(self, probabilities: Floats) -> Floats:
        """Return the victim's confidence against the goal; attacks lower it.

        It is the probability of the original label and of a rejection, or one less the target's.
        """
        if self.target is None and self.rejected is not None:
            return np.asarray(probabilities[..., self.original] + probabilities[..., self.rejected])
        if self.target is None:
            return np.asarray(probabilities[..., self.original])
        return np.asarray(1.0 - probabilities[..., self.target])
