"""The model's own name as evidence: its own tier, and off by default in figures."""

from __future__ import annotations

import re

from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.evidence import Evidence
from weaklink.lineage.mentions import ARCHITECTURE

CONFIDENCE = 0.6

_PARTS = re.compile(r"[-_.]+")
_LONGEST = 8
_TELLING = 6


def begins(downstream: str, upstream: str) -> bool:
    """Tell whether the name of one model goes on where that of the other ends.

    >>> begins("me/bert-base-uncased-emotion", "google-bert/bert-base-uncased")
    True
    """
    long, short = _parts(downstream), _parts(upstream)
    if len(short) == 1 and len(short[0]) < _TELLING:
        return False
    return len(short) < len(long) and long[: len(short)] == short


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


def _parts(model_id: str) -> list[str]:
    return _PARTS.split(model_id.rpartition("/")[2].lower())
