"""HotFlip: the character edits that the gradient promises most of."""

from __future__ import annotations

import math
import string
from collections.abc import Iterator
from functools import lru_cache
from heapq import nlargest

from pydantic import Field

from weaklink.attacks.asks import Gradients, Score
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.text import Edit, Words
from weaklink.victims import FirstOrder, Floats, Gradient


class HotFlipParameters(Parameters):
    """The beam is the paper's; the bound on edits is ours."""

    beam: int = Field(10, ge=1, description="Texts kept at each step (paper: 10)")
    max_edits: float = Field(
        0.1, gt=0, le=1, description="Bound on edits, as a share of the letters of the text"
    )


@attack(
    name="hotflip",
    paper="Ebrahimi et al. 2018, HotFlip: White-Box Adversarial Examples for Text Classification, "
    "https://arxiv.org/abs/1712.06751",
    parameters=HotFlipParameters,
    gradients=True,
)
def hotflip(words: Words, context: Context[HotFlipParameters]) -> Steps[str | None]:
    """Flip, insert and delete characters by beam search over first-order estimates.

    One backward pass at a text estimates the rise of the loss for every single edit of it
    (Section 3.2); the sum of the estimates of the edits that made a text is its place in the
    beam (Section 3.4). The beam is scored after each step, and the text of least confidence that
    reaches the goal ends the search.

    The paper's victim reads characters, and an edit is a step in its one-hot input. A subword
    model has no such input: here the step is the change in the mean embedding of the pieces of
    the edited word (see ``victims.FirstOrder``). Further deviations: only letters are written
    into words; a targeted goal descends the loss of the target.
    """
    target = context.goal.target
    label, sign = (context.goal.original, 1.0) if target is None else (target, -1.0)
    letters = sum(map(len, words.words))
    beam = {words: 0.0}
    for _ in range(math.ceil(letters * context.parameters.max_edits)):
        requests = tuple(Gradient(text, label, tuple(_edits(text))) for text in beam)
        views: list[FirstOrder] = yield Gradients(requests)
        beam = _grow(beam, requests, views, sign, context.parameters.beam)
        if not beam:
            return None
        texts = sorted(map(str, beam))
        scores: Floats = yield Score(tuple(texts))
        confidence = context.goal.confidence(scores)
        reached = context.goal.reached(scores)
        flips = [(c, text) for c, text, won in zip(confidence, texts, reached, strict=True) if won]
        if flips:
            return min(flips)[1]
    return None


def _grow(
    beam: dict[Words, float],
    requests: tuple[Gradient, ...],
    views: list[FirstOrder],
    sign: float,
    width: int,
) -> dict[Words, float]:
    """Return the texts one edit further whose summed estimates are greatest."""
    grown: dict[Words, float] = {}
    for (text, total), request, view in zip(beam.items(), requests, views, strict=True):
        estimates = (total + sign * view.edits).tolist()
        best = nlargest(
            width, zip(estimates, request.edits, strict=True), key=lambda pair: (pair[0], pair[1])
        )
        for estimate, edit in best:
            edited = text.replace(edit.position, edit.word)
            grown[edited] = max(estimate, grown.get(edited, -math.inf))
    kept = nlargest(width, grown.items(), key=lambda pair: (pair[1], str(pair[0])))
    return dict(kept)


def _edits(words: Words) -> Iterator[Edit]:
    for position, word in enumerate(words.words):
        for edited in _edited(word):
            yield Edit(position, edited)


@lru_cache(maxsize=4096)
def _edited(word: str) -> tuple[str, ...]:
    """Return every word that is one flip, insertion or deletion of a letter away."""
    alphabet = string.ascii_uppercase if word.isupper() else string.ascii_lowercase
    flips = {word[:i] + a + word[i + 1 :] for i in range(len(word)) for a in alphabet}
    insertions = {word[:i] + a + word[i:] for i in range(len(word) + 1) for a in alphabet}
    deletions = {word[:i] + word[i + 1 :] for i in range(len(word))}
    return tuple(sorted((flips | insertions | deletions) - {word, ""}))
