"""Sentences of a block, with the models that they name replaced by slots."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from weaklink.lineage.cards.card import CardBlock, CardLink
from weaklink.lineage.cards.mentions import Finder, Mention
from weaklink.lineage.cards.rules import OWN, SLOT

MAX_SENTENCE = 1_000

_END = re.compile(
    r"(?<!e\.g)(?<!i\.e)(?<! vs)(?<!et al)(?:[.!?…]['\")]*\s+(?=[^a-z\s])|[。\uff01\uff1f])"
)
_AROUND = re.compile(r"[\"'“”\u2018’«»(\[{*`]*(\ue000\d+\ue001|\ue002)[\"'“”\u2018’«»)\]}*`]*")
_GLUED = re.compile(r"(?<=\w)(?=\ue000)|(?<=\ue001)(?=\w)")
_APPOSED = re.compile(r"\ue000(\d+)\ue001(?: \w+)?[ :]{1,2}\(\s?\ue000(\d+)\ue001\s?\)")
_CALLED = re.compile(
    r"\ue000(\d+)\ue001(?: [^\s\ue000]+){0,4} (?:called|named):? .?\ue000(\d+)\ue001"
)
_TWICE = re.compile(r"\ue000(\d+)\ue001 ?(?:/|aka|i\.e\.)? ?\ue000(\d+)\ue001")

_SPECIFIC = ("open", "misspelt", "family+name", "family", "name", "id", "link")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as written, the same with slots, and what the slots stand for."""

    text: str
    slotted: str
    mentions: tuple[Mention, ...]


def sentences(block: CardBlock, finder: Finder, own: str) -> Iterator[Sentence]:
    """Yield the sentences of a block that name a model."""
    start, within = 0, sorted(block.links, key=lambda link: link.start)
    starts = [link.start for link in within]
    ends = [m.end() for m in _END.finditer(block.text)] if block.kind == "prose" else []
    for end in [*ends, len(block.text)]:
        stop = min(end, start + MAX_SENTENCE)
        text = block.text[start:stop]
        links = tuple(
            CardLink(k.start - start, k.end - start, k.target)
            for k in within[bisect_left(starts, start) : bisect_left(starts, stop)]
            if k.end <= stop
        )
        if mentions := finder.find(text, links):
            yield Sentence(text.strip(), _slotted(text, mentions, own), tuple(mentions))
        start = end


def _slotted(text: str, mentions: list[Mention], own: str) -> str:
    parts, position = list[str](), 0
    for number, mention in enumerate(mentions):
        parts += [
            text[position : mention.start],
            OWN if mention.model == own else SLOT.format(number),
        ]
        position = mention.end
    slotted = " ".join("".join([*parts, text[position:]]).split())

    def more_specific(match: re.Match[str]) -> str:
        return SLOT.format(max(map(int, match.groups()), key=lambda n: _rank(mentions[n])))

    for pattern in (_APPOSED, _CALLED, _TWICE):
        slotted = pattern.sub(more_specific, slotted)
    return _GLUED.sub(" ", _AROUND.sub(r"\1", slotted))


def _rank(mention: Mention) -> int:
    return _SPECIFIC.index(mention.how)
