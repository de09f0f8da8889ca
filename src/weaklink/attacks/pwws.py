"""PWWS: WordNet synonyms and named entities, weighted by word saliency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
from pydantic import Field

from weaklink.attacks.asks import FindEntities, Score, Tag
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.attacks.rules.pwws import CODE, RULES
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.models.tagger import Entity
from weaklink.text import Words, match_case
from weaklink.victims import Floats

_UNIVERSAL = {"N": "NOUN", "V": "VERB", "J": "ADJ", "R": "ADV"}
_PARTICLE = "RP"

_split = lru_cache(maxsize=50_000)(Words.split)
"""Splits synonyms, which recur from text to text."""


class PWWSParameters(Parameters):
    """Defaults are the authors' code's; see ``rules.pwws``."""

    named_entities: bool = Field(
        default=True, description="Replace named entities by frequent ones of other labels"
    )
    equal_tags: bool = Field(
        default=True, description="Only synonyms that by themselves have the Penn tag of the word"
    )


@dataclass(frozen=True, slots=True)
class _Substitute:
    """The best substitute of one word."""

    position: int
    word: str
    drop: float
    """By how much it alone lowers the confidence against the goal."""


@attack(
    name="pwws",
    paper="Ren et al. 2019, Generating Natural Language Adversarial Examples through Probability "
    "Weighted Word Saliency, https://aclanthology.org/P19-1103",
    parameters=PWWSParameters,
    uses=("wordnet", "tagger", "entities"),
    version=2,
    code=CODE,
    rules=RULES,
    on_labels="replaces words in the order of the text until the label flips",
)
def pwws(words: Words, context: Context[PWWSParameters]) -> Steps[str | None]:
    """Replace words in the order of saliency times effect until the prediction changes.

    Each word's substitute is the one of its WordNet synonyms that lowers the confidence most
    (Eq. 4). A named entity, of however many words, is replaced as a whole by the most frequent
    one-word entity of its kind that texts of its label do not have. Words are
    replaced by falling softmax(saliency) x drop (Eq. 8), cumulatively and whether each step helps
    or not (Algorithm 1). Saliency is the drop when a word becomes unknown (Eq. 6).
    """
    from scipy.special import softmax

    words, entities = yield from _with_entities(words, context)
    options = yield from _options(words, entities, context)
    saliency, substitutes = yield from _weigh(words, options, context)
    weight = softmax(saliency)
    ordered = sorted(substitutes, key=lambda s: (-weight[s.position] * s.drop, s.position))
    texts = accumulate(ordered, lambda text, s: text.replace(s.position, s.word), initial=words)
    next(texts)
    for text in map(str, texts):
        score: Floats = yield Score((text,))
        if context.goal.reached(score)[0]:
            return text
    return None


def _with_entities(
    words: Words, context: Context[PWWSParameters]
) -> Steps[tuple[Words, dict[int, str]]]:
    """Return the words with each replaceable entity as one, and the replacements by position."""
    replacements: dict[int, str] = {}
    if context.gold is None or not context.parameters.named_entities:
        return words, replacements
    found: tuple[Entity, ...] = yield FindEntities(words)
    joined, end, fewer = words, 0, 0
    for entity in found:
        name = context.lexicon.entities.replacement(entity.kind, context.gold)
        if name is not None and entity.first >= end:
            place = entity.first - fewer
            joined = joined.joined(place, entity.last - fewer)
            replacements[place] = name
            end, fewer = entity.last, len(words) - len(joined)
    return joined, replacements


def _options(
    words: Words, entities: Mapping[int, str], context: Context[PWWSParameters]
) -> Steps[list[tuple[str, ...]]]:
    """Return what each word may be replaced by."""
    (tags,) = yield Tag((words,), penn=_has_penn_tags(context))
    found = [
        () if i in entities else _synonyms(word, tag, context)
        for i, (word, tag) in enumerate(zip(words.words, tags, strict=True))
    ]
    if context.parameters.equal_tags:
        found = yield from _of_equal_tags(found, tags, context)
    options = []
    for i, (word, synonyms) in enumerate(zip(words.words, found, strict=True)):
        named = (entities[i],) if i in entities else synonyms
        cased = dict.fromkeys(match_case(option, word) for option in named)
        options.append(tuple(option for option in cased if option != word))
    return options


def _has_penn_tags(context: Context[Any]) -> bool:
    """Whether words have the Penn Treebank's tags, as in English; in other languages universal."""
    return context.lexicon.language == ENGLISH


def _synonyms(word: str, tag: str, context: Context[Any]) -> tuple[str, ...]:
    if _has_penn_tags(context):
        universal = None if tag == _PARTICLE else _UNIVERSAL.get(tag[:1])
    else:
        universal = tag if tag in _UNIVERSAL.values() else None
    return context.lexicon.wordnet.synonyms(word.lower(), universal) if universal else ()


def _of_equal_tags(
    found: Sequence[tuple[str, ...]], tags: Sequence[str], context: Context[Any]
) -> Steps[list[tuple[str, ...]]]:
    """Return of each word's synonyms those that by themselves have the word's tag."""
    distinct = tuple(dict.fromkeys(synonym for synonyms in found for synonym in synonyms))
    rows: list[tuple[str, ...]] = yield Tag(
        tuple(map(_split, distinct)), penn=_has_penn_tags(context)
    )
    alone = {synonym: row[0] for synonym, row in zip(distinct, rows, strict=True)}
    return [
        tuple(synonym for synonym in synonyms if alone[synonym] == tag)
        for synonyms, tag in zip(found, tags, strict=True)
    ]


def _weigh(
    words: Words, options: list[tuple[str, ...]], context: Context[Any]
) -> Steps[tuple[Floats, list[_Substitute]]]:
    """Ask for all saliencies and single substitutions at once."""
    single = [(i, option) for i, found in enumerate(options) for option in found]
    texts = [words.variants(i, (context.unknown, *found)) for i, found in enumerate(options)]
    unknown = [row[0] for row in texts]
    replaced = [text for row in texts for text in row[1:]]
    scores: Floats = yield Score((*unknown, *replaced))
    drops = context.goal.confidence(context.original) - context.goal.confidence(scores)
    saliency, effects = np.split(drops, [len(unknown)])
    best: dict[int, _Substitute] = {}
    for (i, option), drop in zip(single, effects.tolist(), strict=True):
        if i not in best or (-drop, option) < (-best[i].drop, best[i].word):
            best[i] = _Substitute(i, option, drop)
    return saliency, list(best.values())
