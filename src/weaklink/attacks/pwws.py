"""PWWS: WordNet synonyms and named entities, weighted by word saliency."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from pydantic import Field
from scipy.special import softmax

from weaklink.attacks.asks import FindEntities, Score, Tag
from weaklink.attacks.attack import Context, Parameters, Steps, attack
from weaklink.models.tagger import Entity
from weaklink.text import Words, match_case
from weaklink.victims import Floats

_CONTENT = frozenset({"NOUN", "VERB", "ADJ", "ADV"})


class PWWSParameters(Parameters):
    """Defaults are the paper's."""

    named_entities: bool = Field(
        default=True,
        description="Replace named entities by frequent ones of other labels (paper: yes)",
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
)
def pwws(words: Words, context: Context[PWWSParameters]) -> Steps[str | None]:
    """Replace words in the order of saliency times effect until the prediction changes.

    Each word's substitute is the one that lowers the confidence most (Eq. 4), of its WordNet
    synonyms of the same part of speech or, for a named entity, of the most frequent entities of
    its kind in other labels' texts. Words are replaced by falling softmax(saliency) x drop
    (Eq. 8), cumulatively and whether each step helps or not (Algorithm 1). Saliency is the drop
    when a word becomes unknown (Eq. 6).

    Deviations: entities come from the campaign's data set, not from a fixed list; a substitute
    takes the case of its word; a targeted goal puts 1 - p(target) in the place of p(original).
    """
    options = yield from _options(words, context)
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


def _options(words: Words, context: Context[PWWSParameters]) -> Steps[list[tuple[str, ...]]]:
    """Return what each word may be replaced by."""
    (tags,) = yield Tag((words,))
    kinds: dict[int, str] = {}
    gold = context.gold
    if context.parameters.named_entities and gold is not None:
        entities: tuple[Entity, ...] = yield FindEntities(words)
        kinds = {i: entity.kind for entity in entities for i in range(entity.first, entity.last)}
    options = []
    for i, (word, tag) in enumerate(zip(words.words, tags, strict=True)):
        found = context.lexicon.wordnet.synonyms(word.lower(), tag) if tag in _CONTENT else ()
        if i in kinds and gold is not None:
            entity = context.lexicon.entities.replacement(kinds[i], gold)
            found = (entity,) if entity is not None else ()
        cased = dict.fromkeys(match_case(option, word) for option in found)
        options.append(tuple(option for option in cased if option != word))
    return options


def _weigh(
    words: Words, options: list[tuple[str, ...]], context: Context[Any]
) -> Steps[tuple[Floats, list[_Substitute]]]:
    """Ask for all saliencies and single substitutions at once."""
    unknown = [str(words.replace(i, context.unknown)) for i in range(len(words))]
    single = [(i, option) for i, found in enumerate(options) for option in found]
    replaced = [str(words.replace(i, option)) for i, option in single]
    scores: Floats = yield Score((*unknown, *replaced))
    drops = context.goal.confidence(context.original) - context.goal.confidence(scores)
    saliency, effects = np.split(drops, [len(unknown)])
    best: dict[int, _Substitute] = {}
    for (i, option), drop in zip(single, effects.tolist(), strict=True):
        if i not in best or (-drop, option) < (-best[i].drop, best[i].word):
            best[i] = _Substitute(i, option, drop)
    return saliency, list(best.values())
