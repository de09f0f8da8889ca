"""How remote victims are asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from weaklink.cache import cache_folder

PROMPT = (
    "Which of these labels fits the text below best: {labels}? Reply with the label alone.\n\n"
    "{text}"
)
"""What an LLM is asked, unless another prompt is given."""

PAIR_PROMPT = (
    "Which of these labels fits the two texts below best, read together: {labels}? Reply with the "
    "label alone.\n\nFirst text: {first}\n\nSecond text: {second}"
)
"""What an LLM is asked about pairs of texts, unless another prompt is given."""

LABELS = ("negative", "positive")
"""What an LLM may answer, unless other labels are given."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What a request costs.

    Attributes:
        per_million_in: A million tokens of questions.
        per_million_out: A million tokens of answers.
        per_request: A request, whatever its length.
    """

    per_million_in: float = 0.0
    per_million_out: float = 0.0
    per_request: float = 0.0

    def cost(self, requests: int, tokens_in: int, tokens_out: int) -> float:
        """Return what so many requests with so many tokens cost."""
        tokens = tokens_in * self.per_million_in + tokens_out * self.per_million_out
        return requests * self.per_request + tokens / 1e6

    @property
    def known(self) -> bool:
        """Whether there is any price."""
        return any((self.per_million_in, self.per_million_out, self.per_request))


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """How remote victims are asked.

    Attributes:
        base_url: Address of an LLM's endpoint, or of a dedicated endpoint of a Hub model, where
            the victim's name does not say it.
        prompt: What an LLM is asked; ``{labels}`` and ``{text}`` stand for the two, ``{first}`` and
            ``{second}`` for the segments of a pair.
        labels: The labels that an LLM may answer.
        concurrency: Requests at once.
        timeout: Seconds that a server may take to go on with an answer.
        prices: What requests cost.
        max_cost: What may be spent, earlier runs with the same file of answers included; None: any.
        max_requests: How many requests may be sent, likewise.
        answers: The file that answers are kept in; None: one in the cache folder.
    """

    base_url: str | None = None
    prompt: str = PROMPT
    labels: tuple[str, ...] = LABELS
    concurrency: int = 8
    timeout: float = 60.0
    prices: Prices = Prices()
    max_cost: float | None = None
    max_requests: int | None = None
    answers: Path | None = None

    @property
    def answers_file(self) -> Path:
        """The file that answers are kept in."""
        return self.answers or cache_folder() / "remote-answers.sqlite"
