"""Finds a data set by name or file, and draws samples from it."""

from __future__ import annotations

from difflib import get_close_matches

from weaklink.data.files import SPLIT, load_file, names_file
from weaklink.data.hub import HUB_DATASETS, load_from_hub
from weaklink.data.packages import load_packaged
from weaklink.data.splits import Split
from weaklink.errors import WeaklinkError

_DEFAULT_SPLIT = "train"


def load_split(
    name: str,
    split: str = _DEFAULT_SPLIT,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
) -> Split:
    """Load a whole split.

    Args:
        name: ``sst2``, ``imdb``, ``rotten_tomatoes`` or ``amazon_polarity``, taken from an
            installed package where one carries it and else from the Hub; or the path of a CSV,
            TSV, JSONL or Parquet file.
        split: The split; a file has none, and all its rows are used.
        text_column: Column of the texts in a file (default: guessed).
        label_column: Column of the labels in a file (default: guessed).

    Raises:
        WeaklinkError: There is no such data set, or it cannot be used as it is.
    """
    if name in HUB_DATASETS:
        return load_packaged(name, split) or load_from_hub(name, split)
    if not names_file(name):
        raise _unknown(name)
    if split not in (_DEFAULT_SPLIT, SPLIT):
        raise WeaklinkError(
            f"{name} is a file and has no split {split!r}.", "Remove the split; all rows are used."
        )
    return load_file(name, text_column=text_column, label_column=label_column)


def _unknown(name: str) -> WeaklinkError:
    nearest = get_close_matches(name, HUB_DATASETS, n=1)
    known = f"the data sets known by name are {', '.join(HUB_DATASETS)}"
    return WeaklinkError(
        f"there is no data set {name!r}; {known}.",
        f"Did you mean {nearest[0]}?" if nearest else "Choose one, or give a file.",
    )
