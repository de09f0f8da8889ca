"""WordNet (Miller 1995): the synonyms of a word, and the pairs that counter-fitting needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from weaklink.resources.cache import digest_of_parts
from weaklink.resources.wordnet_files import PARTS
from weaklink.text import Words

if TYPE_CHECKING:
    from nltk.corpus.reader.wordnet import Synset, WordNetCorpusReader

POS_OF_TAG = {"NOUN": "n", "VERB": "v", "ADJ": "a", "ADV": "r"}
"""WordNet's parts of speech by universal tag; it knows no others."""

_TAG_OF_TYPE = {"1": "NOUN", "2": "VERB", "3": "ADJ", "4": "ADV", "5": "ADJ"}
_REMEMBERED = 50_000


class Pair(NamedTuple):
    """Two different single words of one part of speech, in lower case and alphabetical order.

    ``rank`` tells how common the senses are that join them: n if they are the n-th most frequent
    sense of one word, and the n-th or a more frequent one of the other.
    """

    first: str
    second: str
    tag: str
    rank: int


class _Sense(NamedTuple):
    """One sense of a single word: a member of the synset at ``offset``."""

    word: str
    tag: str
    offset: str
    rank: int


class WordNet:
    """What attacks and counter-fitting ask of WordNet, over nltk's reader."""

    def __init__(self, reader: WordNetCorpusReader) -> None:
        self._reader = reader
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._find_synonyms)

    @cached_property
    def digest(self) -> str:
        """Digest of the files that the answers depend on."""
        names = [f"{kind}.{part}" for kind in ("index", "data") for part in PARTS]
        exceptions = [f"{part}.exc" for part in PARTS]
        return digest_of_parts(self._read(name) for name in ("index.sense", *names, *exceptions))

    def synonyms(self, word: str, tag: str) -> tuple[str, ...]:
        """Return the single words that share a sense with a word, in lower case.

        The word is reduced to its lemmas first. Synonyms are lemmas and are not inflected to
        match ("films" gives "movie"); the word itself and its lemmas are not among them.

        Args:
            word: The word, in any case.
            tag: Its universal part of speech; those not in ``POS_OF_TAG`` give no synonyms.

        Returns:
            Synonyms in the most frequent sense first; within a sense in WordNet's order.
        """
        return self._remembered(word.lower(), tag)

    def synonym_pairs(self) -> list[Pair]:
        """Return every two single words that share a sense, sorted."""
        members: dict[tuple[str, str], list[_Sense]] = {}
        for sense in self._senses.values():
            members.setdefault((sense.tag, sense.offset), []).append(sense)
        return _pairs(two for synset in members.values() for two in combinations(synset, 2))

    def antonym_pairs(self) -> list[Pair]:
        """Return every two single words that WordNet calls antonyms, sorted."""
        keys = (
            (lemma.key(), antonym.key())
            for synset in self._synsets_with_antonyms()
            for lemma in synset.lemmas()
            for antonym in lemma.antonyms()
        )
        senses = self._senses
        return _pairs((senses[a], senses[b]) for a, b in keys if a in senses and b in senses)

    def _find_synonyms(self, word: str, tag: str) -> tuple[str, ...]:
        pos = POS_OF_TAG.get(tag)
        if pos is None:
            return ()
        synsets = self._reader.synsets(word, pos)
        own = {word, self._reader.morphy(word, pos)}
        names = dict.fromkeys(name.lower() for s in synsets for name in s.lemma_names())
        return tuple(name for name in names if name not in own and _is_single(name))

    @cached_property
    def _senses(self) -> dict[str, _Sense]:
        """Every sense of every single word, by sense key, from the index of senses.

        A line holds the key (lemma%type:...), the synset's offset, the rank and a count.
        """
        senses = {}
        for line in self._read("index.sense").splitlines():
            key, offset, rank, _ = line.split()
            word, _, rest = key.partition("%")
            if _is_single(word):
                senses[key] = _Sense(word, _TAG_OF_TYPE[rest[0]], offset, int(rank))
        return senses

    def _synsets_with_antonyms(self) -> Iterator[Synset]:
        """Yield the synsets whose line in the data files has an antonym pointer (``!``)."""
        for part, pos in zip(PARTS, POS_OF_TAG.values(), strict=True):
            for line in self._read(f"data.{part}").splitlines():
                columns, _, _ = line.partition("|")
                if " ! " in columns and not line.startswith(" "):
                    yield self._reader.synset_from_pos_and_offset(pos, int(columns[:8]))

    def _read(self, name: str) -> str:
        with self._reader.root.join(name).open() as file:
            content: bytes = file.read()
        return content.decode("utf-8")


@cache
def load_wordnet() -> WordNet:
    """Return WordNet.

    Raises:
        WeaklinkError: It is not installed.
    """
    from weaklink.resources.wordnet_reader import open_wordnet

    return WordNet(open_wordnet())


def _is_single(name: str) -> bool:
    return "_" not in name and Words.split(name).words == (name,)


def _pairs(senses: Iterable[tuple[_Sense, _Sense]]) -> list[Pair]:
    """Return each pair once, with its best rank."""
    ranks: dict[tuple[str, str, str], int] = {}
    for a, b in senses:
        if a.word != b.word:
            first, second = sorted((a.word, b.word))
            key = (first, second, a.tag)
            rank = max(a.rank, b.rank)
            ranks[key] = min(rank, ranks.get(key, rank))
    return sorted(Pair(*key, rank) for key, rank in ranks.items())
