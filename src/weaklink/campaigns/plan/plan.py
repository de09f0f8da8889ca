"""What a study would do: how many outcomes and queries, and how much to fetch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from weaklink.campaigns.plan.power import Power

QUERIES = {
    "textfooler": 11.2,
    "pwws": 2.8,
    "textbugger": 1.6,
    "hotflip": 2.5,
    "scpn": 0.8,
    "gan": 8.7,
    "openattack-textfooler": 3.0,
    "openattack-pwws": 5.5,
    "openattack-textbugger": 2.2,
    "openattack-hotflip": 3.0,
    "openattack-scpn": 0.5,
    "openattack-gan": 0.1,
}
"""Queries of an attempt for each word of the text, without the query of the original.

Measured on the upstream of the demo by ``fidelity.py`` and ``openattack_itself.py`` of
``benchmarks/attacks``, on texts of 18 words. The last two ask 10 and 1 whatever the length."""

OTHER_QUERIES = 4.0
"""The same for any other attack."""

_TOKENS_PER_WORD = 1.3
_ENDS = 2
"""Tokens that open and close a text."""


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """A model to be measured.

    Attributes:
        name: Its name.
        where: Where it comes from.
        download: Bytes to fetch; None where unknown.
        cost: Time for one token, in those of the packaged encoder; 0 where unknown.
        reads: Most tokens of a text that it reads.
    """

    name: str
    where: str
    download: int | None
    cost: float
    reads: int

    def words(self, count: int) -> float:
        """Return how many words it reads of a text of so many."""
        return min(float(count), (self.reads - _ENDS) / _TOKENS_PER_WORD)


@dataclass(frozen=True, slots=True)
class DataPlan:
    """A data set to be attacked.

    Attributes:
        name: Its name.
        words: How many words each sample has.
        missing: Why there are no samples, if so.
        spare: Further texts of the split, of which a reference can be trained.
        left_out: Names of the attacks that cannot be made on texts of its language.
    """

    name: str
    words: Sequence[int] = ()
    missing: str | None = None
    spare: int = 0
    left_out: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """A model that the study makes.

    Attributes:
        tokens: How many it reads, each as often as it is read.
        cost: Time for one token, in those of the packaged encoder.
    """

    tokens: float
    cost: float


@dataclass(frozen=True, slots=True)
class AttackPlan:
    """An attack and how often it attacks a sample."""

    name: str
    repetitions: int

    def queries(self, words: float, most: int | None) -> float:
        """Return the expected queries of an attempt on a text of so many words."""
        expected = 1 + QUERIES.get(self.name, OTHER_QUERIES) * words
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
        fluency: Whether fluency is measured.
        training: The models that the study makes and has not made yet.
        stored: Outcomes that the folder holds already, told by their names.
        token_seconds: What one token costs the packaged encoder; None if it was not probed.
        power: What the design can detect; None without a link or with one sample of some data.
        digest: Of the specification.
    """

    models: Sequence[ModelPlan]
    chains: Mapping[str, Sequence[str]]
    pairs: int
    data: Sequence[DataPlan]
    attacks: Sequence[AttackPlan]
    max_queries: int | None
    text_transfer: bool
    fluency: bool
    training: Sequence[TrainingPlan]
    stored: int
    token_seconds: float | None
    power: Power | None = None
    digest: str = ""

    def attacks_on(self, data: DataPlan) -> list[AttackPlan]:
        """Return the attacks that are made on a data set."""
        return [attack for attack in self.attacks if attack.name not in data.left_out]

    def attempts_on(self, data: DataPlan) -> int:
        """Return the attempts on one sample of one model, repetitions included."""
        return sum(attack.repetitions for attack in self.attacks_on(data))

    @property
    def attempts(self) -> int:
        """Attempts on one model."""
        return sum(self.attempts_on(data) * len(data.words) for data in self.data)

    @property
    def outcomes(self) -> int:
        """Outcomes of attacks."""
        return len(self.models) * self.attempts

    @property
    def replays(self) -> int:
        """Outcomes of replays."""
        return self.pairs * self.attempts if self.text_transfer else 0

    @property
    def queries(self) -> float:
        """Expected queries of all attacks."""
        return sum(
            attack.repetitions * attack.queries(words, self.max_queries)
            for data in self.data
            for _, words in self.texts(data)
            for attack in self.attacks_on(data)
        )

    @property
    def download(self) -> int:
        """Bytes to fetch, as far as known."""
        return sum(model.download or 0 for model in self.models)

    def texts(self, data: DataPlan) -> Iterable[tuple[ModelPlan, float]]:
        """Yield every model with the number of words that it reads of every sample."""
        for model in self.models:
            for count in data.words:
                yield model, model.words(count)

    def queries_of(self, attack: AttackPlan, data: DataPlan) -> float:
        """Return the expected queries of an attempt on a data set, on average over the models."""
        read = [words for _, words in self.texts(data)]
        return sum(attack.queries(words, self.max_queries) for words in read) / max(1, len(read))


def tokens_of(words: float) -> float:
    """Return how many tokens a text of so many words has, about.

    >>> round(tokens_of(20))
    28
    """
    return _TOKENS_PER_WORD * words + _ENDS
