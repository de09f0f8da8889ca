"""Words as the network reads them: by number, unknown ones by their shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from weaklink.generators.scpn.trees import labels
from weaklink.generators.vocabulary import EOS, PAD, Vocabulary

SLOTS = 8
MOST_LABELS = 10
_SUFFIXES = ("ing", "ed", "ly", "er", "est", "ness", "tion", "able", "ous", "ful", "ish", "s", "y")
_SHAPES = (*(f"<{suffix}>" for suffix in _SUFFIXES), "<number>", "<compound>", "<word>", "<mark>")

FIRST_WORD = EOS + 1 + len(_SHAPES)
"""Number of the first real word. Lower numbers are never written, except the end."""


class Lexis:
    """The words and the labels of templates, with a number for each.

    A word without a number is read as its shape, such as ``<ing>``, together with a slot that
    tells it from the others of the same sentence.

    Args:
        words: The words by frequency, after the shapes.
        names: The labels of templates.
        generable: Words with a number below this one can be generated, the others only copied.
    """

    def __init__(self, words: Vocabulary, names: Vocabulary, generable: int) -> None:
        self.words = words
        self.names = names
        self.generable = generable

    @classmethod
    def learn(
        cls,
        sentences: Iterable[Sequence[str]],
        templates: Iterable[str],
        size: int,
        generable: int,
    ) -> Lexis:
        """Take the most frequent words of tokenised sentences, and all labels of templates."""
        counts = Counter(token for sentence in sentences for token in sentence)
        frequent = sorted(counts, key=lambda word: (-counts[word], word))
        known = sorted({label for template in set(templates) for label in labels(template)})
        words = Vocabulary((*_SHAPES, *frequent)[:size])
        return cls(words, Vocabulary(known), min(generable, len(words)))

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> Lexis:
        """Read what ``metadata`` wrote."""
        words, names = (Vocabulary.from_json(metadata[key]) for key in ("words", "labels"))
        return cls(words, names, int(metadata["generable"]))

    def metadata(self) -> dict[str, str]:
        """Return all of it as text, for the metadata of a safetensors file."""
        return {
            "words": self.words.to_json(),
            "labels": self.names.to_json(),
            "generable": str(self.generable),
        }

    def numbers(self, tokens: Iterable[str]) -> list[int]:
        """Return the number of each token, or of its shape."""
        return self.words.encode(t if t in self.words else _shape(t) for t in tokens)

    def labels(self, template: str) -> list[int]:
        """Return the numbers of a template's labels, that of the whole first."""
        return self.names.encode(labels(template))[:MOST_LABELS]

    def can_generate(self, token: str) -> bool:
        """Return whether a token can be said without having been read."""
        return self.words.encode([token])[0] in range(FIRST_WORD, self.generable)

    def targets(self, tokens: Sequence[str], offered: Sequence[str]) -> list[int]:
        """Return the number of each token that can be generated or copied, else ``PAD``."""
        numbers = self.numbers(tokens)
        return [
            number if token in offered or self.can_generate(token) else PAD
            for token, number in zip(tokens, numbers, strict=True)
        ]


def slots(tokens: Sequence[str], offered: Sequence[str], lexis: Lexis) -> list[int]:
    """Return the slot of each token that has no number but is among those read, else 0.

    Slots are given in the order in which the unknown words are read, and start again after the
    last.
    """
    unknown = dict.fromkeys(word for word in offered if word not in lexis.words)
    places = {word: 1 + place % SLOTS for place, word in enumerate(unknown)}
    return [places.get(token, 0) for token in tokens]


def _shape(token: str) -> str:
    if not token[0].isalnum():
        return "<mark>"
    if any(letter.isdigit() for letter in token):
        return "<number>"
    if "-" in token:
        return "<compound>"
    return next((f"<{end}>" for end in _SUFFIXES if token.endswith(end)), "<word>")
