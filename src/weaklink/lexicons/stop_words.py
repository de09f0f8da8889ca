"""English stop words: words that attacks leave alone. All are in lower case."""

from __future__ import annotations

import runpy
from collections.abc import Iterable
from itertools import product
from pathlib import Path

from weaklink.packaged import Packaged

_SPACY = Packaged("spacy", "spacy", "lang/en/stop_words.py")
_ENDINGS = ("n't", "'d", "'ll", "'m", "'re", "'s", "'ve")


def _with_curly(words: Iterable[str]) -> frozenset[str]:
    straight = frozenset(words)
    return straight | {word.replace("'", "’") for word in straight}


def _spacy() -> frozenset[str]:
    listed = runpy.run_path(str(_SPACY.require("spaCy")))["STOP_WORDS"]
    joined = (word + ending for word, ending in product({*listed, "wo", "sha"}, _ENDINGS))
    return _with_curly({*listed, *joined})


def _textfooler() -> frozenset[str]:
    path = Path(__file__).with_name("textfooler_stop_words.txt")
    return _with_curly(path.read_text("utf-8").split())


STOP_WORDS: frozenset[str] = _spacy()
"""spaCy's list, and its words with a contracted ending, which are one word here ("isn't").

spaCy's is kept by its maintainers and comes with the library; nltk's has to be downloaded. The list
is read from its own file because importing spaCy takes seconds.
"""

TEXTFOOLER_STOP_WORDS: frozenset[str] = _textfooler()
"""The list in the code of TextFooler's authors (https://github.com/jind11/TextFooler, MIT licence).

Unlike spaCy's it does not hold words such as "really", "very", "well" and "make".
"""
