"""A whole labelled split of a data set, and the samples drawn from it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from weaklink.cache import digest_of_parts
from weaklink.data.gold import UNLABELLED
from weaklink.data.samples import Dataset, Sample
from weaklink.data.training_samples import digest_of_text
from weaklink.errors import WeaklinkError
from weaklink.text.pairs import parted

Sampling: TypeAlias = Literal["random", "first"]

_MOST_LABELS = 200
_LONGEST_LABEL = 1_000


@dataclass(frozen=True, slots=True)
class Split:
    """Every row of one split.

    Attributes:
        name: How the user named the data set.
        source: Where it was found: a Hub id and revision, a package and version, or a file.
        split: Name of the split.
        labels: Names of the labels.
        texts: The text of each row; of a pair, both segments (``text.pairs``).
        gold: The gold label of each row, an index into ``labels``; -1 where there is none.
        ordered: Whether the labels have an order of their own, and not the alphabet's alone.
        unread: A column that seems to hold the other text of each row, and is not read; "" if
            there is none.
    """

    name: str
    source: str
    split: str
    labels: tuple[str, ...]
    texts: Sequence[str]
    gold: Sequence[int]
    ordered: bool = True
    unread: str = ""

    def __post_init__(self) -> None:
        if not any(parted(text)[0].strip() for text in self.texts):
            raise WeaklinkError(
                f"{self.name} has no texts in its split {self.split}.",
                "Give data with texts.",
            )
        if (longest := max(map(len, self.labels), default=0)) > _LONGEST_LABEL:
            raise WeaklinkError(
                f"{self.name} has a label of {longest:,} characters.", "Name another label column."
            )
        used = set(self.gold)
        if len(used) > _MOST_LABELS:
            raise WeaklinkError(
                f"{self.name} has {len(used)} different labels, too many for a label column.",
                "Name another label column.",
            )

    @property
    def half_read(self) -> str:
        """What a reader should know where a column seems to hold half of each pair; else ""."""
        if not self.unread:
            return ""
        return (
            f"{self.name} has a column {self.unread}, which seems to hold the other text of each "
            "row and is not read. A model that reads pairs gets half of its input."
        )

    @property
    def fingerprint(self) -> str:
        """Digest of the split's name, labels and rows, independent of where it was found."""
        rows = (part for row in zip(self.texts, map(str, self.gold), strict=True) for part in row)
        return digest_of_parts([self.split, *self.labels, *rows])

    def draw(
        self,
        samples: int | None,
        seed: int,
        *,
        sampling: Sampling = "random",
        exclude: Collection[str] = (),
    ) -> Dataset:
        """Draw samples; fewer samples are a prefix of more.

        At random, rows are put in the order of a digest of seed and row number, so that the order
        depends on no library's random generator, and leaving some out does not change it for the
        others. Blank and unlabelled texts are never drawn.

        Args:
            samples: How many to draw; None for all.
            seed: Chooses the random order.
            sampling: ``random``, or ``first``: rows in their own order.
            exclude: Digests (``digest_of_text``) of texts not to draw.

        Raises:
            WeaklinkError: There are not that many samples.
        """
        rows = self._rows(exclude)
        if samples is not None and samples > len(rows):
            unless = " that are not left out" if exclude else ""
            raise WeaklinkError(
                f"{self.name} has {len(rows)} samples in its split {self.split}{unless}, "
                f"and {samples} were requested.",
                f"Ask for at most {len(rows)}.",
            )
        if sampling == "random":
            rows.sort(key=lambda row: hashlib.sha256(f"{seed}:{row}".encode()).digest())
        return Dataset(
            name=self.name,
            source=self.source,
            split=self.split,
            labels=self.labels,
            fingerprint=self.fingerprint,
            ordered=self.ordered,
            samples=tuple(
                Sample(f"{self.split}:{row}", self.texts[row], self.gold[row])
                for row in rows[:samples]
            ),
        )

    def most(self, *, exclude: Collection[str] = ()) -> int:
        """Return how many samples can be drawn."""
        return len(self._rows(exclude))

    @property
    def unlabelled(self) -> int:
        """Rows without a gold label."""
        return sum(label == UNLABELLED for label in self.gold)

    def labelled(self) -> tuple[list[str], list[int]]:
        """Return the texts that have a gold label, of a pair what is attacked, and their labels."""
        rows = [(parted(text)[0], label) for text, label in zip(self.texts, self.gold, strict=True)
                if label != UNLABELLED]  # fmt: skip
        return [text for text, _ in rows], [label for _, label in rows]

    def _rows(self, exclude: Collection[str]) -> list[int]:
        return [
            row
            for row, (text, label) in enumerate(zip(self.texts, self.gold, strict=True))
            if parted(text)[0].strip()
            and label != UNLABELLED
            and not (exclude and digest_of_text(text) in exclude)
        ]
