"""Stop words: words that attacks leave alone. All are in lower case."""

from __future__ import annotations

import runpy
from collections.abc import Iterable
from functools import cache
from itertools import product
from pathlib import Path

from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.packaged import Packaged

_ENDINGS = ("n't", "'d", "'ll", "'m", "'re", "'s", "'ve")


def _with_curly(words: Iterable[str]) -> frozenset[str]:
    straight = frozenset(words)
    return straight | {word.replace("'", "’") for word in straight}


def _listed(language: str) -> set[str]:
    """Return spaCy's list of a language, read from its own file: importing spaCy takes seconds."""
    listed = Packaged("spacy", "spacy", f"lang/{language}/stop_words.py")
    place = listed.require("spaCy") if language == ENGLISH else listed.find()
    words: set[str] = runpy.run_path(str(place))["STOP_WORDS"] if place else set()
    return words


@cache
def stop_words_of(language: str) -> frozenset[str]:
    """Return spaCy's stop words of a language (ISO 639-1), which has lists of some 70; or none."""
    return _with_curly(_listed(language))


def _spacy() -> frozenset[str]:
    listed = _listed(ENGLISH)
    joined = (word + ending for word, ending in product({*listed, "wo", "sha"}, _ENDINGS))
    return _with_curly({*listed, *joined})


def _textfooler() -> frozenset[str]:
    path = Path(__file__).with_name("textfooler_stop_words.txt")
    return _with_curly(path.read_text("utf-8").split())


STOP_WORDS: frozenset[str] = _spacy()
"""spaCy's list, and its words with a contracted ending, which are one word here ("isn't").

spaCy's is kept by its maintainers and comes with the library; nltk's has to be downloaded.
"""

TEXTFOOLER_STOP_WORDS: frozenset[str] = _textfooler()
"""The list in the code of TextFooler's authors (https://github.com/jind11/TextFooler, MIT licence).

Unlike spaCy's it does not hold words such as "really", "very", "well" and "make".
"""
