"""The sentences that tell of descent; ``data/rules.toml`` is the table of them.

A sentence comes with every model that it names replaced by a slot, so that a rule reads ``fine-tuned
version of <M>`` whatever the model's name and markup. Repetitions are bounded or run over short
sentences, so matching takes no more than milliseconds.
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

_WORD = r"[^\s\ue000-\ue002;:]+"
_SLOTS = {
    "M": "\ue000(\\d+)\ue001",
    "S": OWN,
    "g": rf"(?: {_WORD}){{0,6}}",
    "l": rf"(?: {_WORD}){{0,2}}",
}
_NOT_BEFORE = re.compile(
    r"(?:like|such as|e\.g\.|including|non-?\S+|tokeni[sz]\w*|teachers?|than|compar\w+|outperform\w*|unlike|similar\w* to|instead of|versus"
    r"|baselines?|vs\.?|inspired by|same as|differ\w*|recommend\w*|annotat\w+|translat\w+|labell?ed|"
    r"generated|evaluat\w+|alternativ\w+|better|speed-?up|faster|embeddings?|vocab\w*|reward\w*|rewards from)"
    r"(?: [^\s\ue000-\ue002]+){0,4} ?$",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"^\W{0,2}(?:'s )?(?:fast )?(?:tokeni[sz]\w*|architecture|topology|vocab\w*|paper|dataset|corpus|teacher"
    r"|as (?:a |the |its |our )?teacher|authors|repo\w*|script|library|-?style|-?like|notebook|training script"
    r"|,? (?:and |or )?\ue000\d+\ue001,? (?:and |or )?\ue000\d+\ue001)",
    re.IGNORECASE,
)



@dataclass(frozen=True, slots=True)
class Rule:
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


@cache
def rules() -> tuple[Rule, ...]:
    """Read the table of rules."""
    source = files("weaklink.lineage").joinpath("data/rules.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    parts = table["parts"] | _SLOTS
    return tuple(
        Rule(**{**entry, "pattern": _compile(entry["pattern"], parts)}) for entry in table["rule"]
    )


def _compile(pattern: str, parts: dict[str, str]) -> re.Pattern[str]:
    return re.compile(re.sub(r"<(\w+)>", lambda m: parts[m[1]], pattern), re.IGNORECASE)


def matches(sentence: str) -> Iterator[tuple[Rule, int]]:
    """Yield each rule that the sentence obeys, with the number of the slot it points at."""
    for rule in rules():
        for match in rule.pattern.finditer(sentence):
            if credible(sentence, int(match[1])):
                yield rule, int(match[1])


def credible(sentence: str, slot: int) -> bool:
    """Tell whether a slot stands in the sentence, and not as teacher, tokenizer, rival or the like."""
    before, found, after = sentence.partition(SLOT.format(slot))
    return (
        bool(found) and not _NOT_BEFORE.search(before[-80:]) and not _NOT_AFTER.search(after[:40])
    )
