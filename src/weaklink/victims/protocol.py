"""What weaklink needs of a victim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from weaklink.errors import WeaklinkError
from weaklink.text import Words
from weaklink.text.pairs import ALONE, Beside

Floats: TypeAlias = NDArray[np.float64]
"""Probabilities, embeddings, similarities: computed in whatever precision, handed on as float64."""


Encoded: TypeAlias = str | tuple[int, ...]
"""A text as a model reads it: token ids, or the text itself.

Two are equal if and only if the model cannot tell the texts apart.
"""


class ModelGone(WeaklinkError):  # noqa: N818 - it says what happened
    """A model that can be asked no more in this run: its server is gone, its budget spent."""


@dataclass(frozen=True, slots=True)
class Gradient:
    """The request for the gradient of the loss ``-log p(label)`` at one text.

    Attributes:
        words: The text, or the segment of a pair that is attacked.
        label: The label of the loss.
        edits: For each word, what it may be replaced by: the effect of each replacement on the
            loss is to be estimated to first order.
        beside: What stands beside the words, if they are a segment of a pair.
    """

    words: Words
    label: int
    edits: tuple[tuple[str, ...], ...]
    beside: Beside = ALONE

    @property
    def text(self) -> str:
        """The whole text."""
        return self.beside.whole(str(self.words))


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """First-order view of the loss ``-log p(label)`` around one text.

    Attributes:
        words: Norm of the gradient at each word's pieces, shape (words,).
        edits: Estimated change of the loss by each edit, those of the first word first, shape
            (edits of all words,).
    """

    words: Floats
    edits: Floats


class Victim(Protocol):
    """A classifier under attack.

    The engine encodes texts in bulk, removes duplicates, and asks ``forward`` for batches of
    similar length. A text may be a pair (``text.pairs``) if it has a true ``reads_pairs``
    (``victims.pairs``). A row that ``forward`` returns must depend on its own item alone, never on
    the rest of the batch: that is what makes outcomes independent of scheduling.
    """

    @property
    def name(self) -> str:
        """How the user named it."""

    @property
    def fingerprint(self) -> str:
        """Digest of everything that its answers depend on: weights, tokeniser, precision."""

    @property
    def details(self) -> dict[str, str]:
        """What it is and how it runs, for people: source, device, precision, maximum length."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its labels, in the order of its probabilities."""

    @property
    def unknown(self) -> str:
        """A word that it reads as unknown."""

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Return each text as the model reads it, cut to its maximum length."""

    def forward(self, batch: Sequence[Encoded]) -> Floats:
        """Return probabilities of shape (batch, labels).

        A guarded victim has one column more: what it rejects.
        """

    def visible(self, text: str) -> int:
        """Return how many leading characters of ``text`` the model reads.

        Of a pair, they are those of the segment that is attacked.
        """


@runtime_checkable
class Exact(Protocol):
    """A model whose ``forward`` may compute less exactly than torch in float32."""

    def exact(self, batch: Sequence[Any]) -> Floats:
        """Return rows as torch computes each alone in float32, shape (batch, width).

        Args:
            batch: Encoded texts.
        """


def exact_rows(victim: Victim, batch: Sequence[Encoded]) -> Floats:
    """Return a victim's rows for encoded texts, as exactly as it can compute them."""
    if isinstance(victim, Exact):
        return victim.exact(batch)
    return np.concatenate([victim.forward([one]) for one in batch])


@runtime_checkable
class Featured(Protocol):
    """A victim that shows what its head sees of a text."""

    def seen(self, batch: Sequence[Encoded]) -> tuple[Floats, Floats]:
        """Return probabilities as ``exact_rows`` does, and features of shape (batch, width).

        Last bits of the features may depend on the batch.
        """

    def features(self, texts: Sequence[str]) -> Floats:
        """Return features of shape (texts, width), each row of its text alone."""


@runtime_checkable
class Differentiable(Protocol):
    """A victim that offers gradients."""

    def gradients(self, requests: Sequence[Gradient]) -> list[FirstOrder]:
        """Return the first-order view at each text.

        Last bits may depend on the other texts; the engine asks for those of one ask together.
        """
