"""Substitutes from WordNet as TextAttack looks them up."""

from __future__ import annotations

from typing import Any

from weaklink.attacks import Context


def lemmas(word: str, context: Context[Any]) -> list[str]:
    """Return the names of all lemmas of all synsets of a word, each once, in WordNet's order."""
    synsets = context.lexicon.wordnet._reader.synsets(word)
    return list(dict.fromkeys(name for synset in synsets for name in synset.lemma_names()))
