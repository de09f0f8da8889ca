"""The sentences that tell of descent; ``rules.toml`` is the table of them.

A sentence comes with every model that it names replaced by a slot, so that a rule reads
``fine-tuned version of <M>`` whatever the model's name and markup. Repetitions are bounded or run
over short sentences, so matching takes no more than milliseconds.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from weaklink.lineage.evidence import EvidenceKind, Relation

SLOT = "\ue000{}\ue001"
OWN = "\ue002"

_NEAR = 80
_WORD = r"[^\s\ue000-\ue002;:]+"
_SLOTS = {
    "M": "\ue000(\\d+)\ue001",
    "S": OWN,
    "g": rf"(?: {_WORD}){{0,6}}",
    "l": rf"(?: {_WORD}){{0,2}}",
}


@dataclass(frozen=True, slots=True)
class DescentRule:
    """One way to tell of descent.

    Attributes:
        name: Its name, for the method of an edge.
        pattern: Matches a sentence with slots; its group is the number of the upstream's.
        confidence: How far to trust it.
        kind: The kind of evidence that it gives.
        relation: What it says was done to the upstream.
    """

    name: str
    pattern: re.Pattern[str]
    confidence: float
    kind: EvidenceKind = "prose"
    relation: Relation = "finetune"


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, and what marks a model as a rival, a teacher, a tokenizer or the like.

    Attributes:
        rules: The rules.
        not_before: Matches the text before a model that is not a parent.
        not_after: Matches the text after one.
    """

    rules: tuple[DescentRule, ...]
    not_before: re.Pattern[str]
    not_after: re.Pattern[str]


@cache
def _table() -> Rules:
    source = files("weaklink.lineage.cards").joinpath("rules.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    parts = table["parts"] | _SLOTS
    return Rules(
        tuple(
            DescentRule(**{**entry, "pattern": _compile(entry["pattern"], parts)})
            for entry in table["rule"]
        ),
        _compile(rf"\b(?:{'|'.join(table['not_before'])})(?: {_WORD}){{0,4}} ?$", parts),
        _compile(rf"^\W{{0,2}}(?:'s )?(?:{'|'.join(table['not_after'])})", parts),
    )


def _compile(pattern: str, parts: dict[str, str]) -> re.Pattern[str]:
    return re.compile(re.sub(r"<(\w+)>", lambda m: parts[m[1]], pattern), re.IGNORECASE)


def matches(sentence: str) -> Iterator[tuple[DescentRule, int]]:
    """Yield each rule that the sentence obeys, with the number of the slot it points at."""
    for rule in _table().rules:
        for match in rule.pattern.finditer(sentence):
            if credible(sentence, int(match[1])):
                yield rule, int(match[1])


def credible(sentence: str, slot: int) -> bool:
    """Tell whether a slot is in the sentence, and next to nothing that makes it no parent."""
    before, found, after = sentence.partition(SLOT.format(slot))
    table = _table()
    return bool(found) and not (
        table.not_before.search(before[-_NEAR:]) or table.not_after.search(after[:_NEAR])
    )
