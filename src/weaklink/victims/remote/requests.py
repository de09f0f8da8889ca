"""What one request to a remote victim brings, or why it brings nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypedDict

_SHOWN = 300
"""Characters of a server's complaint that are shown."""


class Answer(TypedDict, total=False):
    """What a victim says of one text: a score for each label, or a label alone."""

    scores: dict[str, float]
    label: str


class Tokens(NamedTuple):
    """Tokens of questions and of answers."""

    read: int = 0
    written: int = 0


class Reply(NamedTuple):
    """What a request brought.

    Attributes:
        answers: One for each text.
        used: What the server charges; None if it does not say.
    """

    answers: Sequence[Answer]
    used: Tokens | None = Tokens()


@dataclass
class Failed(Exception):  # noqa: N818 - it says what became of a request
    """A request brought no usable answer.

    Attributes:
        why: What was wrong, without any key.
        status: The HTTP status; None if the server sent no whole answer.
        headers: Those of the answer, in lower case.
        malformed: Whether the answer came whole and has another form than it should have.
    """

    why: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    malformed: bool = False


class Service(Protocol):
    """A server that classifies texts. Threads may share it."""

    @property
    def identity(self) -> tuple[str, ...]:
        """Everything that its answers depend on besides the text, as far as it can be known."""

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Its labels in their order; None if only its answers tell."""

    @property
    def details(self) -> dict[str, str]:
        """What it is, for people; without secrets."""

    @property
    def batch(self) -> int:
        """Most texts of one request."""

    @property
    def no_texts(self) -> str:
        """Why it cannot be asked about single texts; "" if it can."""

    @property
    def no_pairs(self) -> str:
        """Why it cannot be asked about pairs of texts (``text.pairs``); "" if it can."""

    def worst(self, texts: Sequence[str]) -> Tokens:
        """Return how many tokens a request may cost at most."""

    def request(self, texts: Sequence[str]) -> Reply:
        """Send one request.

        Raises:
            Failed: It brought no usable answer.
        """


def cleaned(said: str, secrets: Iterable[str]) -> str:
    """Return the beginning of what a server said, without keys that it may repeat.

    >>> cleaned("wrong key sk-abc", ["sk-abc"])
    'wrong key ***'
    """
    for secret in filter(None, secrets):
        said = said.replace(secret, "***")
    return " ".join(said.split())[:_SHOWN]
