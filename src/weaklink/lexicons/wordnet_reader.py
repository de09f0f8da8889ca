"""nltk's WordNet reader, over the prepared files or the user's own."""

from __future__ import annotations

import warnings

import nltk
from nltk.corpus.reader.wordnet import WordNetCorpusReader

from weaklink.lexicons.wordnet_files import PLACE, prepared_wordnet
from weaklink.packaged import WORDNET


class EnglishWordNet(WordNetCorpusReader):  # type: ignore[misc]  # nltk has no types
    """The reader without the map to other versions, which only other languages need.

    Making the map takes longer than all the rest of loading.
    """

    def map_wn(self, version: str = "wordnet") -> None:
        """Make no map."""


def open_wordnet() -> EnglishWordNet:
    """Return a reader of the packaged WordNet, else of one among nltk's own data.

    Raises:
        WeaklinkError: Neither is there.
    """
    root = None if WORDNET.find() else find_in_nltk_data()
    if root is None:
        data = prepared_wordnet()
        nltk.data.path.append(str(data))
        root = nltk.data.FileSystemPathPointer(str(data / PLACE))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The multilingual functions", UserWarning)
        return EnglishWordNet(root, None)


def find_in_nltk_data() -> nltk.data.PathPointer | None:
    """Return where the user's own nltk data has WordNet, as a folder or a zip file."""
    for place in (PLACE.as_posix(), f"{PLACE.as_posix()}.zip/wordnet/"):
        try:
            return nltk.data.find(place)
        except LookupError:
            continue
    return None
