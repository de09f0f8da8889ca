"""What answers each kind of ask: a model, given the asks of many attempts at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Protocol

import numpy as np

from weaklink.attacks import FindEntities, Gradients, Score, Similarity, Tag
from weaklink.engine.attempt import Verify
from weaklink.engine.batching import in_batches
from weaklink.engine.budget import TokenBudget
from weaklink.engine.memo import Memo, RowModel
from weaklink.errors import WeaklinkError
from weaklink.resources.encoder import COSINE_NOISE
from weaklink.resources.rounding import ambiguous
from weaklink.resources.tagger import Entity, Tagger
from weaklink.text import Words
from weaklink.victims import Differentiable, Exact, FirstOrder, Floats, Victim

_REMEMBERED_TAGS = 20_000
_REMEMBERED_VERIFICATIONS = 4096
_GRADIENT_TOKENS = 512
_COSINE_GRID = 1e-4


class Service(Protocol):
    """Answers asks of one kind, in their order."""

    def __call__(self, asks: Sequence[Any], /) -> Sequence[Any]:
        """Return one reply for each ask."""


class Scores:
    """Probabilities of texts, from the memo of the victim."""

    def __init__(self, memo: Memo) -> None:
        self._memo = memo

    def __call__(self, asks: Sequence[Score]) -> list[Floats]:
        """Return an array of shape (texts, labels) for each ask."""
        rows = self._memo.rows([text for ask in asks for text in ask.texts])
        return _parts(rows, [len(ask.texts) for ask in asks])


class Verifications:
    """Probabilities of single texts, each computed alone and as exactly as the victim can.

    They do not come from the memory of scores, which batches of any kind may have filled.
    """

    def __init__(self, victim: Victim) -> None:
        self._victim = victim
        self._known: dict[str, Floats] = {}

    def __call__(self, asks: Sequence[Verify]) -> list[Floats]:
        """Return an array of shape (labels,) for each ask."""
        return [self._row(ask.text) for ask in asks]

    def _row(self, text: str) -> Floats:
        if text not in self._known:
            self._known[text] = _alone(self._victim, text)
            while len(self._known) > _REMEMBERED_VERIFICATIONS:
                del self._known[next(iter(self._known))]
        return self._known[text]


class Similarities:
    """Cosines of sentence embeddings, from the memo of the encoder."""

    def __init__(self, memo: Memo) -> None:
        self._memo = memo

    def __call__(self, asks: Sequence[Similarity]) -> list[Floats]:
        """Return an array of shape (texts,) for each ask, rounded to four decimals.

        Embeddings differ in their last bits with the batch and the runtime. A cosine that this
        could round otherwise is computed again from texts embedded alone.
        """
        rows = self._memo.rows([text for ask in asks for text in (ask.reference, *ask.texts)])
        groups = _parts(rows, [len(ask) for ask in asks])
        return [self._cosines(ask, group) for ask, group in zip(asks, groups, strict=True)]

    def _cosines(self, ask: Similarity, rows: Floats) -> Floats:
        cosines: Floats = rows[1:] @ rows[0]
        for i in np.flatnonzero(ambiguous(cosines, _COSINE_GRID, COSINE_NOISE)):
            one, other = (_alone(self._memo.model, t) for t in (ask.reference, ask.texts[i]))
            cosines[i] = one @ other
        return np.round(cosines / _COSINE_GRID) * _COSINE_GRID


class FirstOrderViews:
    """Gradients of the victim's loss."""

    def __init__(self, victim: Victim) -> None:
        self._victim = victim
        self._budget = TokenBudget(_GRADIENT_TOKENS)

    def __call__(self, asks: Sequence[Gradients]) -> list[list[FirstOrder]]:
        """Return a ``FirstOrder`` for each request of each ask.

        Raises:
            WeaklinkError: The victim offers no gradients.
        """
        if not isinstance(self._victim, Differentiable):
            raise WeaklinkError(
                f"{self._victim.name} offers no gradients.",
                "Attack it with attacks that need scores only; see `weaklink attacks list`.",
            )
        requests = [request for ask in asks for request in ask.requests]
        views = iter(
            in_batches(requests, lambda r: 2 * len(r.words), self._budget, self._victim.gradients)
        )
        return [list(islice(views, len(ask.requests))) for ask in asks]


class Tags:
    """Parts of speech; those of recent texts are remembered."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger
        self._tags: dict[Words, tuple[str, ...]] = {}

    def __call__(self, asks: Sequence[Tag]) -> list[list[tuple[str, ...]]]:
        """Return the universal tags of every word of every text of each ask."""
        wanted = dict.fromkeys(text for ask in asks for text in ask.texts)
        fresh = [text for text in wanted if text not in self._tags]
        self._tags.update(zip(fresh, self._tagger.tags(fresh), strict=True))
        replies = [[self._tags[text] for text in ask.texts] for ask in asks]
        while len(self._tags) > _REMEMBERED_TAGS:
            del self._tags[next(iter(self._tags))]
        return replies


class Entities:
    """Named entities of texts."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger

    def __call__(self, asks: Sequence[FindEntities]) -> list[tuple[Entity, ...]]:
        """Return the named entities of each ask's text."""
        return self._tagger.entities([ask.words for ask in asks])


def _alone(model: RowModel, text: str) -> Floats:
    """Return the model's row for one text, computed by itself."""
    if isinstance(model, Exact):
        return model.exact(text)
    return np.asarray(model.forward(model.encode([text]))[0])


def _parts(rows: Floats, sizes: Iterable[int]) -> list[Floats]:
    return np.split(rows, np.cumsum(list(sizes))[:-1])
