"""What a study would do: how many outcomes and queries, how much to fetch, how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

QUERIES = {
    "textfooler": (1, 4.3),
    "pwws": (1, 4.8),
    "textbugger": (1, 2.2),
    "hotflip": (1, 2.2),
    "scpn": (1, 0.6),
    "gan": (1, 6.0),
}
"""Queries of an attempt: a constant, and a number for each word. The first four were measured on
MiniLM fine-tuned on Rotten Tomatoes (40 samples); the others follow from docs/attacks.md."""

OTHER_QUERIES = (1, 4.0)
"""The same for an attack that is not among them."""

TRAINING = 3.0
"""A step of training costs as much as so many passes over its texts."""


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """A model to be measured.

    Attributes:
        name: Its name.
        where: Where it comes from.
        download: Bytes to fetch; None where unknown.
        cost: Time for one text, in passes of the encoder that was probed; 0 where unknown.
    """

    name: str
    where: str
    download: int | None
    cost: float


@dataclass(frozen=True, slots=True)
class DataPlan:
    """A data set to be attacked.

    Attributes:
        name: Its name.
        samples: How many are drawn.
        words: Mean words of a sample.
        seconds: Time of one pass of the encoder over one text; None if it was not probed.
        missing: Why there are no samples, if so.
    """

    name: str
    samples: int = 0
    words: float = 0.0
    seconds: float | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class AttackPlan:
    """An attack and how often it attacks a sample."""

    name: str
    repetitions: int

    def queries(self, words: float, most: int | None) -> float:
        """Return the expected queries of an attempt on a text of so many words."""
        constant, each = QUERIES.get(self.name, OTHER_QUERIES)
        expected = constant + each * words
        return expected if most is None else min(expected, float(most))


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a study asks for.

    Attributes:
        models: Every model once.
        chains: The measurable part of each chain.
        pairs: Consecutive models of chains, each pair once.
        data: The data sets.
        attacks: The attacks.
        max_queries: Query budget of an attempt.
        text_transfer: Whether texts are replayed.
        trained: Texts that the study's own models are trained on.
        stored: Outcomes that the folder holds already, told by their names.
    """

    models: Sequence[ModelPlan]
    chains: Mapping[str, Sequence[str]]
    pairs: int
    data: Sequence[DataPlan]
    attacks: Sequence[AttackPlan]
    max_queries: int | None
    text_transfer: bool
    trained: int
    stored: int

    @property
    def attempts(self) -> int:
        """Attempts on one sample of one model, repetitions included."""
        return sum(attack.repetitions for attack in self.attacks)

    @property
    def outcomes(self) -> int:
        """Outcomes of attacks."""
        return len(self.models) * self.attempts * sum(data.samples for data in self.data)

    @property
    def replays(self) -> int:
        """Outcomes of replays."""
        tried = self.pairs * self.attempts * sum(data.samples for data in self.data)
        return tried if self.text_transfer else 0

    @property
    def queries(self) -> float:
        """Expected queries of all attacks."""
        return len(self.models) * sum(map(self._queries, self.data))

    @property
    def download(self) -> int:
        """Bytes to fetch, as far as known."""
        return sum(model.download or 0 for model in self.models)

    @property
    def seconds(self) -> float | None:
        """Expected time for what is not stored yet; None if nothing was probed."""
        probed = [data for data in self.data if data.seconds is not None]
        if not probed:
            return None
        cost = sum(model.cost for model in self.models)
        attacking = cost * sum(self._queries(data) * (data.seconds or 0) for data in probed)
        mean = sum(data.seconds or 0 for data in probed) / len(probed)
        left = 1 - min(1.0, self.stored / max(1, self.outcomes + self.replays))
        return attacking * left + self.trained * mean * TRAINING

    def _queries(self, data: DataPlan) -> float:
        """Return the expected queries of all attacks against one model on one data set."""
        each = sum(a.repetitions * a.queries(data.words, self.max_queries) for a in self.attacks)
        return data.samples * each
