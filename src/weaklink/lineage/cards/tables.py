"""Tables that list several models with their bases; the row of the card's own model counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from weaklink.lineage.cards.card import CardBlock
from weaklink.lineage.cards.mentions import Finder, Mention
from weaklink.lineage.cards.sentences import MAX_SENTENCE
from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.evidence import Evidence

NAMED = 0.93
ONLY_OF_ITS_TYPE = 0.82

_BASES = re.compile(
    r"\b(?:base|backbone|transformer|encoder|pre-?trained|fine-?tuned from|upstream|parent"
    r"|student)\b",
    re.IGNORECASE,
)
_FEWEST_ROWS = 3
_MAX_ROWS = 200


def read_tables(
    blocks: Sequence[CardBlock], finder: Finder, own: str, catalogue: Catalogue
) -> Iterator[Evidence]:
    """Yield the base that a table gives for the card's own model.

    Its row is the one whose first cell is, or is part of, the model's name; failing that, the only
    one whose base has the model's architecture.
    """
    for is_row, group in groupby(blocks, key=lambda block: block.kind == "row"):
        rows = [_cells(block) for block in list(group)[:_MAX_ROWS]] if is_row else []
        heading = rows[0] if rows else []
        column = next((c for c, cell in enumerate(heading) if _BASES.search(cell)), 0)
        if column and len(rows) >= _FEWEST_ROWS:
            yield from _read(rows, column, finder, own, catalogue)


def _read(
    rows: list[list[str]], column: int, finder: Finder, own: str, catalogue: Catalogue
) -> Iterator[Evidence]:
    bases = [(row, m) for row in rows[1:] if (m := _base(row, column, finder))]
    itself = [(row, m) for row, m in bases if catalogue.resolve(row[0].strip()) == own]
    named = itself or [(row, m) for row, m in bases if _is_own(row[0], own)]
    alike = [(row, m) for row, m in bases if catalogue.type(m.model or "") == catalogue.type(own)]
    for confidence, found in ((NAMED, named), (ONLY_OF_ITS_TYPE, alike)):
        if len(found) == 1:
            row, mention = found[0]
            method = f"row/{mention.how}"
            yield Evidence(mention.model, "finetune", "table", method, confidence, " | ".join(row))
            return


def _cells(row: CardBlock) -> list[str]:
    return row.text.split(" | ")


def _base(row: list[str], column: int, finder: Finder) -> Mention | None:
    found = finder.find(row[column][:MAX_SENTENCE]) if column < len(row) else []
    return found[0] if len(found) == 1 and found[0].model else None


def _is_own(cell: str, own: str) -> bool:
    """Tell whether a cell names the model: its id, or words that its name holds.

    >>> _is_own("unbiased", "unitary/unbiased-toxic-roberta")
    True
    """
    words, named = (set(re.findall(r"[^\W_]+", text.lower())) for text in (cell, own))
    return bool(words) and words <= named
