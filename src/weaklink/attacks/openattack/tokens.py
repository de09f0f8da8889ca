"""Tokens and words left alone, as OpenAttack 2.1.1 has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from weaklink.attacks.asks import Tag
from weaklink.attacks.attack import Steps
from weaklink.lexicons.stop_words import TEXTFOOLER_STOP_WORDS
from weaklink.text import Words

COLLECTION = "openattack"

LEFT_ALONE = TEXTFOOLER_STOP_WORDS | {"be", "have"}
"""The 266 of TextFooler's authors and two more. Those with an apostrophe are never met, because
tokens are split there."""

UNKNOWN = "<UNK>"
"""What stands for an unknown word, whatever the victim's is."""

_TOKEN = re.compile(r"\w+|[^\w\s]+")
_PARTS = {"NN": "NOUN", "VB": "VERB", "JJ": "ADJ", "RB": "ADV"}
OTHER = "X"


def tokenise(words: Words, *, lower: bool = True) -> Words:
    """Return a text as runs of letters and runs of marks, with blanks between them.

    What a victim does not read is not split, and stays as the last gap.

    >>> str(tokenise(Words.split("It isn't (quite) GOOD...")))
    "it isn ' t ( quite ) good ..."
    """
    text, tail = str(words), words.gaps[-1]
    unread = Words.split(tail)
    end = len(text) - len(tail) + len(unread.gaps[0])
    read, rest = text[:end], text[end:]
    if lower:
        read, rest = read.lower(), rest.lower()
    return spaced(_TOKEN.findall(read), rest)


def spaced(tokens: Sequence[str], rest: str = "") -> Words:
    """Return tokens with a blank between each two, and before what is left unsplit."""
    gaps = ["", *(" " for _ in tokens[1:]), f" {rest}" if rest else ""]
    return Words(tuple(tokens), tuple(gaps))


def without(words: Words, position: int) -> str:
    """Return the tokens without one of them, with a blank between each two."""
    left = (*words.words[:position], *words.words[position + 1 :])
    return " ".join(left) + words.gaps[-1]


def split_again(tokens: Iterable[str]) -> Words:
    """Return tokens, substitutes among them, split as a text: "well-to-do" gives five."""
    return spaced(_TOKEN.findall(" ".join(tokens)))


def parts_of_speech(texts: Sequence[Words]) -> Steps[list[tuple[str, ...]]]:
    """Ask for each token's part of speech by the first two letters of its Penn tag.

    Nouns, verbs, adjectives and adverbs are told apart; all others are ``OTHER``.
    """
    rows: list[tuple[str, ...]] = yield Tag(tuple(texts), penn=True)
    return [tuple(_PARTS.get(tag[:2], OTHER) for tag in row) for row in rows]
