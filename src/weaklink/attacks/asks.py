"""What an attack asks of the engine, and the type of each reply.

An attack yields one ask at a time and is sent the reply. Arrays have one row per text.
The length of an ask is the number of texts that a model must look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from weaklink.text import Words
from weaklink.victims import Floats, Gradient


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
    """Ask for the part of speech of every word: a tuple of tags for each text.

    Attributes:
        texts: The texts.
        penn: Whether the tags are the Penn Treebank's, which tell inflections apart ("NNS"), and
            not the universal ones ("NOUN").
    """

    texts: tuple[Words, ...]
    penn: bool = False

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class FindEntities:
    """Ask for the named entities of a text: a tuple of ``resources.Entity``."""

    words: Words

    def __len__(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class Paraphrase:
    """Ask for one paraphrase of a sentence for each template: a tuple of texts, "" for none.

    A template is the top of a constituency tree in brackets: ``(S (NP) (VP) (.))``.
    """

    text: str
    templates: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.templates)


@dataclass(frozen=True, slots=True)
class Invert:
    """Ask for a sentence's place in the latent space: ``generators.Inverted``."""

    text: str

    def __len__(self) -> int:
        return 1


@dataclass(frozen=True, slots=True, eq=False)
class Decode:
    """Ask for the sentences of latent codes: a tuple of texts.

    Attributes:
        codes: Shape (sentences, dimensions).
        like: The sentence whose spacing and capitals they follow.
    """

    codes: Floats
    like: str

    def __len__(self) -> int:
        return len(self.codes)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Decode)
            and self.like == other.like
            and np.array_equal(self.codes, other.codes)
        )

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Note:
    """Tell, rather than ask: a figure about this attempt, kept with its outcome. No reply.

    Told again under the same name, the last value stays.
    """

    name: str
    value: float

    def __len__(self) -> int:
        return 0


Ask: TypeAlias = (
    Score | Gradients | Similarity | Tag | FindEntities | Paraphrase | Invert | Decode | Note
)
"""What an attack may yield."""
