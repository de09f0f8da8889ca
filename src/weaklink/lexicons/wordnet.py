"""WordNet (Miller 1995): the synonyms of a word, and the pairs that counter-fitting needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple

from weaklink.cache import digest_of_parts
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.lexicons.languages.spelling import everyday
from weaklink.lexicons.wordnet_files import PARTS, digest_of_wordnet
from weaklink.text import Words

if TYPE_CHECKING:
    from nltk.corpus.reader.wordnet import Lemma, Synset

    from weaklink.lexicons.wordnet_reader import EnglishWordNet

POS_OF_TAG = {"NOUN": "n", "VERB": "v", "ADJ": "a", "ADV": "r"}
"""WordNet's parts of speech by universal tag; it knows no others."""

_TAG_OF_TYPE = {"1": "NOUN", "2": "VERB", "3": "ADJ", "4": "ADV", "5": "ADJ"}
_REMEMBERED = 50_000
_UNSEEN = 0.1
"""Added to the count of every sense, so that words which were never counted have shares too."""


class Pair(NamedTuple):
    """Two different single words of one part of speech, in lower case and alphabetical order.

    ``share`` is the part of a word's occurrences that have the sense which joins them, by
    WordNet's counts: that of the word for which it is less.
    """

    first: str
    second: str
    tag: str
    share: float


class _Sense(NamedTuple):
    """One sense of a single word: a member of the synset at ``offset``."""

    word: str
    tag: str
    offset: int
    share: float


class WordNet:
    """What attacks and counter-fitting ask of WordNet, over nltk's reader.

    Args:
        reader: The reader.
        code: ISO 639-3 code of the language whose words are asked about; the reader has them.
    """

    def __init__(self, reader: EnglishWordNet, code: str = "eng") -> None:
        self._reader = reader
        self._code = code
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._find_synonyms)
        self._names = lru_cache(maxsize=_REMEMBERED)(self._find_names)
        self._kinds = lru_cache(maxsize=_REMEMBERED)(self._find_kinds)
        self._opposites = lru_cache(maxsize=_REMEMBERED)(self._find_opposites)

    @cached_property
    def digest(self) -> str:
        """Digest of the files that the answers depend on."""
        english = digest_of_wordnet(self._read)
        others = self._reader.digests
        return digest_of_parts([english, others[self._code]]) if others else english

    def lemma(self, word: str, tag: str) -> str | None:
        """Return the lemma of a word in lower case as a part of speech, or None if it has none."""
        lemma: str | None = self._reader.morphy(word, POS_OF_TAG[tag])
        return lemma

    def __contains__(self, word: str) -> bool:
        """Whether a word is itself a lemma, as "loved" and "love" are and "loves" is not."""
        return self._reader.has_lemma(word) and _is_single(word)

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
        return self._remembered(self._spelt(word), tag)

    def lemma_names(self, word: str, tag: str) -> tuple[str, ...]:
        """Return the names of all lemmas that share a sense with a word, as WordNet writes them.

        Args:
            word: The word, in any case and inflection.
            tag: Its universal part of speech; one of ``POS_OF_TAG``.

        Returns:
            Names in the order of senses, each once, the word's own among them; "_" is a blank.
        """
        return self._names(self._spelt(word), tag)

    def opposed(self, one: str, other: str) -> bool:
        """Whether a sense of one word, or what it is a kind of, is the opposite of the other's.

        "plunges" is opposed to "rises": to plunge is to fall.

        Args:
            one: A word in lower case, of any part of speech and inflection.
            other: Another.
        """
        one, other = self._spelt(one), self._spelt(other)
        return bool(self._opposites(one) & self._kinds(other))

    def synonym_pairs(self) -> list[Pair]:
        """Return every two single words that share a sense, sorted."""
        return _pairs(two for synset in self._members.values() for two in combinations(synset, 2))

    def antonym_pairs(self) -> list[Pair]:
        """Return every two single words that WordNet calls antonyms, sorted."""
        senses = self._senses
        keys = ((lemma.key(), antonym.key()) for lemma, antonym in self._antonyms)
        return _pairs((senses[a], senses[b]) for a, b in keys if a in senses and b in senses)

    def indirect_antonym_pairs(self) -> list[Pair]:
        """Return every two adjectives that are like, or are, two antonyms, sorted.

        WordNet gives antonyms of the central adjectives only; others are opposites through the
        central adjective that they are similar to ("tedious", "boring" and "interesting").
        """
        opposites = {
            tuple(sorted((lemma.synset(), antonym.synset())))
            for lemma, antonym in self._antonyms
            if lemma.synset().pos() == "a"
        }
        return _pairs(
            two
            for one, other in opposites
            for two in product(self._cluster(one), self._cluster(other))
        )

    def _spelt(self, word: str) -> str:
        """Return a word in lower case, as the lemmas of other languages than English are spelt."""
        return word.lower() if self._code == "eng" else everyday(word.lower(), self._code)

    def _find_synonyms(self, word: str, tag: str) -> tuple[str, ...]:
        pos = POS_OF_TAG.get(tag)
        if pos is None:
            return ()
        own = {word, self._reader.morphy(word, pos) if self._code == "eng" else word}
        names = dict.fromkeys(name.lower() for name in self.lemma_names(word, tag))
        return tuple(name for name in names if name not in own and _is_single(name))

    def _find_names(self, word: str, tag: str) -> tuple[str, ...]:
        synsets = self._synsets(word, POS_OF_TAG[tag])
        return tuple(dict.fromkeys(name for s in synsets for name in s.lemma_names(self._code)))

    def _synsets(self, word: str, pos: str | None = None) -> list[Synset]:
        """Return the synsets of a word; beyond English nltk tells satellites from adjectives."""
        kinds = ("a", "s") if pos == "a" and self._code != "eng" else (pos,)
        return [s for kind in kinds for s in self._reader.synsets(word, kind, self._code) if s]

    def _find_kinds(self, word: str) -> frozenset[str]:
        """Return the synsets of a word, of what it is a kind of, and of adjectives like it."""
        senses = self._synsets(word)
        wider = (near for s in senses for near in (*s.hypernyms(), *s.similar_tos()))
        return frozenset(synset.name() for synset in (*senses, *wider))

    def _find_opposites(self, word: str) -> frozenset[str]:
        """Return the synsets that are opposites of those that a word stands for."""
        return frozenset(
            antonym.synset().name()
            for kind in self._kinds(word)
            for lemma in self._reader.synset(kind).lemmas()
            for antonym in lemma.antonyms()
        )

    @cached_property
    def _senses(self) -> dict[str, _Sense]:
        """Every sense of every single word, by sense key, from the index of senses.

        A line holds the key (word%type:...), the synset's offset, the sense's rank and its count.
        """
        lines = [line.split() for line in self._read("index.sense").splitlines()]
        counts = {key: (int(offset), int(count) + _UNSEEN) for key, offset, _, count in lines}
        totals: dict[str, float] = defaultdict(float)
        for key, (_, count) in counts.items():
            totals[key.partition("%")[0]] += count
        senses = {}
        for key, (offset, count) in counts.items():
            word, _, rest = key.partition("%")
            if _is_single(word):
                senses[key] = _Sense(word, _TAG_OF_TYPE[rest[0]], offset, count / totals[word])
        return senses

    @cached_property
    def _members(self) -> dict[tuple[str, int], list[_Sense]]:
        """The single words of every synset, by part of speech and offset."""
        members: dict[tuple[str, int], list[_Sense]] = {}
        for sense in self._senses.values():
            members.setdefault((sense.tag, sense.offset), []).append(sense)
        return members

    def _cluster(self, synset: Synset) -> list[_Sense]:
        """Return the adjectives of a synset and of those similar to it."""
        offsets = (s.offset() for s in (synset, *synset.similar_tos()))
        return [sense for offset in offsets for sense in self._members.get(("ADJ", offset), ())]

    @cached_property
    def _antonyms(self) -> list[tuple[Lemma, Lemma]]:
        """Every lemma with an antonym, and that: its line in the data files has a pointer ``!``."""
        found: list[tuple[Lemma, Lemma]] = []
        for part, pos in zip(PARTS, POS_OF_TAG.values(), strict=True):
            for line in self._read(f"data.{part}").splitlines():
                columns, _, _ = line.partition("|")
                if " ! " in columns and not line.startswith(" "):
                    synset = self._reader.synset_from_pos_and_offset(pos, int(columns[:8]))
                    found += ((a, b) for a in synset.lemmas() for b in a.antonyms())
        return found

    def _read(self, name: str) -> str:
        with self._reader.root.join(name).open() as file:
            content: bytes = file.read()
        return content.decode("utf-8")


@cache
def load_wordnet(language: str = ENGLISH) -> WordNet:
    """Return WordNet with the words of a language; with none if they are not installed.

    Raises:
        WeaklinkError: WordNet is not installed.
    """
    from weaklink.lexicons.wordnet_reader import CODES, open_wordnet

    reader = open_wordnet(language)
    return WordNet(reader, CODES.get(language, "und"))


def _is_single(name: str) -> bool:
    """Whether a name is one word, or several that no blank parts, as in Chinese."""
    if name.isascii() and name.isalpha():
        return True
    return "_" not in name and "".join(Words.split(name).words) == name


def _pairs(senses: Iterable[tuple[_Sense, _Sense]]) -> list[Pair]:
    """Return each pair of different words once, with its best share."""
    shares: dict[tuple[str, str, str], float] = {}
    for a, b in senses:
        if a.word != b.word:
            first, second = sorted((a.word, b.word))
            key = (first, second, a.tag)
            shares[key] = max(shares.get(key, 0.0), min(a.share, b.share))
    return sorted(Pair(*key, share) for key, share in shares.items())
