"""The model's own name as evidence: its own tier, and off by default in figures."""

from __future__ import annotations

import re

from weaklink.lineage.cards.mentions import ARCHITECTURE
from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.evidence import Evidence

CONFIDENCE = 0.6

_LONGEST = 8


def read_name(downstream: str, catalogue: Catalogue) -> Evidence | None:
    """Return the well-known base in a model's name, or the owner's model that the name begins with.

    The longest base counts, after up to two other words (``my-bert-base-uncased-x``). Names of
    other people's models do not count: they are siblings more often than parents.
    """
    owner, _, name = downstream.rpartition("/")
    words = [m.span() for m in re.finditer(r"[^-_.]+", name)]
    spans = [
        name[start:end]
        for first, (start, _) in enumerate(words[:3])
        for _, end in reversed(words[first : first + _LONGEST])
        if ARCHITECTURE.search(name[start:end])
    ]
    bases = (catalogue.base(span) for span in spans)
    own = (catalogue.tail(span, owner) for span in spans if name.startswith(span))
    mine = (model for model in own if model and model.startswith(f"{owner}/"))
    found = next((m for m in (*bases, *mine) if m and m != catalogue.resolve(downstream)), None)
    return Evidence(found, "finetune", "name", "name", CONFIDENCE, name) if found else None
