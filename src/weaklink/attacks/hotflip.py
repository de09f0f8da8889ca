"""HotFlip: the character edits that the gradient promises most of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, lru_cache, partial
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from pydantic import Field

from weaklink.attacks.asks import Gradients, Score
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.rules.hotflip import CODE, RULES
from weaklink.text import Words
from weaklink.victims import FirstOrder, Floats, Gradient


class HotFlipParameters(Parameters):
    """Beam and bound are the paper's; see ``rules.hotflip``."""

    beam: int = Field(10, ge=1, description="Texts kept at each step")
    max_edits: float = Field(
        0.1, gt=0, le=1, description="Bound on edits, as a share of the letters of the text"
    )
    vocabulary: int = Field(
        50_000, ge=0, description="An edit may not make one of so many most frequent words of GloVe"
    )

    @property
    def needs_gradients(self) -> bool:
        """It does, always."""
        return True


class _Edits(NamedTuple):
    """Edits of a word, and the norm of the step of each in one-hot characters: sqrt(2 N)."""

    words: tuple[str, ...]
    norms: Floats


@attack(
    name="hotflip",
    paper="Ebrahimi et al. 2018, HotFlip: White-Box Adversarial Examples for Text Classification, "
    "https://arxiv.org/abs/1712.06751",
    parameters=HotFlipParameters,
    uses=("glove",),
    version=2,
    code=CODE,
    rules=RULES,
)
def hotflip(words: Words, context: Context[HotFlipParameters]) -> Steps[str | None]:
    """Flip, insert and delete characters by beam search over first-order estimates.

    One backward pass at a text estimates the rise of the loss for every single edit of it
    (Section 3.2). The sum of the estimates of the edits that made a text is its place in the
    beam (Section 3.4). The beam is scored after each step. The text of least confidence that
    reaches the goal ends the search.

    The paper's victim reads characters, and an edit is a step in its one-hot input. A subword
    model has no such input: here the step is the change in the embeddings of the pieces of the
    edited word (see ``victims.FirstOrder``).
    """
    target = context.goal.target
    label, sign = (context.goal.original, 1.0) if target is None else (target, -1.0)
    letters = sum(map(len, words.words))
    edits_of = cache(partial(_edits, context=context))
    beam = {words: 0.0}
    for _ in range(max(1, math.floor(letters * context.parameters.max_edits))):
        edits = [[edits_of(word) for word in text.words] for text in beam]
        requests = tuple(
            Gradient(text, label, tuple(one.words for one in found))
            for text, found in zip(beam, edits, strict=True)
        )
        views: list[FirstOrder] = yield Gradients(requests)
        estimates = [
            total + sign * view.edits / np.concatenate([one.norms for one in found])
            for total, found, view in zip(beam.values(), edits, views, strict=True)
        ]
        beam = _grow(requests, estimates, context.parameters.beam)
        if not beam:
            return None
        texts = sorted(map(str, beam))
        scores: Floats = yield Score(tuple(texts))
        reached = context.goal.reached(scores)
        confidence = context.goal.confidence(scores)
        wins = [(c, text) for c, text, won in zip(confidence, texts, reached, strict=True) if won]
        if wins:
            return min(wins)[1]
    return None


def _grow(
    requests: Sequence[Gradient], estimates: Sequence[Floats], width: int
) -> dict[Words, float]:
    """Return the texts one edit further whose summed estimates are greatest."""
    grown: dict[Words, float] = {}
    for request, sums in zip(requests, estimates, strict=True):
        ends = np.cumsum([len(edits) for edits in request.edits])
        for best in np.argsort(-sums, kind="stable")[:width]:
            position = int(np.searchsorted(ends, best, side="right"))
            edit = request.edits[position][best - ends[position]]
            text = request.words.replace(position, edit)
            grown[text] = max(float(sums[best]), grown.get(text, -math.inf))
    kept = sorted(grown, key=lambda text: (-grown[text], str(text)))[:width]
    return {text: grown[text] for text in kept}


def _edits(word: str, context: Context[HotFlipParameters]) -> _Edits:
    """Return the edits of a word that make no word of the vocabulary."""
    glove, size = context.lexicon.glove, context.parameters.vocabulary
    edits = _edited(word, context.lexicon.alphabet)
    allowed = tuple(edit for edit in edits if glove.rank(edit.lower()) >= size)
    return _Edits(allowed, np.sqrt([2.0 * flips(word, edit) for edit in allowed]))


def flips(word: str, edit: str) -> int:
    """Return how many places of a word hold another character after an edit.

    An insertion or deletion moves the rest of the word.

    >>> flips("mood", "moop"), flips("mood", "mod"), flips("mood", "amood")
    (1, 2, 4)
    """
    return sum(a != b for a, b in zip_longest(word, edit))


@lru_cache(maxsize=4096)
def _edited(word: str, alphabet: str) -> tuple[str, ...]:
    """Return every word that is one flip, insertion or deletion of a letter away."""
    letters = alphabet.upper() if word.isupper() else alphabet
    flips = {word[:i] + a + word[i + 1 :] for i in range(len(word)) for a in letters}
    insertions = {word[:i] + a + word[i:] for i in range(len(word) + 1) for a in letters}
    deletions = {word[:i] + word[i + 1 :] for i in range(len(word))}
    return tuple(sorted((flips | insertions | deletions) - {word, ""}))
