"""Substitutes from WordNet as the peers look them up."""

from __future__ import annotations

from typing import Any

from weaklink.attacks import Context
from weaklink.lexicons.wordnet import POS_OF_TAG

_BE = {"be", "is", "are", "am"}


def lemmas(word: str, context: Context[Any], tag: str | None = None) -> list[str]:
    """Return the names of all lemmas of all synsets of a word, each once, in WordNet's order."""
    reader = context.lexicon.wordnet._reader
    synsets = reader.synsets(word) if tag is None else reader.synsets(word, POS_OF_TAG[tag])
    return list(dict.fromkeys(name for synset in synsets for name in synset.lemma_names()))


def first_words(word: str, tag: str, context: Context[Any]) -> list[str]:
    """Return the first words of all lemmas of a part of speech, in lower case: OpenAttack's way."""
    if tag not in POS_OF_TAG or word in _BE:
        return []
    firsts = (name.split("_")[0] for name in lemmas(word, context, tag))
    return [name for name in dict.fromkeys(f.lower() for f in firsts if f != word) if name != word]
