"""What is known of detectors, as JSON."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from weaklink.defences.published import PublishedFigure
from weaklink.document import Document
from weaklink.measures import Estimate
from weaklink.measures.defences.detection import Detection
from weaklink.measures.results import State


class _DetectionFigures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AttackDetection(_DetectionFigures):
    """A detector on the adversarial texts of one attack on one data set."""

    attack: str
    dataset: str
    learnt: bool
    """Whether the detector learnt from texts of this attack."""
    figures: Detection | None
    caught: Estimate | None
    """Share of the adversarial texts that a guard with this detector would reject."""
    published: tuple[PublishedFigure, ...]
    """What the method's authors give for a setting like this one."""


class EvaluatedDetector(_DetectionFigures):
    """One detector on the samples that it did not learn from."""

    detector: str
    """Name of its folder."""
    verdict: Literal["better than chance", "worse than chance", "undecided"]
    """Whether the interval of the AUROC on the texts of all attacks is above or below 0.5."""
    method: str
    reads_with: str
    """The model that it reads texts with."""
    attacks: tuple[str, ...]
    """The attacks that it learnt from."""
    false_positives: float
    """The share of unaltered texts that its threshold may flag."""
    false_positives_state: State
    """Failed where the interval of ``flagged`` is above that share, passed where it is not,
    undecided where the share is inside it; unknown without unaltered texts."""
    samples: int
    left_out: int
    """Samples that were left out, since the detector saw them."""
    overall: Detection | None
    """On the texts of all attacks."""
    on_learnt: Detection | None
    """On those of the attacks that it learnt from."""
    on_others: Detection | None
    """On those of all other attacks: whether it generalises."""
    by_attack: tuple[AttackDetection, ...]
    from_wrong: Detection | None
    """Adversarial texts against the unaltered texts that the victim gets wrong."""
    flagged: Estimate | None
    """Share of the unaltered texts that a guard would reject."""
    flagged_right: Estimate | None
    """The same of those that the victim classifies correctly."""
    flagged_wrong: Estimate | None
    """The same of those that it gets wrong."""
    asked: float
    """Texts that the model was asked for, for each text that was scored."""
    seconds: float
    """Time to score one text."""


class DetectionReport(Document):
    """How well detectors tell the adversarial texts of a store from unaltered ones."""

    kind: Literal["detection"] = "detection"
    schema_version: Literal[2] = 2
    victim: str
    """The model that the texts were made for; the file's name where they are from one."""
    seed: int
    detectors: tuple[EvaluatedDetector, ...]


class ScoredText(_DetectionFigures):
    """A text with what a detector says of it."""

    text: str
    """Of a pair, the segment that is attacked."""
    text_before: str | None = None
    """The first segment of a pair whose second is attacked."""
    text_after: str | None = None
    """The second segment of a pair whose first is attacked."""
    score: float
    suspicion: float
    """0 for usual texts; above 1 the text is flagged."""
    flagged: bool


class DetectionScores(Document):
    """What a detector says of texts."""

    kind: Literal["detection-scores"] = "detection-scores"
    schema_version: Literal[2] = 2
    detector: str
    method: str
    texts: tuple[ScoredText, ...]
