"""What the network reads of a sentence: its words in no order, in training with noise.

Punctuation is not read, since the template calls for it. The words are those of the sentence, in
no order except that some know which word came before them: those that are no function words, and
clitics, unless punctuation parts them. So "gorgeous film" stays together, while nothing says
whether "the film" came before or after "is" (a deviation from Huang and Chang 2021, who read words
in no order at all, and learn from a hundred times as many sentences).

In training, words are left out, put in and exchanged for similar ones. So the network learns to add
the function words that a template calls for, not to trust those that it reads, and to use words
that it did not read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

_JOINING = """
how why when where what who which whose whom whether if because since although though while unless
until as after before once and but or nor so yet that than
"""
_OTHERS = """
a an the this these those some any no every each all both either neither another such of in on at by
for with about against between into through during above below to from up down out off over under
again further then there here i me my we us our you your he him his she her it its they them their
am is are was were be been being have has had having do does did doing will would shall should can
could may might must ca wo not n't 's 'm 'd 're 've 'll very too also just only even still ever
never much many more most let
"""

JOINING = frozenset(_JOINING.split())
"""Words that join or open clauses: no template but a sentence's own is sure to need them."""

FUNCTION_WORDS = JOINING | frozenset(_OTHERS.split())
"""Words that training leaves out freely, and that know nothing of the word before them."""

_FEWEST = 2


class Read(NamedTuple):
    """A word that the network reads, and the one before it if it knows it, else ""."""

    word: str
    before: str = ""


def read(tokens: Sequence[str]) -> list[Read]:
    """Return what is read of a sentence, without noise."""
    found = []
    before = ""
    for token in tokens:
        if is_word(token):
            knows = token not in FUNCTION_WORDS or "'" in token
            found.append(Read(token, before if knows else ""))
        before = token if is_word(token) else ""
    return found


def read_for_another(tokens: Sequence[str]) -> list[Read]:
    """Return what is read of a sentence that another template is asked for: no joining words."""
    whole = read(tokens)
    chosen = [item for item in whole if item.word not in JOINING]
    return chosen if len(chosen) >= _FEWEST else whole


def is_word(token: str) -> bool:
    """Return whether a token is a word, a number or a clitic."""
    return any(letter.isalnum() for letter in token)


class Noise:
    """Changes what is read of a sentence at random.

    Args:
        similar: Words that may stand in for each word.
        can_generate: Whether the network can say a word that it did not read.
    """

    content = 0.1
    """Share of content words that are left out, of those that can be generated."""
    function = 0.8
    """The greatest share of function words that are left out; each sentence has its own."""
    exchanged = 0.25
    """Share of exchanged words, of those that can be generated and that others are similar to."""
    loosened = 0.15
    """Share of words that forget which came before them."""
    added = 0.3
    """Chance of each of two joining words to be put in."""

    def __init__(
        self, similar: Mapping[str, Sequence[str]], can_generate: Callable[[str], bool]
    ) -> None:
        self._similar = similar
        self._can_generate = can_generate
        self._joining = sorted(JOINING)

    def disturb(self, items: Sequence[Read], choice: random.Random) -> list[Read]:
        """Return the items disturbed, in another order; never none of several."""
        function = choice.random() * self.function
        kept = [
            self._changed(item, choice)
            for item in items
            if not self._can_generate(item.word)
            or choice.random() >= (function if item.word in FUNCTION_WORDS else self.content)
        ]
        added = [choice.choice(self._joining) for _ in range(2) if choice.random() < self.added]
        disturbed = [*(kept or items), *map(Read, added)] or [Read("the")]
        choice.shuffle(disturbed)
        return disturbed

    def _changed(self, item: Read, choice: random.Random) -> Read:
        word, before = item
        if choice.random() < self.loosened:
            before = ""
        others = self._similar.get(word)
        if others and self._can_generate(word) and choice.random() < self.exchanged:
            word = choice.choice(others)
        return Read(word, before)
