"""Unicode: a text that reads the same to a person, and differently to a model."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from pydantic import Field, field_validator

from weaklink.attacks.asks import Note, Score
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.imperceptible.evolution import Evolution
from weaklink.attacks.imperceptible.rendering import (
    BACKSPACE,
    HOMOGLYPHS,
    INVISIBLE,
    REORDERING,
    seen,
    swapped,
)
from weaklink.attacks.rules.unicode import CODE, RULES
from weaklink.text import Words, graphemes
from weaklink.text.changes import count_changed_characters
from weaklink.victims import Floats

_SPACES = "spaces"
VISIBLE = "visible_changes"
"""The note: characters that a reader sees changed, as a share of the original's length."""


class Edit(NamedTuple):
    """What stands in the place of the characters from ``start`` to the one before ``stop``."""

    start: int
    stop: int
    text: str


class UnicodeParameters(Parameters):
    """Bounds of the attack: none of the other attacks' bounds fits changes that nobody sees."""

    kinds: str = Field(
        "invisible+homoglyphs+reorderings+deletions+spaces",
        description="Kinds of change to try, one after the other, joined by +",
    )
    max_changes: int = Field(
        10, ge=1, description="Invisible changes in a text, all of one kind, at most"
    )
    population: int = Field(32, ge=4, description="Vectors of differential evolution")
    generations: int = Field(3, ge=0, description="Generations after the first, for each kind")
    max_spaced: float = Field(
        1.0, ge=0, le=1, description="Share of the words whose letters are spaced out, at most"
    )

    @field_validator("kinds")
    @classmethod
    def _known(cls, value: str) -> str:
        if unknown := [kind for kind in value.split("+") if kind not in (*_KINDS, _SPACES)]:
            raise ValueError(f"{unknown[0]!r} is none of {', '.join((*_KINDS, _SPACES))}")
        return value


@attack(
    name="unicode",
    paper="Boucher et al. 2022, Bad Characters: Imperceptible NLP Attacks, "
    "https://arxiv.org/abs/2106.09898",
    parameters=UnicodeParameters,
    repetitions=3,
    code=CODE,
    rules=RULES,
    collection="imperceptible",
    on_labels="tries draws of each kind until the label flips",
    seen=seen,
)
def unicode(words: Words, context: Context[UnicodeParameters]) -> Steps[str | None]:
    """Hide characters in the words, swap them for look-alikes, or space their letters out.

    For each of four kinds, differential evolution (Section V-D) looks for up to ``max_changes``
    changes that lower the confidence most, and the first text that reaches the goal ends the
    search. A screen shows all of them as the original. Where none does, letters are spaced out,
    word after word in the order of what this does to the confidence, until the goal is reached:
    that a reader sees, and still reads.

    It notes for each kind that it came to whether that reached the goal, and ``visible_changes``
    of a text that does: characters that a reader sees changed over the length of the original.
    """
    rng = np.random.default_rng(context.random.getrandbits(64))
    original = str(words)
    for kind in context.parameters.kinds.split("+"):
        found = yield from (
            _spaced(words, context)
            if kind == _SPACES
            else _evolved(original, _KINDS[kind](original, _letters(words)), context, rng)
        )
        yield Note(kind, float(found is not None))
        if found is not None:
            changed = count_changed_characters([original], [seen(found, original)])[0]
            yield Note(VISIBLE, float(changed) / len(original))
            return found
    return None


def _evolved(
    original: str,
    options: Sequence[Edit],
    context: Context[UnicodeParameters],
    rng: np.random.Generator,
) -> Steps[str | None]:
    """Return the best text with some of the edits that reaches the goal."""
    asked = context.parameters
    if not options:
        return None
    search = Evolution(min(asked.max_changes, len(options)), asked.population, rng)
    for _ in range(asked.generations + 1):
        vectors = search.ask()
        texts = [_changed(original, _chosen(row, options)) for row in vectors]
        distinct = tuple(dict.fromkeys(texts))
        scores: Floats = yield Score(distinct)
        left = dict(zip(distinct, context.goal.confidence(scores).tolist(), strict=True))
        won = [t for t, w in zip(distinct, context.goal.reached(scores), strict=True) if w]
        if won:
            return min(won, key=lambda text: (left[text], text))
        search.tell(vectors, np.array([left[text] for text in texts]))
    return None


def _chosen(vector: Floats, options: Sequence[Edit]) -> list[Edit]:
    """Return the edit that each number of a vector stands for; the lowest stand for none."""
    places = (vector * (len(options) + 1)).astype(int) - 1
    return [options[place] for place in places.tolist() if place >= 0]


def _changed(original: str, edits: Iterable[Edit]) -> str:
    """Return the text with the edits, of which those that overlap an earlier one are left out."""
    parts, done = list[str](), 0
    kept = {edit.start: edit for edit in sorted(edits, reverse=True)}
    for edit in sorted(kept.values()):
        if edit.start >= done:
            parts += [original[done : edit.start], edit.text]
            done = edit.stop
    return "".join([*parts, original[done:]])


def _spaced(words: Words, context: Context[UnicodeParameters]) -> Steps[str | None]:
    """Return the text with as few words spaced out as reach the goal."""
    positions = [i for i, word in enumerate(words.words) if len(graphemes(word)) > 1]
    most = math.floor(len(positions) * context.parameters.max_spaced)
    if not most:
        return None
    alone: Floats = yield Score(tuple(_with_spaces(words, [i]) for i in positions))
    left = dict(zip(positions, context.goal.confidence(alone).tolist(), strict=True))
    order = sorted(positions, key=lambda i: (left[i], i))
    texts = tuple(_with_spaces(words, order[:count]) for count in range(1, most + 1))
    scores: Floats = yield Score(texts)
    reached = context.goal.reached(scores)
    return next((text for text, won in zip(texts, reached, strict=True) if won), None)


def _with_spaces(words: Words, positions: Iterable[int]) -> str:
    for position in positions:
        words = words.replace(position, " ".join(graphemes(words.words[position])))
    return str(words)


def _letters(words: Words) -> list[list[range]]:
    """Return the places of the letters of each word; a letter keeps its marks."""
    found = []
    for (start, _), word in zip(words.spans(), words.words, strict=True):
        ends = accumulate(map(len, graphemes(word)), initial=start)
        found.append([range(*two) for two in pairwise(ends)])
    return found


def _invisible(text: str, letters: Sequence[Sequence[range]]) -> list[Edit]:
    marks = [mark for mark in INVISIBLE if mark not in text]
    return [Edit(one.start, one.start, mark) for word in letters for one in word for mark in marks]


def _homoglyphs(text: str, letters: Sequence[Sequence[range]]) -> list[Edit]:
    alike = {letter: other for letter, other in HOMOGLYPHS.items() if other not in text}
    places = (one.start for word in letters for one in word)
    return [Edit(i, i + 1, alike[text[i]]) for i in places if text[i] in alike]


def _reorderings(text: str, letters: Sequence[Sequence[range]]) -> list[Edit]:
    if REORDERING.intersection(text):
        return []
    return [
        Edit(one.start, other.stop, swapped(text[one.start], text[other.start]))
        for word in letters
        for one, other in pairwise(word)
        if len(one) == len(other) == 1 and text[one.start] != text[other.start]
    ]


def _deletions(text: str, letters: Sequence[Sequence[range]]) -> list[Edit]:
    if BACKSPACE in text:
        return []
    printable = [chr(code) for code in range(ord("!"), ord("~") + 1)]
    places = [one.start for word in letters for one in word]
    return [Edit(i, i, one + BACKSPACE) for i in places for one in printable]


_KINDS: dict[str, Callable[[str, Sequence[Sequence[range]]], list[Edit]]] = {
    "invisible": _invisible,
    "homoglyphs": _homoglyphs,
    "reorderings": _reorderings,
    "deletions": _deletions,
}
