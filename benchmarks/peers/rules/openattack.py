"""OpenAttack 2.1.1's PWWS and TextFooler."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from scipy.special import softmax

from rules.wordnet import first_words
from weaklink.attacks import Context, Parameters, Score, Similarity, Steps, Tag, attack
from weaklink.lexicons.stop_words import STOP_WORDS
from weaklink.text import Words
from weaklink.victims import Floats

_TOKEN = re.compile(r"\w+|[^\w\s]+")
_UNKNOWN = "<UNK>"
_WINDOW = 15
_LEAST_COSINE = 0.5
_SHORT_COSINE = 0.1
_NEAR = 4
_TAGGED_WHOLE = 10
_COARSE = {"PROPN": "NOUN", "AUX": "VERB"}
_CONTENT = {"NOUN", "VERB", "ADJ", "ADV"}


@attack(
    name="openattack-pwws",
    paper="OpenAttack 2.1.1, PWWSAttacker with its defaults",
    parameters=Parameters,
    uses=("wordnet", "tagger"),
)
def openattack_pwws(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Replace tokens by falling softmax(saliency) x drop, whether each step helps or not.

    Lower-cased tokens joined by blanks; saliency is the drop when a token becomes ``<UNK>``; each
    token's substitute is the WordNet synonym that leaves the least probability. A token without
    synonyms has its turn, too, and leaves the text as it is.
    """
    tokens = _TOKEN.findall(str(words).lower())
    current = _spaced(tokens)
    if not tokens:
        return None
    (tags,) = yield Tag((current,))
    options = [
        [] if token in STOP_WORDS else first_words(token, _COARSE.get(tag, tag), context)
        for token, tag in zip(tokens, tags, strict=True)
    ]
    blanked = [str(current.replace(i, _UNKNOWN)) for i in range(len(tokens))]
    singles = [str(current.replace(i, w)) for i, found in enumerate(options) for w in found]
    rows = yield Score((str(current), *blanked, *singles))
    left = rows[:, context.goal.original]
    saliency = softmax(left[0] - left[1 : len(tokens) + 1])
    ends = np.cumsum([len(found) for found in options])
    parts = np.split(left[len(tokens) + 1 :], ends[:-1])
    drops = np.array([left[0] - part.min() if len(part) else 0.0 for part in parts])
    for i in np.argsort(-saliency * drops, kind="stable").tolist():
        if not options[i]:
            continue
        current = current.replace(i, options[i][int(parts[i].argmin())])
        rows = yield Score((str(current),))
        if context.goal.reached(rows)[0]:
            return str(current)
    return None


@attack(
    name="openattack-textfooler",
    paper="OpenAttack 2.1.1, TextFoolerAttacker with its defaults",
    parameters=Parameters,
    uses=("wordnet", "tagger", "encoder"),
)
def openattack_textfooler(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Lower-cased tokens joined by blanks, WordNet synonyms, cosines of a window of 15 tokens.

    Importance is the drop when a token becomes ``<UNK>``. The bound on the cosine is 0.5, and 0.1
    on a text of under 15 tokens (see also ``_compared``). OpenAttack asks and compares every
    synonym. Here only those are compared that can be taken: the same text is found, with as many
    queries and fewer similarities.
    """
    tokens = _TOKEN.findall(str(words).lower())
    current = _spaced(tokens)
    if not tokens:
        return None
    (tags,) = yield Tag((current,))
    blanked = [str(current.replace(i, _UNKNOWN)) for i in range(len(tokens))]
    rows = yield Score((str(current), *blanked))
    original, without = rows[0], rows[1:]
    label = int(original.argmax())
    predicted = without.argmax(axis=1)
    changed = (predicted != label) * (without.max(axis=1) - original[predicted])
    importance = original[label] - without[:, label] + changed
    least = _SHORT_COSINE if len(tokens) < _WINDOW else _LEAST_COSINE
    for i in np.argsort(-importance, kind="stable").tolist():
        word = tokens[i]
        if word in STOP_WORDS or importance[i] <= -1:
            continue
        synonyms = first_words(word, _COARSE.get(tags[i], tags[i]), context)
        if not synonyms:
            continue
        candidates = [current.replace(i, synonym) for synonym in synonyms]
        rows = yield Score(tuple(map(str, candidates)))
        flips = np.flatnonzero(rows.argmax(axis=1) != label)
        similar = yield from _fits(current, [candidates[k] for k in flips], i, tags[i], least)
        if (similar > 0).any():
            return str(candidates[flips[int(similar.argmax())]])
        left = rows[:, label]
        lower = [k for k in left.argsort(kind="stable") if left[k] < original[label]]
        for k in lower:
            if k not in flips and (yield from _fits(current, [candidates[k]], i, tags[i], least)):
                current = candidates[k]
                break
    return None


def _spaced(tokens: Sequence[str]) -> Words:
    return Words(tuple(tokens), ("", *(" " for _ in tokens[1:]), ""))


def _fits(
    current: Words, candidates: Sequence[Words], position: int, tag: str, least: float
) -> Steps[Floats]:
    """Return the cosines of the windows, 0 for those below the bound or of another kind."""
    if not candidates:
        return np.zeros(0)
    rows = yield Tag(tuple(_tagged(candidate, position) for candidate in candidates))
    place = position if len(current) <= _TAGGED_WHOLE else min(_NEAR, position)
    found = [_kind(row[place]) for row in rows]
    same = [kind == _kind(tag) or {kind, _kind(tag)} <= {"NOUN", "VERB"} for kind in found]
    if not any(same):
        return np.zeros(len(candidates))
    compared = _compared(len(current), position)
    windows = [str(_spaced(candidate.words[compared])) for candidate in candidates]
    reference = str(_spaced(current.words[compared]))
    cosines: Floats = yield Similarity(reference, tuple(windows))
    return np.where(np.array(same) & (cosines >= least), cosines, 0.0)


def _tagged(candidate: Words, position: int) -> Words:
    """Return what the tagger sees: four tokens on either side, or all of a text of up to ten.

    They are split anew, so that behind a substitute with a hyphen the tag is another token's.
    """
    near = candidate.words
    if len(near) > _TAGGED_WHOLE:
        near = near[max(position - _NEAR, 0) : position + _NEAR + 1]
    return _spaced(_TOKEN.findall(" ".join(near)))


def _compared(length: int, position: int) -> slice:
    """Return the tokens whose embeddings are compared.

    For a change after the seventh of under 15 tokens, the start is negative and counts from the
    end, so that the change itself may lie outside.
    """
    half = _WINDOW // 2
    after = length - position - 1
    if after < half:
        return slice(length - _WINDOW if position >= half else 0, length)
    first = max(position - half, 0)
    return slice(first, first + _WINDOW)


def _kind(tag: str) -> str:
    """OpenAttack's part of speech: nouns, verbs, adjectives, adverbs, and all others as one."""
    coarse = _COARSE.get(tag, tag)
    return coarse if coarse in _CONTENT else "other"
