"""What an attack asks of the engine, and the type of each reply.

An attack yields one ask at a time and is sent the reply. Arrays have one row per text.
The length of an ask is the number of texts that a model must look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from weaklink.text import Words
from weaklink.victims import Gradient


@dataclass(frozen=True, slots=True)
class Score:
    """Ask the victim for its probabilities: float64 of shape (texts, labels). Charged per text."""

    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class Gradients:
    """Ask the victim for first-order views: a list of ``FirstOrder``. Charged per request.

    Edits are estimated from the one gradient of their request and cost nothing more.
    """

    requests: tuple[Gradient, ...]

    def __len__(self) -> int:
        return len(self.requests)


@dataclass(frozen=True, slots=True)
class Similarity:
    """Ask for the cosine of sentence embeddings with the reference: float64 of shape (texts,)."""

    reference: str
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return 1 + len(self.texts)


@dataclass(frozen=True, slots=True)
class Tag:
    """Ask for the part of speech of every word: a tuple of universal tags for each text."""

    texts: tuple[Words, ...]

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class FindEntities:
    """Ask for the named entities of a text: a tuple of ``resources.Entity``."""

    words: Words

    def __len__(self) -> int:
        return 1


Ask: TypeAlias = Score | Gradients | Similarity | Tag | FindEntities
