"""What the engine expects of a paraphraser and of a latent space of sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from weaklink.victims import Floats


class Paraphraser(Protocol):
    """Rewrites sentences in the shape of syntactic templates.

    Attributes:
        name: How the user named it.
        digest: Digest of all that its answers depend on.
    """

    name: str
    digest: str

    def paraphrase(self, requests: Sequence[tuple[str, str]]) -> list[str]:
        """Return a paraphrase for each (sentence, template); "" where there is none.

        A template is the top of a constituency tree in brackets: ``(S (NP) (VP) (.))``. The
        answer does not depend on what else is asked at the same time.
        """


@dataclass(frozen=True, slots=True)
class Inverted:
    """A sentence in the latent space.

    Attributes:
        code: Its place, shape (dimensions,).
        reconstruction: What is decoded from that very place: how faithful the space is to it.
    """

    code: Floats
    reconstruction: str


class LatentSpace(Protocol):
    """A generator of sentences from codes, and its inverter.

    Attributes:
        digest: Digest of all that its answers depend on.
    """

    digest: str

    def invert(self, sentences: Sequence[str]) -> list[Inverted]:
        """Return each sentence in the latent space."""

    def decode(self, requests: Sequence[tuple[Floats, str]]) -> list[str]:
        """Return the sentence of each (code, model).

        Args:
            requests: A code of shape (dimensions,), and the sentence whose spacing and capitals
                the decoded one follows.
        """
