"""Services: each answers one kind of ask, for many attempts at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, islice
from operator import attrgetter
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from weaklink.attacks import FindEntities, Gradients, Score, Similarity, Tag
from weaklink.engine.attempt import Verify, VerifySimilarity
from weaklink.engine.batching import in_batches
from weaklink.engine.budget import TokenBudget, budget_for
from weaklink.engine.memo import Memo, RowModel
from weaklink.engine.recall import Recall
from weaklink.errors import WeaklinkError
from weaklink.models.encoder import Encoder
from weaklink.models.rounding import ambiguous
from weaklink.models.tagger import Entity, Tagger
from weaklink.text import Words
from weaklink.victims import Differentiable, Exact, FirstOrder, Floats, Gradient, Victim

_REMEMBERED_TAGS = 20_000
_parts_of = attrgetter("words", "gaps")
"""Tuples, whose hashes take a quarter of the time that those of ``Words`` take."""
_REMEMBERED_VERIFICATIONS = 4096
_GRADIENT_TOKENS = 512
_COSINE_GRID = 1e-4

Places: TypeAlias = NDArray[np.intp]


class AskService(Protocol):
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


class StartedScores(Scores):
    """Probabilities from a victim on a GPU, which computes them while other work goes on."""

    def start(self, asks: Sequence[Score]) -> Callable[[], list[Floats]]:
        """Begin to answer the asks, and return what reads the replies."""
        read = self._memo.start([text for ask in asks for text in ask.texts])
        return lambda: _parts(read(), [len(ask.texts) for ask in asks])


class Verifications:
    """Probabilities of single texts, computed as exactly as the victim can.

    They do not come from the memory of scores, which may have been computed less exactly.
    """

    def __init__(self, victim: Victim) -> None:
        budget = budget_for(victim)
        self._recall = Recall[str, Floats](
            lambda texts: _exactly(victim, texts, budget), _REMEMBERED_VERIFICATIONS
        )

    def __call__(self, asks: Sequence[Verify]) -> list[Floats]:
        """Return an array of shape (labels,) for each ask."""
        return self._recall(ask.text for ask in asks)


class Similarities:
    """Cosines of sentence embeddings, from the memo of the encoder."""

    def __init__(self, encoder: Encoder, memo: Memo) -> None:
        self._encoder = encoder
        self._memo = memo
        self._budget = budget_for(encoder)

    def __call__(self, asks: Sequence[Similarity]) -> list[Floats]:
        """Return an array of shape (texts,) for each ask, rounded to four decimals.

        Embeddings differ in their last bits with the batch and the runtime. A cosine that this
        could round otherwise is computed again from texts embedded alone.
        """
        rows = self._memo.rows([text for ask in asks for text in (ask.reference, *ask.texts)])
        groups = _parts(rows, [len(ask) for ask in asks])
        found = [group[1:] @ group[0] for group in groups]
        noise = self._encoder.cosine_noise
        unsure = [np.flatnonzero(ambiguous(f, _COSINE_GRID, noise)) for f in found]
        self._settle([(a, c, i) for a, c, i in zip(asks, found, unsure, strict=True) if len(i)])
        return [np.round(cosines / _COSINE_GRID) * _COSINE_GRID for cosines in found]

    def _settle(self, unsure: Sequence[tuple[Similarity, Floats, Places]]) -> None:
        """Compute cosines at some places again, each text that they need once."""
        wanted = [t for ask, _, at in unsure for t in (ask.reference, *(ask.texts[i] for i in at))]
        distinct = list(dict.fromkeys(wanted))
        rows = _exactly(self._encoder, distinct, self._budget)
        exact = dict(zip(distinct, rows, strict=True))
        for ask, cosines, at in unsure:
            for i in at:
                cosines[i] = exact[ask.reference] @ exact[ask.texts[i]]


class VerifiedSimilarities:
    """Cosines of pairs of texts, from an encoder in float32."""

    def __init__(self, similarities: Similarities) -> None:
        self._similarities = similarities

    def __call__(self, asks: Sequence[VerifySimilarity]) -> list[float]:
        """Return a cosine for each ask, rounded to four decimals."""
        found = self._similarities([Similarity(ask.reference, (ask.text,)) for ask in asks])
        return [float(cosines[0]) for cosines in found]


class FirstOrderViews:
    """Gradients of the victim's loss.

    Batches hold the requests of one ask, as many whoever else asks, so that an attempt's gradients
    depend on nothing but the attempt.
    """

    def __init__(self, victim: Victim) -> None:
        self._victim = victim

    def __call__(self, asks: Sequence[Gradients]) -> list[list[FirstOrder]]:
        """Return a ``FirstOrder`` for each request of each ask.

        Raises:
            WeaklinkError: The victim offers no gradients.
        """
        if not isinstance(self._victim, Differentiable):
            raise WeaklinkError(
                f"{self._victim.name} offers no gradients.",
                "Choose attacks that need only scores; see `weaklink attacks list`.",
            )
        compute = self._victim.gradients
        return [
            in_batches(
                ask.requests,
                _length,
                TokenBudget(_GRADIENT_TOKENS, most=_GRADIENT_TOKENS),
                compute,
            )
            for ask in asks
        ]


class Tags:
    """Parts of speech; those of recent texts are remembered."""

    def __init__(self, tagger: Tagger) -> None:
        self._recalls = {
            penn: Recall[Words, tuple[str, ...]](tags, _REMEMBERED_TAGS, _parts_of)
            for penn, tags in ((False, tagger.tags), (True, tagger.penn_tags))
        }

    def __call__(self, asks: Sequence[Tag]) -> list[list[tuple[str, ...]]]:
        """Return the tags of every word of every text of each ask."""
        found = {
            penn: iter(recall(text for ask in asks if ask.penn is penn for text in ask.texts))
            for penn, recall in self._recalls.items()
        }
        return [list(islice(found[ask.penn], len(ask.texts))) for ask in asks]


class Entities:
    """Named entities of texts."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger

    def __call__(self, asks: Sequence[FindEntities]) -> list[tuple[Entity, ...]]:
        """Return the named entities of each ask's text."""
        return self._tagger.entities([ask.words for ask in asks])


def _length(request: Gradient) -> int:
    """Return about how many tokens a request has."""
    return 2 * len(request.words) + len(request.beside.other) // 4


def _exactly(model: RowModel, texts: Sequence[str], budget: TokenBudget) -> list[Floats]:
    """Return the model's row for each text, as exactly as it can."""

    def alone(batch: Sequence[Any]) -> Floats:
        return np.concatenate([model.forward([item]) for item in batch])

    exact = model.exact if isinstance(model, Exact) else alone
    return in_batches(model.encode(texts), len, budget, exact)


def _parts(rows: Floats, sizes: Sequence[int]) -> list[Floats]:
    """Return as many rows for each size, one part after the other."""
    ends = accumulate(sizes)
    return [rows[end - size : end] for size, end in zip(sizes, ends, strict=True)]
