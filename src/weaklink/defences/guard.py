"""A victim with a detector in front of it: an attacker must flip the label and pass the detector.

A row has one column more than there are labels: the mass of a rejection. For the victim's
probabilities ``p``, their highest ``m`` and a suspicion ``s`` (``Calibration``), a row is
``(p, m (2^s - 1))`` divided by its sum. Its highest column is the rejection if and only if ``s``
is above 1, and else the victim's label; with ``s = 0`` a row is that of the bare victim. What an
attack lowers, the mass of the original label and of the rejection, falls with either: the
detector's score is in the confidence that attacks follow (``attacks.Goal``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from weaklink.cache import digest_of_parts
from weaklink.defences.calibration import Calibration
from weaklink.defences.detectors.protocol import Score
from weaklink.models.runtimes import Portable, Runtime
from weaklink.text.pairs import Segment
from weaklink.victims import Differentiable, Encoded, FirstOrder, Floats, Gradient, Victim
from weaklink.victims.protocol import exact_rows

Read: TypeAlias = Callable[[Sequence[str]], Floats]
"""From texts to probabilities, shape (texts, labels)."""


class GuardedVictim:
    """A victim that answers suspicious texts with a rejection.

    Args:
        victim: The bare victim.
        name: How reports name it.
        score: The detector; a text's score depends on that text alone.
        calibration: What its scores mean.
        digest: Of all that the detector's scores depend on.
        details: What the detector is, for people.
        read: Returns the bare victim's probabilities of texts, if the detector asks for them too
            and remembers them.
        pairs: Whether the detector learnt from pairs of texts, and not from single ones.
    """

    def __init__(
        self,
        victim: Victim,
        name: str,
        score: Score,
        calibration: Calibration,
        digest: str,
        details: dict[str, str],
        read: Read | None = None,
        *,
        pairs: bool = False,
    ) -> None:
        self.victim = victim
        self.name = name
        self.labels = victim.labels
        self.languages: tuple[str, ...] = getattr(victim, "languages", ())
        self.reads_pairs = pairs and getattr(victim, "reads_pairs", False)
        self.reads_texts = not pairs
        self.no_pairs = "" if pairs else "its guard learnt from single texts"
        self.looks_at: Segment | None = getattr(score, "segment", None)
        self._score = score
        self._calibration = calibration
        self._own = details
        self._read = read or self._forward
        parts = ["guarded", victim.fingerprint, digest, calibration.model_dump_json()]
        self.fingerprint = digest_of_parts(parts)

    @property
    def details(self) -> dict[str, str]:
        """What it is and how it runs, for people."""
        return self.victim.details | self._own

    @property
    def unknown(self) -> str:
        """A word that the victim reads as unknown."""
        return self.victim.unknown

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the texts: the detector may tell any two apart."""
        return list(texts)

    def forward(self, batch: Sequence[Encoded]) -> Floats:
        """Return rows of shape (batch, labels + 1)."""
        texts = [str(text) for text in batch]
        return self._rows(self._read(texts), texts)

    def exact(self, batch: Sequence[Encoded]) -> Floats:
        """Return rows as exactly as the victim can compute them."""
        texts = [str(text) for text in batch]
        return self._rows(exact_rows(self.victim, self.victim.encode(texts)), texts)

    def visible(self, text: str) -> int:
        """Return how many leading characters of ``text`` the victim reads."""
        return self.victim.visible(text)

    def suspicion(self, texts: Sequence[str]) -> Floats:
        """Return the suspicion of each text; above 1 it is rejected."""
        return self._calibration.suspicion(self._score(texts))

    def run_on(self, runtime: Runtime, texts: Sequence[str]) -> None:
        """Let ``runtime`` compute the victim and the detector's model, if they support it."""
        models: tuple[object, ...] = (self.victim, self._score)
        for model in models:
            if isinstance(model, Portable):
                model.run_on(runtime, texts)

    def unknown_share(self, texts: Sequence[str]) -> float:
        """Return the share of tokens that the victim does not know; 0 where it does not tell."""
        share = getattr(self.victim, "unknown_share", None)
        return 0.0 if share is None else float(share(texts))

    def _forward(self, texts: Sequence[str]) -> Floats:
        return self.victim.forward(self.victim.encode(texts))

    def _rows(self, probabilities: Floats, texts: Sequence[str]) -> Floats:
        odds = np.exp2(self.suspicion(texts)) - 1
        rejected = probabilities.max(axis=1) * odds
        rows = np.column_stack([probabilities, rejected])
        return np.asarray(rows / (1 + rejected)[:, None])


class DifferentiableGuard(GuardedVictim):
    """A guarded victim whose bare victim has gradients; the detector's share in them is unknown.

    An attack by gradients follows the victim's, and its texts are judged with the detector.
    """

    def gradients(self, requests: Sequence[Gradient]) -> list[FirstOrder]:
        """Return the bare victim's first-order views."""
        assert isinstance(self.victim, Differentiable)  # noqa: S101  ``guarded`` sees to it
        return self.victim.gradients(requests)


def guarded(
    victim: Victim,
    name: str,
    score: Score,
    calibration: Calibration,
    digest: str,
    details: dict[str, str],
    read: Read | None = None,
    *,
    pairs: bool = False,
) -> GuardedVictim:
    """Return a victim with a guard; see ``GuardedVictim`` for the arguments."""
    kind = DifferentiableGuard if isinstance(victim, Differentiable) else GuardedVictim
    return kind(victim, name, score, calibration, digest, details, read, pairs=pairs)
