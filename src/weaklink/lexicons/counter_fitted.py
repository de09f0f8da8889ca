"""Finds counter-fitted word vectors: the user's own, or those that weaklink built."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from weaklink.cache import cache_folder, make_folder
from weaklink.errors import WeaklinkError
from weaklink.lexicons.vectors import Vectors, vectors_of_text
from weaklink.progress import Progress, Silent

COUNTER_FITTED_VARIABLE = "WEAKLINK_COUNTER_FITTED"
BUILD_COMMAND = "weaklink resources build counter-fitted"


def load_counter_fitted(
    *, path: Path | None = None, build: bool = True, progress: Progress | None = None
) -> Vectors:
    """Return counter-fitted vectors (Mrkšić et al. 2016).

    Taken from ``path``, else from the file that ``WEAKLINK_COUNTER_FITTED`` names, both in the
    published format; else those in the cache folder, which are built there if need be.

    Args:
        path: A text file in the published format.
        build: Build them if there are none, in about half a minute.
        progress: Is told how building goes on.

    Raises:
        WeaklinkError: There are none and none may be built, or they cannot be.
    """
    chosen = path or os.environ.get(COUNTER_FITTED_VARIABLE)
    if chosen:
        return vectors_of_text(Path(chosen))
    folder = counter_fitted_folder()
    if not folder.is_dir():
        if not build:
            raise WeaklinkError("There are no counter-fitted vectors.", f"Run {BUILD_COMMAND}.")
        build_counter_fitted(progress)
    return _from_folder(folder)


def build_counter_fitted(progress: Progress | None = None, *, again: bool = False) -> Path:
    """Build the vectors in the cache folder, unless they are there, and return their folder.

    Args:
        progress: Is told how it goes on.
        again: Build them although they are there.

    Raises:
        WeaklinkError: GloVe or WordNet is not installed.
    """
    from weaklink.lexicons.counter_fitted_build import build

    def fill(folder: Path) -> None:
        build(folder, progress or Silent())

    return make_folder(counter_fitted_folder(), fill, again=again)


def counter_fitted_folder() -> Path:
    """Return the folder of the built vectors; its number counts the ways of building them."""
    return cache_folder() / "counter-fitted-1"


@cache
def _from_folder(folder: Path) -> Vectors:
    return Vectors.from_safetensors(folder)
