"""Chooses training sentences: all templates, and more of the attack's."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from weaklink.generators.scpn.lexis import MOST_LABELS, Lexis
from weaklink.generators.scpn.sources import FUNCTION_WORDS, is_word
from weaklink.generators.scpn.templates import TEMPLATES
from weaklink.generators.scpn.trees import labels
from weaklink.lexicons.vectors import Vectors
from weaklink.training.scpn.examples import TemplateExample

MOST_TOKENS = 20
_MOST_OF_A_TEMPLATE = 25_000
_ENOUGH_OF_A_TEMPLATE = 6_000
_MOST_REPETITIONS = 4
_NEIGHBOURS, _LEAST_COSINE = 4, 0.85


def select(
    sentences: Sequence[Sequence[str]], templates: Sequence[str | None], seed: int
) -> list[TemplateExample]:
    """Return the examples of an epoch, in an order of their own.

    Long sentences are left out. The most frequent templates are thinned out to 25,000 sentences.
    Those of the attack that have fewer than 6,000 are repeated, at most four times.

    Args:
        sentences: Tokenised.
        templates: Of each sentence, None where it has none.
        seed: Chooses which sentences of a frequent template.
    """
    choice = random.Random(seed)  # noqa: S311
    groups: defaultdict[str, list[TemplateExample]] = defaultdict(list)
    for tokens, template in zip(sentences, templates, strict=True):
        if template and len(tokens) <= MOST_TOKENS and len(labels(template)) <= MOST_LABELS:
            groups[template].append(TemplateExample(tokens, template))
    chosen: list[TemplateExample] = []
    for template, group in groups.items():
        choice.shuffle(group)
        wanted = -(-_ENOUGH_OF_A_TEMPLATE // len(group)) if template in TEMPLATES else 1
        chosen += group[:_MOST_OF_A_TEMPLATE] * min(max(wanted, 1), _MOST_REPETITIONS)
    choice.shuffle(chosen)
    return chosen


def similar_words(lexis: Lexis, vectors: Vectors) -> Mapping[str, Sequence[str]]:
    """Return the content words with a number that are near each such word."""
    words = [w for w in lexis.words.words if w in vectors and _is_content(w)]
    found = {}
    for word in words:
        near = vectors.neighbours(word, _NEIGHBOURS, _LEAST_COSINE)
        found[word] = tuple(n.word for n in near if n.word in lexis.words and _is_content(n.word))
    return {word: others for word, others in found.items() if others}


def _is_content(word: str) -> bool:
    return is_word(word) and word not in FUNCTION_WORDS
