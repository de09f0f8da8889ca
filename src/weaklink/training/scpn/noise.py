"""Changes what the network reads of a sentence while it learns.

Words are left out, put in and exchanged for similar ones. So the network learns to add the function
words that a template calls for, not to trust those that it reads, and to use words that it did not
read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from weaklink.generators.scpn.sources import FUNCTION_WORDS, JOINING, Read


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
