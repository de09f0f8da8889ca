"""TextFooler: synonyms in the place of the words that matter most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from weaklink.attacks.asks import Score, Similarity, Tag
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.importance import deletion_scores, most_important_first
from weaklink.lexicons.stop_words import STOP_WORDS
from weaklink.text import Words, match_case
from weaklink.victims import Floats


class TextFoolerParameters(Parameters):
    """Defaults are the paper's, or the authors' code's where the paper gives none."""

    neighbours: int = Field(50, ge=1, description="Synonyms considered for a word (paper: N = 50)")
    min_cosine: float = Field(
        0.8,
        ge=-1,
        le=1,
        description="Bound on the cosine of a word and its synonym (paper: 0.7, in other vectors)",
    )
    min_similarity: float = Field(
        0.7, ge=-1, le=1, description="Bound on sentence similarity (authors' code: 0.7)"
    )
    window: int = Field(
        15, ge=0, description="Words around a change that are compared; 0: the whole text"
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One substitution at one position, and the confidence against the goal that it leaves."""

    words: Words
    confidence: float
    flips: bool

    def order(self) -> tuple[float, str]:
        return self.confidence, str(self.words)


@attack(
    name="textfooler",
    paper="Jin et al. 2020, Is BERT Really Robust? https://arxiv.org/abs/1907.11932",
    parameters=TextFoolerParameters,
    uses=("counter-fitted", "tagger", "encoder"),
)
def textfooler(words: Words, context: Context[TextFoolerParameters]) -> Steps[str | None]:
    """Replace important words by synonyms until the prediction changes (Algorithm 1).

    Words are taken by falling importance (Eq. 2). At each, of the synonyms that keep the part of
    speech and the meaning, the most similar one that reaches the goal ends the search; if none
    does, the one that leaves the least confidence stays in the text if it lowers it.

    The paper checks part of speech and similarity of every synonym before it asks the victim.
    Here the victim is asked first, as the authors' code does, and only synonyms that can decide
    the step are checked, the decisive ones first; the text that is found is the same, and
    ``queries`` counts all synonyms. Deviations: the bound on synonyms is 0.8, since a word has as
    many neighbours above it in the vectors that weaklink builds as above the paper's 0.7 in the
    published ones, where 0.7 should be set; similarity is measured on a window of words, as
    in the authors' code; the sentence encoder is not the Universal Sentence Encoder, so the bound
    is not on the same scale; a synonym takes the case of its word; a targeted goal, which the
    paper does not have, puts 1 - p(target) in the place of p(original).
    """
    positions = [i for i, word in enumerate(words.words) if word.lower() not in STOP_WORDS]
    importance = yield from _importance(words, positions, context)
    current = words
    confidence = float(context.goal.confidence(context.original))
    for position in most_important_first(importance):
        candidates = yield from _substitutions(current, position, context)
        flips = [candidate for candidate in candidates if candidate.flips]
        flip = yield from _most_similar(current, flips, position, context)
        if flip is not None:
            return str(flip.words)
        lower = [c for c in candidates if not c.flips and c.confidence < confidence]
        step = yield from _first_admissible(current, lower, position, context)
        if step is not None:
            current, confidence = step.words, step.confidence
    return None


def _importance(
    words: Words, positions: Sequence[int], context: Context[Any]
) -> Steps[dict[int, float]]:
    """Eq. 2: the drop by deletion, and the rise of the label that the deletion leads to, if any."""
    scores = yield from deletion_scores(words, positions)
    drops = context.goal.confidence(context.original) - context.goal.confidence(scores)
    predicted = scores.argmax(axis=1)
    rises = scores.max(axis=1) - context.original[predicted]
    changed = predicted != context.goal.original
    return dict(zip(positions, (drops + changed * rises).tolist(), strict=True))


def _substitutions(
    current: Words, position: int, context: Context[TextFoolerParameters]
) -> Steps[list[_Candidate]]:
    """Ask for the scores of the text with each synonym of the word at a position."""
    word = current.words[position]
    neighbours = context.lexicon.counter_fitted.neighbours(
        word.lower(), context.parameters.neighbours, context.parameters.min_cosine
    )
    texts = [current.replace(position, match_case(n.word, word)) for n in neighbours]
    if not texts:
        return []
    scores: Floats = yield Score(tuple(map(str, texts)))
    confidences = context.goal.confidence(scores).tolist()
    reached = context.goal.reached(scores).tolist()
    return [_Candidate(*c) for c in zip(texts, confidences, reached, strict=True)]


def _most_similar(
    current: Words,
    candidates: Sequence[_Candidate],
    position: int,
    context: Context[TextFoolerParameters],
) -> Steps[_Candidate | None]:
    admissible = yield from _admissible(current, candidates, position, context)
    return min(admissible, key=lambda c: (-admissible[c], str(c.words)), default=None)


def _first_admissible(
    current: Words,
    candidates: Sequence[_Candidate],
    position: int,
    context: Context[TextFoolerParameters],
) -> Steps[_Candidate | None]:
    """Return the admissible candidate of least confidence, checking a few at a time."""
    ordered = sorted(candidates, key=_Candidate.order)
    for first in range(0, len(ordered), 4):
        admissible = yield from _admissible(current, ordered[first : first + 4], position, context)
        if admissible:
            return min(admissible, key=_Candidate.order)
    return None


def _admissible(
    current: Words,
    candidates: Sequence[_Candidate],
    position: int,
    context: Context[TextFoolerParameters],
) -> Steps[dict[_Candidate, float]]:
    """Return the candidates of the same part of speech and similar meaning, with similarities."""
    if not candidates:
        return {}
    size = context.parameters.window or len(current)
    reference, place = current.window(position, size)
    windows = [candidate.words.window(position, size)[0] for candidate in candidates]
    tags: list[tuple[str, ...]] = yield Tag((reference, *windows))
    kept = [i for i, tag in enumerate(tags[1:]) if tag[place] == tags[0][place]]
    if not kept:
        return {}
    cosines: Floats = yield Similarity(str(reference), tuple(str(windows[i]) for i in kept))
    return {
        candidates[i]: cosine
        for i, cosine in zip(kept, cosines.tolist(), strict=True)
        if cosine >= context.parameters.min_similarity
    }
