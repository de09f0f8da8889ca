"""The peers' decision rules as attacks on weaklink's engine, so that both do the same work.

They live here and nowhere in the product: its attacks are the published algorithms. What a peer
does by accident (state that leaks from one text to the next, say) is left out, and shows as a
disagreement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import softmax

from weaklink.attacks import Context, Parameters, Score, Similarity, Steps, Tag, attack
from weaklink.resources.stop_words import STOP_WORDS
from weaklink.resources.wordnet import POS_OF_TAG
from weaklink.text import Words
from weaklink.victims import Floats

_INNER = "'-_*@"
_RUN = re.compile(r"[\w'\-_*@]+")
_TOKEN = re.compile(r"\w+|[^\w\s]+")
_UNKNOWN = "<UNK>"
_WINDOW = 15
_LEAST_COSINE = 0.5
_SHORT_COSINE = 0.1
_NEAR = 4
_COARSE = {"PROPN": "NOUN", "AUX": "VERB"}
_CONTENT = {"NOUN", "VERB", "ADJ", "ADV"}
_BE = {"be", "is", "are", "am"}


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
    free = [i for i, word in enumerate(words.words) if word not in STOP_WORDS]
    if not free:
        return None
    blanked = yield Score(tuple(str(words.replace(i, "[UNK]")) for i in free))
    saliency = softmax(_rise(blanked, context))
    options = [_all_synonyms(words.words[i], context) for i in free]
    singles = [
        str(words.replace(i, w)) for i, found in zip(free, options, strict=True) for w in found
    ]
    scores = _rise((yield Score(tuple(singles))), context) if singles else np.zeros(0)
    ends = np.cumsum([len(found) for found in options])
    effects = [max(part, default=0.0) for part in np.split(scores, ends[:-1])]
    order = (-(saliency * np.array(effects))).argsort(kind="stable")
    best = float(_rise(context.original[None], context)[0])
    for place in order:
        found = options[place]
        if not found:
            continue
        candidates = [words.replace(free[place], word) for word in found]
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
    name="openattack-textfooler",
    paper="OpenAttack 2.1.1, TextFoolerAttacker with its defaults",
    parameters=Parameters,
    uses=("wordnet", "tagger", "encoder"),
)
def openattack_textfooler(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Lower-cased tokens joined by blanks, WordNet synonyms, cosines of a window of 15 tokens.

    Importance is the drop when a token becomes ``<UNK>``. The bound on the cosine is 0.5, and 0.1
    on a text of under 15 tokens. Every synonym is asked and compared, whether it can matter or not.
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
        synonyms = _first_words(word, _COARSE.get(tags[i], tags[i]), context)
        if not synonyms:
            continue
        candidates = [current.replace(i, synonym) for synonym in synonyms]
        rows = yield Score(tuple(map(str, candidates)))
        similar, same = yield from _fits(current, candidates, i, tags[i])
        flips = rows.argmax(axis=1) != label
        decisive = flips * (similar >= least) * same
        if decisive.any():
            return str(candidates[int((decisive * similar).argmax())])
        left = rows[:, label] + (similar < least) + (1.0 - same)
        if left.min() < original[label]:
            current = candidates[int(left.argmin())]
    return None


def _rise(rows: Floats, context: Context[Any]) -> Floats:
    return np.asarray(1.0 - rows[:, context.goal.original])


def _all_synonyms(word: str, context: Context[Any]) -> list[str]:
    """Single words that share any synset, in any case, as TextAttack has them."""
    synsets = context.lexicon.wordnet._reader.synsets(word)
    names = dict.fromkeys(name for synset in synsets for name in synset.lemma_names())
    return [
        name
        for name in names
        if name != word and "_" not in name and textattack_words(name).words == (name,)
    ]


def _first_words(word: str, tag: str, context: Context[Any]) -> list[str]:
    """The first words of all lemmas of a part of speech, in lower case, as OpenAttack has them."""
    if tag not in POS_OF_TAG or word in _BE:
        return []
    synsets = context.lexicon.wordnet._reader.synsets(word, POS_OF_TAG[tag])
    names = (name.split("_")[0] for synset in synsets for name in synset.lemma_names())
    return [name for name in dict.fromkeys(n.lower() for n in names if n != word) if name != word]


def _spaced(tokens: Sequence[str]) -> Words:
    return Words(tuple(tokens), ("", *(" " for _ in tokens[1:]), ""))


def _fits(
    current: Words, candidates: Sequence[Words], position: int, tag: str
) -> Steps[tuple[Floats, Floats]]:
    """Return the cosines of the windows, and whether the part of speech stays."""
    reference, _ = current.window(position, _WINDOW)
    windows = [candidate.window(position, _WINDOW)[0] for candidate in candidates]
    cosines = yield Similarity(str(reference), tuple(map(str, windows)))
    near = [candidate.window(position, 2 * _NEAR + 1) for candidate in candidates]
    tags = yield Tag(tuple(words for words, _ in near))
    found = [_kind(row[place]) for row, (_, place) in zip(tags, near, strict=True)]
    same = [kind == _kind(tag) or {kind, _kind(tag)} <= {"NOUN", "VERB"} for kind in found]
    return np.asarray(cosines), np.array(same, dtype=float)


def _kind(tag: str) -> str:
    """OpenAttack's part of speech: nouns, verbs, adjectives, adverbs, and all others as one."""
    coarse = _COARSE.get(tag, tag)
    return coarse if coarse in _CONTENT else "other"
