"""How much a prediction rests on each word or passage: shared by several attacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weaklink.attacks.asks import Score
from weaklink.attacks.attack import Context, Steps
from weaklink.text import Passages, Words
from weaklink.victims import Floats


def deletion_scores(words: Words, positions: Sequence[int]) -> Steps[Floats]:
    """Ask for the probabilities of the text without each word: shape (positions, labels)."""
    scores: Floats = yield Score(tuple(words.without(position) for position in positions))
    return scores


def drop_by_deletion(
    words: Words, positions: Sequence[int], context: Context[Any]
) -> Steps[dict[int, float]]:
    """Return how much deleting each word lowers the confidence against the goal."""
    scores = yield from deletion_scores(words, positions)
    before = context.goal.confidence(context.original)
    drops = before - context.goal.confidence(scores)
    return dict(zip(positions, drops.tolist(), strict=True))


def most_important_first(importance: dict[int, float]) -> list[int]:
    """Return positions by falling importance; of equals, the one that stands first."""
    return sorted(importance, key=lambda position: (-importance[position], position))


def passages_by_importance(passages: Passages, context: Context[Any]) -> Steps[list[int]]:
    """Return the passages' positions, by how much deleting each lowers the confidence.

    A single passage is not asked about.
    """
    positions = range(len(passages))
    if len(positions) < 2:  # noqa: PLR2004
        return list(positions)
    scores: Floats = yield Score(tuple(str(passages.replace(i, "")) for i in positions))
    left = context.goal.confidence(scores).tolist()
    return sorted(positions, key=lambda position: (left[position], position))
