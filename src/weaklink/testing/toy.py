"""Toy models: a victim, a lexicon and others, small enough to compute by hand."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b
from string import ascii_lowercase
from typing import ClassVar

import numpy as np

from weaklink.generators import Inverted
from weaklink.lexicons.vectors import Neighbour
from weaklink.models.tagger import Entity
from weaklink.text import Words
from weaklink.victims import Encoded, FirstOrder, Floats, Gradient

_PENN = {"NOUN": "NN", "VERB": "VB", "ADJ": "JJ", "ADV": "RB"}


class ToyVictim:
    """Logistic regression on words: p(positive) = sigmoid(sum of the words' weights).

    Args:
        weights: Weight of each lower-case word; others get one in [-1, 1) from a digest.

    Attributes:
        weights: The weights that are given, and those of unknown words.
    """

    name = "toy"
    fingerprint = "toy"
    labels = ("negative", "positive")
    details: ClassVar[dict[str, str]] = {"device": "cpu"}
    unknown = "[UNK]"

    def __init__(self, weights: Mapping[str, float] | None = None) -> None:
        self.weights = {"[unk]": 0.0, "unk": 0.0} | dict(weights or {})

    def weight(self, word: str) -> float:
        """Return the weight of a word."""
        digest = blake2b(word.lower().encode(), digest_size=4).digest()
        return self.weights.get(word.lower(), int.from_bytes(digest) / 2**31 - 1)

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the texts themselves."""
        return list(texts)

    def forward(self, batch: Sequence[Encoded]) -> Floats:
        """Return p(negative) and p(positive) of each text."""
        logits = [sum(map(self.weight, Words.split(str(text)).words)) for text in batch]
        positive = [1 / (1 + math.exp(-logit)) for logit in logits]
        return np.array([[1 - p, p] for p in positive])

    def visible(self, text: str) -> int:
        """Return the length of the text: all of it is read."""
        return len(text)

    def gradients(self, requests: Sequence[Gradient]) -> list[FirstOrder]:
        """Return the exact derivative of -log p(label) with respect to the words' weights."""
        return [self._view(request) for request in requests]

    def _view(self, request: Gradient) -> FirstOrder:
        probability = self.forward([str(request.words)])[0, request.label]
        slope = (probability - 1) if request.label == 1 else (1 - probability)
        changes = [
            sum(map(self.weight, Words.split(edit).words)) - self.weight(word)
            for word, edits in zip(request.words.words, request.edits, strict=True)
            for edit in edits
        ]
        return FirstOrder(np.full(len(request.words), abs(slope)), slope * np.array(changes))


class ToyEncoder:
    """Embeds a text as its counts of letters, so that similarity is easy to foresee."""

    cosine_noise = 0.0

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the texts themselves."""
        return list(texts)

    def forward(self, batch: Sequence[Encoded]) -> Floats:
        """Return a unit vector for each text."""
        counts = np.array(
            [np.bincount([ord(c) % 64 for c in f"{t} "], minlength=64) for t in batch]
        )
        normed: Floats = counts / np.linalg.norm(counts, axis=1, keepdims=True)
        return normed


class ToyTagger:
    """Tags words by a table, and finds no entity.

    Args:
        tags: Tag of each lower-case word; others are nouns.
    """

    def __init__(self, tags: Mapping[str, str] | None = None) -> None:
        self._tags = dict(tags or {})

    def tags(self, texts: Sequence[Words]) -> list[tuple[str, ...]]:
        """Return the tag of each word of each text."""
        return [tuple(self._tags.get(w.lower(), "NOUN") for w in text.words) for text in texts]

    def penn_tags(self, texts: Sequence[Words]) -> list[tuple[str, ...]]:
        """Return the Penn tag of each word of each text; one that is not a universal tag stays."""
        return [tuple(_PENN.get(tag, tag) for tag in row) for row in self.tags(texts)]

    def entities(self, texts: Sequence[Words]) -> list[tuple[Entity, ...]]:
        """Return nothing for each text."""
        return [() for _ in texts]


class ToyLexicon:
    """Every look-up answered from the same table of substitutes.

    Args:
        substitutes: For each lower-case word, its substitutes, the nearest first.
        entities: For each kind of entity, its replacement.
        opposites: Pairs of words that are opposites.
        vocabulary: Frequent words, the most frequent first.
        language: ISO 639-1 code of the language of the texts.
    """

    def __init__(
        self,
        substitutes: Mapping[str, Sequence[str]] | None = None,
        entities: Mapping[str, str] | None = None,
        opposites: Collection[tuple[str, str]] = (),
        vocabulary: Sequence[str] = (),
        language: str = "en",
    ) -> None:
        self.language, self.alphabet = language, ascii_lowercase
        self._opposites = frozenset(opposites)
        self._ranks = {word: rank for rank, word in enumerate(vocabulary)}
        self._substitutes = dict(substitutes or {})
        self._entities = dict(entities or {})
        self.counter_fitted = self.glove = self.wordnet = self.entities = self

    def neighbours(self, word: str, count: int, minimum: float = -1.0) -> tuple[Neighbour, ...]:
        """Return up to ``count`` substitutes of cosines 0.99, 0.98, ... not below ``minimum``."""
        found = (Neighbour(s, 0.99 - i / 100) for i, s in enumerate(self.synonyms(word)[:count]))
        return tuple(neighbour for neighbour in found if neighbour.cosine >= minimum)

    def synonyms(self, word: str, tag: str = "NOUN") -> tuple[str, ...]:  # noqa: ARG002
        """Return the substitutes of a word, whatever its part of speech."""
        return tuple(self._substitutes.get(word, ()))

    lemma_names = synonyms

    def opposed(self, one: str, other: str) -> bool:
        """Whether two words are a pair of opposites."""
        return (one, other) in self._opposites

    def rank(self, word: str) -> int:
        """Return the place of a word in the vocabulary; of another, one beyond any."""
        return self._ranks.get(word, 1_000_000)

    def replacement(self, kind: str, label: int | None) -> str | None:  # noqa: ARG002
        """Return the replacement of entities of a kind, whatever the label."""
        return self._entities.get(kind)


class ToyParaphraser:
    """Moves the first words of a sentence to its end, as many as the template has parts.

    Args:
        paraphrases: What to answer instead, by sentence and template.
    """

    name = "toy"
    digest = "toy"

    def __init__(self, paraphrases: Mapping[tuple[str, str], str] | None = None) -> None:
        self._paraphrases = dict(paraphrases or {})

    def paraphrase(self, requests: Sequence[tuple[str, str]]) -> list[str]:
        """Return a paraphrase for each (sentence, template); "" for a single word."""
        return [self._paraphrases.get(request) or self._turn(*request) for request in requests]

    def _turn(self, sentence: str, template: str) -> str:
        words = Words.split(sentence)
        if len(words) < 2:  # noqa: PLR2004
            return ""
        turn = (template.count("(") - 1) % len(words)
        moved = words.words[turn:] + words.words[:turn]
        return str(Words(moved, words.gaps))


class ToyLatentSpace:
    """A plane of squares, each of which is a pair of words.

    Words are numbered, in lower case; the pair (i, j) fills the square of side 1 around that point.

    Args:
        words: The words; what lies beyond them is the first or the last.
    """

    digest = "toy"

    def __init__(self, words: Sequence[str] = ("dull", "slow", "fine", "good")) -> None:
        self._words = tuple(words)

    def invert(self, sentences: Sequence[str]) -> list[Inverted]:
        """Return the middle of the square of the first and the last word that are known."""
        return [self._invert(sentence) for sentence in sentences]

    def decode(self, requests: Sequence[tuple[Floats, str]]) -> list[str]:
        """Return the pair of words of each code's square."""
        return [self._decode(code) for code, _ in requests]

    def _invert(self, sentence: str) -> Inverted:
        words = Words.split(sentence.lower()).words
        known = [self._words.index(word) for word in words if word in self._words] or [0]
        code = np.array([known[0], known[-1]], dtype=np.float64)
        return Inverted(code, self._decode(code))

    def _decode(self, code: Floats) -> str:
        places = np.clip(np.rint(code), 0, len(self._words) - 1).astype(int)
        return " ".join(self._words[place] for place in places)
