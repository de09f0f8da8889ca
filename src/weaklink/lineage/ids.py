"""The names in ids of models, compared word by word."""

from __future__ import annotations

import re

_PARTS = re.compile(r"[-_.\s]+")
_TELLING = 6


def bare_name(model_id: str) -> str:
    """Return a model's name without its owner, in lower case."""
    return model_id.rpartition("/")[2].lower()


def parts(model_id: str) -> list[str]:
    """Return the words of a model's name, without its owner, in lower case."""
    return _PARTS.split(bare_name(model_id))


def begins(downstream: str, upstream: str) -> bool:
    """Tell whether the name of one model goes on where that of the other ends.

    >>> begins("me/bert-base-uncased-emotion", "google-bert/bert-base-uncased")
    True
    """
    long, short = parts(downstream), parts(upstream)
    if len(short) == 1 and len(short[0]) < _TELLING:
        return False
    return len(short) < len(long) and long[: len(short)] == short
