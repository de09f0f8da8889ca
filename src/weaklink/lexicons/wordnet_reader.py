"""nltk's WordNet reader, over the prepared files or the user's own; other languages by OMW."""

from __future__ import annotations

import io
import warnings

import nltk
from nltk.corpus.reader.api import CorpusReader
from nltk.corpus.reader.wordnet import WordNetCorpusReader

from weaklink.cache import digest_of_parts
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.lexicons.languages.spelling import everyday
from weaklink.lexicons.wordnet_files import PLACE, prepared_wordnet
from weaklink.lexicons.wordnet_index import IndexMap, content_of
from weaklink.packaged import WORDNET

OMW = "corpora/omw-1.4"
"""Where Open Multilingual Wordnet is in nltk's data (Bond and Foster 2013, https://omwn.org)."""

CODES = {
    "en": "eng", "sq": "als", "ar": "arb", "bg": "bul", "ca": "cat", "zh": "cmn", "da": "dan",
    "el": "ell", "eu": "eus", "fa": "fas", "fi": "fin", "fr": "fra", "gl": "glg", "he": "heb",
    "hr": "hrv", "id": "ind", "is": "isl", "it": "ita", "ja": "jpn", "lt": "lit", "nl": "nld",
    "nn": "nno", "nb": "nob", "no": "nob", "pl": "pol", "pt": "por", "ro": "ron", "sk": "slk",
    "sl": "slv", "es": "spa", "sv": "swe", "th": "tha", "ms": "zsm",
}  # fmt: skip
"""The codes by which it calls languages."""


class EnglishWordNet(WordNetCorpusReader):  # type: ignore[misc]  # nltk has no types
    """The reader with an index that is looked up and not parsed.

    The words of other languages are those of Open Multilingual Wordnet, which are synsets of
    WordNet 3.0. The map to other versions takes longer than all the rest of loading.
    """

    digests: dict[str, str]
    """Digests of the words of the other languages that were added."""

    def add_words(self, language: str) -> None:
        """Add the words of a language; none where they are not installed."""
        code, place = CODES.get(language, "und"), find_in_omw(language)
        with place.open() if place else io.BytesIO() as file:
            content = everyday(file.read().decode("utf-8"), code)
        self.custom_lemmas(io.BytesIO(content.encode()), code)
        self.disable_custom_lemmas(code)
        self.digests[code] = digest_of_parts([content])

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


def open_wordnet(language: str = ENGLISH) -> EnglishWordNet:
    """Return a reader of the packaged WordNet, else of one among nltk's own data.

    Args:
        language: ISO 639-1 code of a language whose words are added.

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
        reader = EnglishWordNet(root, None)
    reader.digests = {}
    if language != ENGLISH:
        reader.add_words(language)
    return reader


def find_in_nltk_data(place: str = PLACE.as_posix()) -> nltk.data.PathPointer | None:
    """Return where the user's own nltk data has WordNet or another corpus: a folder or a zip file.

    Args:
        place: Where the corpus is in nltk's data.
    """
    name = place.rpartition("/")[2]
    for path in (place, f"{place}.zip/{name}/"):
        try:
            return nltk.data.find(path)
        except LookupError:
            continue
    return None


def find_in_omw(language: str) -> nltk.data.PathPointer | None:
    """Return where the user's nltk data has the words of a language, if it has them."""
    root, code = find_in_nltk_data(OMW), CODES.get(language)
    if root is None or code is None:
        return None
    found = CorpusReader(root, rf"\w+/wn-data-{code}\.tab").fileids()
    return root.join(found[0]) if found else None
