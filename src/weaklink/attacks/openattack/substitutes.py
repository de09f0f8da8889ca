"""Substitutes from WordNet, as OpenAttack 2.1.1 has them."""

from __future__ import annotations

from typing import Any

from weaklink.attacks.attack import Context

_BE = frozenset({"be", "is", "are", "am"})
PARTS = ("ADV", "ADJ", "NOUN", "VERB")
"""In the order in which they are tried where the part of speech does not count."""


def substitutes(word: str, part: str, context: Context[Any]) -> list[str]:
    """Return the first words of all lemmas that share a sense with a word, in lower case.

    "motion picture" gives "motion". The word itself is left out if it is spelled alike, with its
    capitals: "hollywood" is a substitute of itself by way of "Hollywood".

    Args:
        word: A token.
        part: Its part of speech; there are no substitutes of others than ``PARTS``.
        context: Has WordNet.
    """
    if part not in PARTS or word in _BE:
        return []
    names = context.lexicon.wordnet.lemma_names(word, part)
    firsts = (name.partition("_")[0] for name in names)
    return list(dict.fromkeys(first.lower() for first in firsts if first != word))


def others(word: str, part: str, context: Context[Any]) -> list[str]:
    """Return the substitutes of a token but itself."""
    return [substitute for substitute in substitutes(word, part, context) if substitute != word]
