"""Samples and the data set that they were drawn from."""

from __future__ import annotations

from dataclasses import dataclass

from weaklink.text.pairs import Segment, attacked_segment, parted


@dataclass(frozen=True, slots=True)
class Sample:
    """One original text with its gold label and a stable id.

    Attributes:
        id: ``<split>:<row>`` of the data set, whatever the seed that drew it.
        text: The text, exactly as the data set has it; of a pair, both segments (``text.pairs``).
        label: The gold label, an index into the data set's ``labels``.
    """

    id: str
    text: str
    label: int

    @property
    def segment(self) -> str:
        """What is attacked: the text, or one segment of a pair."""
        return parted(self.text)[0]


@dataclass(frozen=True, slots=True)
class Dataset:
    """The samples of one campaign and where they came from.

    Attributes:
        name: How the user named it (``rotten_tomatoes``, ``reviews.csv``).
        source: Where it was found: a Hub id and revision, a package and version, or a file.
        split: The split that the samples were drawn from.
        labels: Names of the labels, in the order of ``Sample.label``.
        fingerprint: Digest of the whole split's source, whatever was drawn from it.
        samples: What was drawn, in the order drawn; fewer samples are a prefix of more.
        ordered: Whether the labels have an order of their own, and not the alphabet's alone.
        notices: What a reader should know of how they were drawn.
        language: ISO 639-1 code of the language of the texts.
    """

    name: str
    source: str
    split: str
    labels: tuple[str, ...]
    fingerprint: str
    samples: tuple[Sample, ...]
    ordered: bool = True
    notices: tuple[str, ...] = ()
    language: str = "en"

    @property
    def of_pairs(self) -> bool:
        """Whether its texts are pairs."""
        return self.attacked_segment is not None

    @property
    def attacked_segment(self) -> Segment | None:
        """The segment of its pairs that is attacked; None: they are single texts."""
        return next((attacked_segment(sample.text) for sample in self.samples[:1]), None)
