"""Tables 1 and 2 of the paper: its most reused upstreams, and the models of its chains."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from weaklink.popularity.downloads import Figures


class PaperUpstream(Figures):
    """One row of Table 1 (section 4.2.2)."""

    id: str
    task: str
    pairs: int
    """Pairs with this upstream within the set, which the paper calls models."""
    share: float
    downloads: int
    rank: int


class PaperModel(Figures):
    """One model of Table 2 (section 5.1.1)."""

    number: str
    """``M1``, ``M2``, ..."""
    id: str
    downloads: int
    chains: str
    architecture: str
    """As the paper says: RoBERTa and DistilBERT are BERT."""


def paper_upstream(name: str) -> PaperUpstream | None:
    """Return the row of Table 1 about a model, if there is one."""
    rows = (PaperUpstream(**row) for row in _tables()["upstreams"])
    return next((row for row in rows if row.id == name.lower()), None)


def paper_model(name: str) -> PaperModel | None:
    """Return the row of Table 2 about a model, at whatever revision, if there is one."""
    rows = (PaperModel(**row) for row in _tables()["models"])
    return next((row for row in rows if row.id == name.partition("@")[0].lower()), None)


@cache
def _tables() -> dict[str, Any]:
    text = files("weaklink.popularity").joinpath("paper_tables.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
