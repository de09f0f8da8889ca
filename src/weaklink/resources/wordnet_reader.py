"""nltk's WordNet reader, over the user's own files or the prepared ones."""

from __future__ import annotations

import warnings

import nltk
from nltk.corpus.reader.wordnet import WordNetCorpusReader

from weaklink.resources.wordnet_files import prepared_wordnet


class EnglishWordNet(WordNetCorpusReader):  # type: ignore[misc]  # nltk has no types
    """The reader without the map to other versions, which only other languages need.

    Making the map takes longer than all the rest of loading.
    """

    def map_wn(self, version: str = "wordnet") -> None:
        """Make no map."""


def open_wordnet() -> EnglishWordNet:
    """Return a reader of the user's own WordNet 3.0, else of the packaged one.

    Raises:
        WeaklinkError: Neither is there.
    """
    root = _find()
    if root is None:
        nltk.data.path.append(str(prepared_wordnet()))
        root = _find()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The multilingual functions", UserWarning)
        return EnglishWordNet(root, None)


def _find() -> nltk.data.PathPointer | None:
    for place in ("corpora/wordnet", "corpora/wordnet.zip/wordnet/"):
        try:
            return nltk.data.find(place)
        except LookupError:
            continue
    return None
