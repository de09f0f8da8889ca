"""Which languages each resource covers on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from weaklink.lexicons.languages.letters import ENGLISH

_SIZES = ("trf", "lg", "md", "sm")
"""Of spaCy's models, the best first."""


class LanguageCoverage(NamedTuple):
    """What a resource is called, whether it covers a language, and how it can be made to.

    ``beyond`` is what covers other languages than English; "" where nothing does.
    """

    what: str
    beyond: str
    covers: Callable[[str], bool]
    remedy: Callable[[str], str | None]


def vectors_variable(language: str) -> str:
    """Return the environment variable that names the file of a language's word vectors."""
    return f"WEAKLINK_VECTORS_{language.upper()}"


def vectors_of(language: str) -> Path | None:
    """Return the user's file of word vectors of a language, if one is named."""
    chosen = os.environ.get(vectors_variable(language))
    return Path(chosen) if chosen else None


def spacy_package(language: str) -> str | None:
    """Return the installed package with spaCy's model of a language, the best there is."""
    names = (f"{language}_core_{kind}_{size}" for size in _SIZES for kind in ("news", "web"))
    return next((name for name in names if find_spec(name)), None)


def _english(language: str) -> bool:
    return language == ENGLISH


def _in_wordnet(language: str) -> bool:
    from weaklink.lexicons.wordnet_reader import find_in_omw

    return _english(language) or find_in_omw(language) is not None


def _for_vectors(language: str) -> str:
    return f"Name a file of word vectors in that language by {vectors_variable(language)}."


_VECTORS = (
    "a file of word vectors",
    lambda language: _english(language) or vectors_of(language) is not None,
    _for_vectors,
)
_TAGGER = LanguageCoverage(
    "spaCy's model",
    "spaCy's model",
    lambda language: _english(language) or spacy_package(language) is not None,
    lambda language: f"Install spaCy's model of it, if there is one: {language}_core_news_sm.",
)
_COVERAGES = {
    "wordnet": LanguageCoverage(
        "WordNet",
        "Open Multilingual Wordnet",
        _in_wordnet,
        lambda _: (
            "Open Multilingual Wordnet has some 30 languages: python -m nltk.downloader omw-1.4"
        ),
    ),
    "counter-fitted": LanguageCoverage("vectors of synonyms", *_VECTORS),
    "glove": LanguageCoverage("word vectors", *_VECTORS),
    "tagger": _TAGGER,
    "entities": _TAGGER,
    "scpn": LanguageCoverage(
        "the paraphrasing network",
        "another paraphraser",
        _english,
        lambda _: "Choose a paraphraser that knows the language by --paraphraser llm:MODEL.",
    ),
    "gan": LanguageCoverage("the latent space of sentences", "", _english, lambda _: None),
}


def coverage_of(resource: str) -> LanguageCoverage | None:
    """Return what is known of a resource; None where it serves any language."""
    return _COVERAGES.get(resource)
