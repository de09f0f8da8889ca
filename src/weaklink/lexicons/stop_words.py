"""English stop words: words that attacks leave alone."""

from __future__ import annotations

import runpy
from itertools import product

from weaklink.packaged import Packaged

_SPACY = Packaged("spacy", "spacy", "lang/en/stop_words.py")
_ENDINGS = ("n't", "'d", "'ll", "'m", "'re", "'s", "'ve")


def _load() -> frozenset[str]:
    listed = runpy.run_path(str(_SPACY.require("spaCy")))["STOP_WORDS"]
    joined = {word + ending for word, ending in product({*listed, "wo", "sha"}, _ENDINGS)}
    return frozenset(listed | joined | {word.replace("'", "’") for word in joined})


STOP_WORDS: frozenset[str] = _load()
"""spaCy's list, and its words with a contracted ending, which are one word here ("isn't").

spaCy's is kept by its maintainers and comes with the library; nltk's has to be downloaded. The list
is read from its own file because importing spaCy takes seconds. All are in lower case.
"""
