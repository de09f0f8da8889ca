"""What the network reads of a sentence: its words in no order.

Punctuation is not read, since the template calls for it. The words are those of the sentence, in
no order except that some know which word came before them: those that are not function words, and
clitics, unless punctuation parts them. So "gorgeous film" stays together, while nothing says
whether "the film" came before or after "is" (a deviation from Huang and Chang 2021, who read words
in no order at all, and learn from a hundred times as many sentences).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from weaklink.generators.scpn.lexis import Lexis, slots
from weaklink.generators.scpn.network import SourceBatch
from weaklink.generators.vocabulary import PAD

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


def source(requests: Sequence[tuple[Sequence[Read], str]], lexis: Lexis) -> SourceBatch:
    """Return what the network reads for each (items, template)."""
    rows: list[list[Tensor]] = [[], [], [], []]
    for items, template in requests:
        words = [item.word for item in items]
        numbers = (
            lexis.numbers(words),
            [lexis.numbers([item.before])[0] if item.before else PAD for item in items],
            slots(words, words, lexis),
            lexis.labels(template),
        )
        for row, values in zip(rows, numbers, strict=True):
            row.append(torch.tensor(values))
    return SourceBatch(*map(padded, rows))


def padded(rows: list[Tensor], filler: int = PAD) -> Tensor:
    """Return rows of numbers as one tensor, shape (rows, length of the longest)."""
    return pad_sequence(rows, batch_first=True, padding_value=filler)
