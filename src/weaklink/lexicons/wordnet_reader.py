"""nltk's WordNet reader, over the prepared files or the user's own."""

from __future__ import annotations

import warnings

import nltk
from nltk.corpus.reader.wordnet import WordNetCorpusReader

from weaklink.lexicons.wordnet_files import PLACE, prepared_wordnet
from weaklink.lexicons.wordnet_index import IndexMap, content_of
from weaklink.packaged import WORDNET


class EnglishWordNet(WordNetCorpusReader):  # type: ignore[misc]  # nltk has no types
    """The reader with an index that is looked up and not parsed, and without other languages.

    The map to other versions, which only those need, takes longer than all the rest of loading.
    """

    def _scan_satellites(self) -> None:
        """Look for none: the index tells each when it is asked."""

    def _load_lemma_pos_offset_map(self) -> None:
        """Open the index."""
        names = self._FILEMAP.items()
        index = {pos: content_of(self.root, f"index.{name}") for pos, name in names}
        self._lemma_pos_offset_map = IndexMap(index, content_of(self.root, "data.adj"))

    def has_lemma(self, word: str) -> bool:
        """Return whether a word in lower case is a lemma of any part of speech."""
        return word in self._lemma_pos_offset_map

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
