"""GloVe word vectors (Pennington, Socher and Manning 2014, https://aclanthology.org/D14-1162/)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np

from weaklink.cache import digest_of_folder
from weaklink.lexicons.vectors import Vectors, vectors_of_text
from weaklink.packaged import GLOVE

GLOVE_VARIABLE = "WEAKLINK_GLOVE"


def load_glove(path: Path | None = None) -> Vectors:
    """Return GloVe vectors, the most frequent word first.

    Taken from ``path``, else from the file that ``WEAKLINK_GLOVE`` names, both in the published
    text format; else from the package with 400,000 words of 50 dimensions, memory-mapped.

    Raises:
        WeaklinkError: The file cannot be read, or the package is not installed.
    """
    chosen = path or os.environ.get(GLOVE_VARIABLE)
    return vectors_of_text(Path(chosen)) if chosen else _packaged(GLOVE.require("GloVe"))


@cache
def _packaged(folder: Path) -> Vectors:
    import polars as pl

    words = pl.read_parquet(folder / "glove_6B_index.parquet", columns=["index"])["index"]
    matrix = np.load(folder / "glove_6B_50d_emb.npy", mmap_mode="r", allow_pickle=False)
    return Vectors(words.to_list(), matrix, digest_of_folder(folder))
