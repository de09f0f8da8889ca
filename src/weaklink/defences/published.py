"""Figures that the authors of a method published, beside ours of the nearest setting."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict


class PublishedFigure(BaseModel):
    """A figure of a method as its authors give it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str
    figure: Literal["auroc", "f1"]
    value: float
    setting: str
    """Data, attack and victim that it is of."""
    source: str
    """Where it stands."""
    dataset: str | None = None
    """The data set here that it is of; None: it is of several."""
    attack: str | None = None


@cache
def _known() -> tuple[PublishedFigure, ...]:
    text = files("weaklink.defences").joinpath("published.toml").read_text("utf-8")
    return tuple(PublishedFigure.model_validate(one) for one in tomllib.loads(text)["figure"])


def published_figures(method: str, dataset: str, attack: str) -> Iterator[PublishedFigure]:
    """Yield what is published of a method on a data set and an attack, or on several."""
    for one in _known():
        places = (one.dataset in (None, dataset), one.attack in (None, attack))
        if one.method == method and all(places):
            yield one
