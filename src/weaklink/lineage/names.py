"""The model's own name as evidence: its own tier, and off by default in figures."""

from __future__ import annotations

import re

from weaklink.lineage.catalogue import Catalogue
from weaklink.lineage.evidence import Evidence

CONFIDENCE = 0.6

_PARTS = re.compile(r"[-_.]+")
_LONGEST = 8


def begins(downstream: str, upstream: str) -> bool:
    """Tell whether the name of one model goes on where that of the other ends.

    >>> begins("me/bert-base-uncased-emotion", "google-bert/bert-base-uncased")
    True
    """
    long, short = _parts(downstream), _parts(upstream)
    return 1 < len(short) < len(long) and long[: len(short)] == short or (
        len(short) == 1 and len(short[0]) > 5 and len(long) > 1 and long[0] == short[0]
    )


def read_name(downstream: str, catalogue: Catalogue) -> Evidence | None:
    """Return the well-known base, or the owner's own model, that a model's name begins with.

    The longest one counts; words before it are skipped (``my-bert-base-uncased-x``).
    """
    owner, _, name = downstream.rpartition("/")
    words = [(m.start(), m.end()) for m in re.finditer(r"[^-_.]+", name)]
    for first, (start, _) in enumerate(words[:3]):
        for _, end in reversed(words[first : first + _LONGEST]):
            written = name[start:end]
            model = catalogue.base(written) or (None if first else catalogue.tail(written, owner))
            if model and model != catalogue.resolve(downstream) and end < len(name):
                return Evidence(model, "finetune", "name", "name", CONFIDENCE, name)
    return None


def _parts(model_id: str) -> list[str]:
    return _PARTS.split(model_id.rpartition("/")[2].lower())
