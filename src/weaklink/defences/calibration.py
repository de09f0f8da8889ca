"""From a detector's score to a suspicion: 0 for usual texts, above 1 for flagged ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from weaklink.victims import Floats

_MOST = 40.0
_NARROWEST = 1e-9
_ABOVE = 1 + 1e-9


class Calibration(BaseModel):
    """What scores mean, from unaltered texts that the detector did not learn from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    typical: float
    """The median score of unaltered texts: up to it a text is not suspicious at all."""
    threshold: float
    """A text that scores higher is flagged."""
    false_positives: float
    """The share of unaltered texts that may be flagged."""
    texts: int
    """Unaltered texts that this rests on."""

    @classmethod
    def of(cls, scores: Floats, false_positives: float) -> Calibration:
        """Return the calibration with the lowest threshold that flags so many texts at most."""
        ordered = np.sort(scores)[::-1]
        place = min(int(false_positives * len(ordered)), len(ordered) - 1)
        return cls(
            typical=float(np.median(scores)),
            threshold=float(ordered[place]),
            false_positives=false_positives,
            texts=len(scores),
        )

    def suspicion(self, scores: Sequence[float] | Floats) -> Floats:
        """Return suspicions, shape (texts,): 0 up to the typical score, 1 at the threshold.

        It rises linearly, to 40 at most. A detector that gives every text the same score finds
        none suspicious.
        """
        values = np.asarray(scores, dtype=float)
        scale = max(self.threshold - self.typical, _NARROWEST)
        found = np.clip((values - self.typical) / scale, 0.0, _MOST)
        flagged = values > self.threshold
        return np.where(flagged, np.maximum(found, _ABOVE), np.minimum(found, 1.0))
