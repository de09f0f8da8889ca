"""The operating points of a campaign's victims: given, or chosen on benign texts."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from weaklink.campaigns.specification import Specification
from weaklink.data.files import labels_of, read_texts
from weaklink.engine import remember_scores
from weaklink.engine.attempt import Verify
from weaklink.engine.services import Verifications
from weaklink.errors import WeaklinkError
from weaklink.progress import Progress
from weaklink.text.pairs import parted
from weaklink.victims import Exact, Floats, Victim
from weaklink.victims.operating_point import (
    Benign,
    OperatingPoint,
    check_label,
    lowest_threshold,
    parse_point,
)


class OperatingPoints:
    """Says at which point each victim operates.

    Args:
        spec: Gives a threshold, or the share of benign texts that may be flagged.
        progress: Is told of each victim whose threshold is chosen.
    """

    def __init__(self, spec: Specification, progress: Progress) -> None:
        self._spec = spec
        self._progress = progress
        self._chosen = dict[str, OperatingPoint]()

    def of(self, victim: Victim) -> OperatingPoint | None:
        """Return the operating point of a bare victim; None: it gives the most likely label.

        Raises:
            WeaklinkError: No threshold can be set for it, or the benign texts cannot be used.
        """
        if self._spec.threshold is not None:
            return parse_point(self._spec.threshold)
        if self._spec.false_alarms is None:
            return None
        if victim.fingerprint not in self._chosen:
            label = str(self._spec.source)
            self._chosen[victim.fingerprint] = self._choose(victim, label, self._spec.false_alarms)
        return self._chosen[victim.fingerprint]

    def _choose(self, victim: Victim, label: str, allowed: float) -> OperatingPoint:
        check_label(victim, label)
        source, texts = str(self._spec.calibrate), self._texts
        self._progress.begin(f"Choosing a threshold for {victim.name}")
        found = _rows(victim, texts)[:, victim.labels.index(label)]
        threshold = lowest_threshold(found, allowed)
        if threshold is None:
            raise WeaklinkError(
                f"{victim.name} gives {label} a probability of 1 on more than {allowed:g} of the "
                f"texts of {source}, so that no threshold flags so few.",
                "Allow more --false-alarms, and check that the texts are benign.",
            )
        flagged = int((found >= threshold).sum())
        benign = Benign(source=source, texts=len(texts), flagged=flagged, allowed=allowed)
        return OperatingPoint(label=label, threshold=threshold, benign=benign)

    @cached_property
    def _texts(self) -> list[str]:
        name, alarm = str(self._spec.calibrate), str(self._spec.source)
        texts = read_texts(name, self._spec.text_column, self._spec.pair)
        texts = [text for text in texts if parted(text)[0].strip()]
        if alarm.casefold() in {label.casefold() for label in labels_of(name)}:
            raise WeaklinkError(
                f"{name} has texts with the label {alarm}, which are not benign.",
                "Give a file of benign texts alone; they need no labels.",
            )
        if not texts:
            raise WeaklinkError(f"{name} holds blank texts alone.", "Give benign texts.")
        return texts


def require_point(spec: Specification) -> None:
    """Refuse a specification that says half of an operating point, or two.

    Raises:
        WeaklinkError: It does.
    """
    if spec.false_alarms is None and spec.calibrate is None:
        return
    if spec.false_alarms is None or spec.calibrate is None or spec.source is None:
        raise WeaklinkError(
            "A share of false alarms needs benign texts, and the label that is an alarm.",
            "Give all of --false-alarms 0.01, --calibrate FILE and --from LABEL.",
        )
    if spec.threshold is not None:
        raise WeaklinkError(
            "A threshold is given, and one is to be chosen by false alarms.",
            "Give --threshold, or --false-alarms and --calibrate.",
        )


def _rows(victim: Victim, texts: list[str]) -> Floats:
    """Return the victim's probabilities, those of torch in float32 where it has faster ones."""
    if isinstance(victim, Exact):
        return np.stack(Verifications(victim)([Verify(text) for text in texts]))
    return remember_scores(victim).rows(texts)
