"""What a detector may ask of the model that it reads texts with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from weaklink.engine import remember_scores
from weaklink.errors import WeaklinkError
from weaklink.text import Words
from weaklink.text.pairs import Beside, parted
from weaklink.victims import Featured, Floats, Victim

_LEAST = 1e-12


def attacked_words(text: str, victim: Victim) -> tuple[Words, Beside]:
    """Return the words of a text that a victim reads, and what stands beside them.

    Of a pair, they are those of the segment that is attacked.
    """
    segment, beside = parted(text)
    return Words.split(segment, until=victim.visible(text)), beside


class VictimAccess:
    """Probabilities and features of a model.

    Args:
        victim: The model. Its rows depend on one text each, and so do a detector's scores.
    """

    def __init__(self, victim: Victim) -> None:
        self.victim = victim
        self._memo = remember_scores(victim)

    @property
    def asked(self) -> int:
        """Texts that the model was asked for so far."""
        return self._memo.usage.texts

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return probabilities of shape (texts, labels)."""
        if not texts:
            return np.empty((0, len(self.victim.labels)))
        return self._memo.rows(texts)

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return logarithms of the probabilities: logits less the same number in each row."""
        return np.asarray(np.log(np.maximum(self.probabilities(texts), _LEAST)))

    def features(self, texts: Sequence[str]) -> Floats:
        """Return what the model's head sees of each text, shape (texts, width).

        Raises:
            WeaklinkError: The model has no features to look at.
        """
        if not isinstance(self.victim, Featured):
            raise WeaklinkError(
                f"{self.victim.name} shows no features, and this detector needs them.",
                "Give a transformers model, or choose another --method.",
            )
        return self.victim.features(texts)
