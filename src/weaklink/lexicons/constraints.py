"""What counter-fitting is given: a vocabulary, and pairs of synonyms and antonyms in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaklink.lexicons.wordnet import POS_OF_TAG, Pair, WordNet

_WORD = re.compile(r"[a-z]{2,}(?:-[a-z]+)*")


class _Form(NamedTuple):
    """A word as a form of a lemma; ``ending`` is what two inflected forms must have in common."""

    word: str
    ending: str


@dataclass(frozen=True, slots=True)
class Constraints:
    """A vocabulary, and rows of pairs in it, shape (pairs, 2), the lesser row first.

    No pair is both a synonym and an antonym: antonyms win, as in the paper.
    """

    words: tuple[str, ...]
    synonyms: NDArray[np.int64]
    antonyms: NDArray[np.int64]


def constrain(words: Iterable[str], wordnet: WordNet, size: int, least_share: float) -> Constraints:
    """Choose the vocabulary and find WordNet's pairs in it.

    A word is taken if it is written in lower-case letters and WordNet knows it, as a lemma or as
    an inflected form; this leaves out most names. Synonyms are paired in the same inflection
    ("films" and "movies"), antonyms in any, as the authors' lists have it. A sense that is rare for
    one of its words ("bettor" for "better") makes no pair of synonyms or of indirect antonyms.

    Args:
        words: Candidates, the most frequent first.
        wordnet: Knows words and pairs.
        size: How many words to take.
        least_share: The share of a word's occurrences that makes one of its senses common.
    """
    vocabulary = _Vocabulary(words, wordnet, size)

    def common(pairs: Iterable[Pair]) -> Iterator[Pair]:
        return (pair for pair in pairs if pair.share >= least_share)

    antonyms = vocabulary.pairs(wordnet.antonym_pairs(), alike=False)
    antonyms |= vocabulary.pairs(common(wordnet.indirect_antonym_pairs()), alike=True)
    synonyms = vocabulary.pairs(common(wordnet.synonym_pairs()), alike=True) - antonyms
    return Constraints(tuple(vocabulary.rows), _array(synonyms), _array(antonyms))


class _Vocabulary:
    """The rows of the words, and the words that are forms of each lemma."""

    def __init__(self, words: Iterable[str], wordnet: WordNet, size: int) -> None:
        self.rows: dict[str, int] = {}
        self._forms: dict[tuple[str, str], list[_Form]] = defaultdict(list)
        for word in filter(_WORD.fullmatch, words):
            if len(self.rows) == size:
                break
            lemmas = [(lemma, tag) for tag in POS_OF_TAG if (lemma := wordnet.lemma(word, tag))]
            if lemmas:
                self.rows[word] = len(self.rows)
            for lemma, tag in lemmas:
                if lemma == word or word not in wordnet:
                    self._forms[lemma, tag].append(_Form(word, _ending(word, lemma, tag)))

    def pairs(self, pairs: Iterable[Pair], *, alike: bool) -> set[tuple[int, int]]:
        """Return the rows of all forms of the pairs, or of those in the same inflection."""
        return {
            (min(a, b), max(a, b))
            for pair in pairs
            for one in self._forms.get((pair.first, pair.tag), ())
            for other in self._forms.get((pair.second, pair.tag), ())
            if one.ending == other.ending or not alike
            if (a := self.rows[one.word]) != (b := self.rows[other.word])
        }


def _ending(word: str, lemma: str, tag: str) -> str:
    """Return the regular ending of an inflection, of irregular forms too ("made": "ed")."""
    if word == lemma:
        return ""
    if tag == "NOUN":
        return "s"
    if tag == "VERB":
        return next((ending for ending in ("ing", "s") if word.endswith(ending)), "ed")
    return "est" if word.endswith("st") else "er"


def _array(pairs: set[tuple[int, int]]) -> NDArray[np.int64]:
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
