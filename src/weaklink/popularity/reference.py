"""The figures of popularity and reuse by name: their definitions, and the paper's values."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from weaklink.popularity.downloads import Figures


class Reference(Figures):
    """One figure's definition and the paper's value for it."""

    key: str
    label: str
    section: str
    """Of the paper; empty for a figure that it does not have."""
    unit: Literal["count", "share", "ratio", "number"]
    definition: str
    paper: float | None = None
    """None where the paper does not give the figure."""
    note: str = ""
    """Where the paper contradicts itself, leaves something open or defines the figure otherwise."""


@cache
def references() -> tuple[Reference, ...]:
    """Return all figures in the order of the report."""
    text = files("weaklink.popularity").joinpath("reference.toml").read_text(encoding="utf-8")
    return tuple(Reference(**figure) for figure in tomllib.loads(text)["figures"])
