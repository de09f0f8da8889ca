"""What a detector may ask of the model that it reads texts with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from weaklink.engine import remember_scores
from weaklink.engine.budget import budget_for
from weaklink.engine.memo import Memo
from weaklink.errors import WeaklinkError
from weaklink.text import Words
from weaklink.text.pairs import Beside, parted
from weaklink.victims import Encoded, Featured, Floats, Victim

_LEAST = 1e-12
_REMEMBERED = 20_000
"""Rows with features that are remembered: 3 kB each for MiniLM."""


def attacked_words(text: str, victim: Victim) -> tuple[Words, Beside]:
    """Return the words of a text that a victim reads, and what stands beside them.

    Of a pair, they are those of the segment that is attacked.
    """
    segment, beside = parted(text)
    return Words.split(segment, until=victim.visible(text)), beside


class VictimAccess:
    """Probabilities and features of a model.

    Once features were asked for, each pass gives both.

    Args:
        victim: The model. Its rows depend on one text each, and so do a detector's scores.
    """

    def __init__(self, victim: Victim) -> None:
        self.victim = victim
        self._memo = remember_scores(victim)
        self._shows_features = False

    @property
    def asked(self) -> int:
        """Texts that the model was asked for so far."""
        return self._memo.usage.texts

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return probabilities of shape (texts, labels)."""
        if not texts:
            return np.empty((0, self._labels))
        return self._memo.rows(texts)[:, : self._labels]

    def seen(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return probabilities, and features whose last bits may depend on the other texts.

        Features are what the model's head sees of each text, shape (texts, width).

        Raises:
            WeaklinkError: The model has no features to look at.
        """
        if not self._shows_features:
            model = _WithFeatures(self.victim, self._featured())
            self._memo = Memo(model, _REMEMBERED, budget_for(self.victim), self._memo.usage)
            self._shows_features = True
        rows = self._memo.rows(texts)
        return rows[:, : self._labels], rows[:, self._labels :]

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return logarithms of the probabilities: logits less the same number in each row."""
        return np.asarray(np.log(np.maximum(self.probabilities(texts), _LEAST)))

    def features(self, texts: Sequence[str]) -> Floats:
        """Return the features of each text, computed without others beside it.

        Raises:
            WeaklinkError: The model has no features to look at.
        """
        return self._featured().features(texts)

    @property
    def _labels(self) -> int:
        return len(self.victim.labels)

    def _featured(self) -> Featured:
        if not isinstance(self.victim, Featured):
            raise WeaklinkError(
                f"{self.victim.name} shows no features, and this detector needs them.",
                "Give a transformers model, or choose another --method.",
            )
        return self.victim


class _WithFeatures:
    """A victim whose rows are its probabilities, and features beside them."""

    def __init__(self, victim: Victim, featured: Featured) -> None:
        self.encode = victim.encode
        self._featured = featured

    def forward(self, batch: Sequence[Encoded]) -> Floats:
        return np.concatenate(self._featured.seen(batch), axis=1)
