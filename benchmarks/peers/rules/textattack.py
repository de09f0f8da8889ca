"""TextAttack 0.3.11's PWWS and TextFooler."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import softmax

from rules.wordnet import lemmas
from weaklink.attacks import Context, Parameters, Score, Similarity, Steps, Tag, attack
from weaklink.lexicons.stop_words import STOP_WORDS
from weaklink.text import Words
from weaklink.victims import Floats

_INNER = "'-_*@"
_RUN = re.compile(r"[\w'\-_*@`]+")
_NEIGHBOURS = 50
_LEAST_COSINE = 0.5
_LEAST_ANGULAR = 0.840845057
_WINDOW = 15
_BEFORE, _AFTER = 4, 3
_AT_ONCE = 4


def textattack_words(text: str) -> Words:
    """Split as TextAttack does: runs of word characters with inner apostrophes and hyphens."""
    spans = []
    for match in _RUN.finditer(text):
        word = match.group().strip(_INNER)
        if word:
            start = match.start() + match.group().index(word)
            spans.append((start, start + len(word)))
    starts = [0, *(stop for _, stop in spans)]
    stops = [*(start for start, _ in spans), len(text)]
    return Words(
        tuple(text[start:stop] for start, stop in spans),
        tuple(text[start:stop] for start, stop in zip(starts, stops, strict=True)),
    )


@attack(
    name="textattack-pwws",
    paper="TextAttack 0.3.11, PWWSRen2019 and GreedyWordSwapWIR('weighted-saliency')",
    parameters=Parameters,
    uses=("wordnet",),
)
def textattack_pwws(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Rank words by softmax(score without the word) x greatest score; keep what improves.

    Synonyms of every part of speech, no stop words, no named entities; each position once. The
    score of a text is 1 - p(original label). At every position all candidates are asked again, on
    the text as it then is.
    """
    words = textattack_words(str(words))
    free = _free(words)
    if not free:
        return None
    blanked = yield Score(tuple(str(words.replace(i, "[UNK]")) for i in free))
    saliency = softmax(_rise(blanked, context))
    options = [_synonyms(words.words[i], context) for i in free]
    singles = [
        str(words.replace(i, w)) for i, found in zip(free, options, strict=True) for w in found
    ]
    scores = _rise((yield Score(tuple(singles))), context) if singles else np.zeros(0)
    ends = np.cumsum([len(found) for found in options])
    effects = [max(part, default=0.0) for part in np.split(scores, ends[:-1])]
    best = float(_rise(context.original[None], context)[0])
    for place in (-(saliency * np.array(effects))).argsort(kind="stable"):
        candidates = _in_order(words.replace(free[place], word) for word in options[place])
        if not candidates:
            continue
        rows = yield Score(tuple(map(str, candidates)))
        rises = _rise(rows, context)
        top = int(rises.argmax())
        if rises[top] <= best:
            continue
        words, best = candidates[top], float(rises[top])
        if context.goal.reached(rows)[top]:
            return str(words)
    return None


@attack(
    name="textattack-textfooler",
    paper="TextAttack 0.3.11, TextFoolerJin2019 and GreedyWordSwapWIR('delete')",
    parameters=Parameters,
    uses=("counter-fitted", "tagger", "encoder"),
)
def textattack_textfooler(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Rank words by the score without them; of what the constraints leave, keep what improves.

    Up to 50 neighbours of a cosine of at least 0.5; the part of speech in the original's context
    stays, or noun and verb change places; windows of 15 words of an angular similarity of at least
    0.84, texts of under 15 words unchecked. Of those that flip, the most similar is taken.
    TextAttack compares all before it asks the victim. Here only those are compared that can be
    taken: the same text is found, with more queries and fewer similarities.
    """
    original = words = textattack_words(str(words))
    free = _free(original)
    if not free:
        return None
    deleted = yield Score(tuple(_without(original, i) for i in free))
    best = float(_rise(context.original[None], context)[0])
    for place in (-_rise(deleted, context)).argsort(kind="stable"):
        i = free[place]
        found = _in_order(words.replace(i, w) for w in _neighbours(original.words[i], context))
        found = yield from _same_kind(original, found, i)
        if not found:
            continue
        rows = yield Score(tuple(map(str, found)))
        rises = _rise(rows, context)
        flips = context.goal.reached(rows)
        top = yield from _first_similar(words, found, i, rises)
        if top is None or rises[top] <= best:
            continue
        if flips[top]:
            won = np.flatnonzero(flips)
            similar = yield from _similar(words, [found[k] for k in won], i)
            order = np.lexsort((-rises[won], -similar))
            return str(found[won[order[0]]])
        words, best = found[top], float(rises[top])
    return None


def _free(words: Words) -> list[int]:
    return [i for i, word in enumerate(words.words) if word not in STOP_WORDS]


def _rise(rows: Floats, context: Context[Any]) -> Floats:
    return np.asarray(1.0 - rows[:, context.goal.original])


def _in_order(candidates: Any) -> list[Words]:
    return sorted(candidates, key=str)


def _without(words: Words, position: int) -> str:
    """Delete a word and the blank before it, or after it where it is the first."""
    gaps = list(words.gaps)
    if position == 0:
        gaps[1] = gaps[1].removeprefix(" ")
    elif position + 1 < len(words) or gaps[-1]:
        gaps[position] = gaps[position].removesuffix(" ")
    return str(Words(words.words, tuple(gaps)).replace(position, ""))


def _synonyms(word: str, context: Context[Any]) -> list[str]:
    """Single words that share any synset, in any case."""
    return [
        name
        for name in lemmas(word, context)
        if name != word and "_" not in name and textattack_words(name).words == (name,)
    ]


def _neighbours(word: str, context: Context[Any]) -> list[str]:
    near = context.lexicon.counter_fitted.neighbours(word.lower(), _NEIGHBOURS, _LEAST_COSINE)
    found = dict.fromkeys(_recased(neighbour.word, word) for neighbour in near)
    return [name for name in found if name != word and textattack_words(name).words == (name,)]


def _recased(word: str, like: str) -> str:
    if like.islower():
        return word.lower()
    if like.isupper() and len(like) > 1:
        return word.upper()
    if like[0].isupper() and like[1:].islower():
        return word.capitalize()
    return word


def _same_kind(original: Words, found: Sequence[Words], position: int) -> Steps[list[Words]]:
    """Keep what has the word's part of speech among the original's next words.

    The tag that is read is that of the first word of the window that is spelled alike.
    """
    if not found:
        return []
    first, last = max(position - _BEFORE, 0), position + 1 + _AFTER
    words = [original.words[position], *(candidate.words[position] for candidate in found)]
    windows = [
        (*original.words[first:position], word, *original.words[position + 1 : last])
        for word in words
    ]
    rows = yield Tag(tuple(_spaced(window) for window in windows))
    tags = [row[w.index(word)] for row, w, word in zip(rows, windows, words, strict=True)]
    return [c for c, tag in zip(found, tags[1:], strict=True) if _may_replace(tags[0], tag)]


def _may_replace(tag: str, other: str) -> bool:
    return tag == other or {tag, other} <= {"NOUN", "VERB"}


def _first_similar(
    words: Words, found: Sequence[Words], position: int, rises: Floats
) -> Steps[int | None]:
    """Return which candidate has the greatest rise of those that are similar enough."""
    order = (-rises).argsort(kind="stable")
    for first in range(0, len(order), _AT_ONCE):
        some = order[first : first + _AT_ONCE]
        similar = yield from _similar(words, [found[k] for k in some], position)
        if (similar > 0).any():
            return int(some[int((similar > 0).argmax())])
    return None


def _similar(words: Words, found: Sequence[Words], position: int) -> Steps[Floats]:
    """Return similarities to the text before the change, 0 for those below the bound."""
    if len(words) < _WINDOW:
        return np.ones(len(found))
    reference, _ = words.window(position, _WINDOW)
    windows = tuple(str(candidate.window(position, _WINDOW)[0]) for candidate in found)
    cosines = yield Similarity(str(reference), windows)
    angular = 1 - np.arccos(np.clip(cosines, -1, 1)) / math.pi
    return np.where(angular >= _LEAST_ANGULAR, angular, 0.0)


def _spaced(tokens: Sequence[str]) -> Words:
    return Words(tuple(tokens), ("", *(" " for _ in tokens[1:]), ""))
