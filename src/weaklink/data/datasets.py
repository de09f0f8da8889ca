"""Finds a data set by name or file, and draws samples from it."""

from __future__ import annotations

from collections.abc import Mapping

from weaklink.data.columns import Columns, PairColumns
from weaklink.data.files import SPLIT, load_file, names_file, with_names
from weaklink.data.hub import HUB_DATASETS, load_from_hub, repository_of
from weaklink.data.packages import load_packaged
from weaklink.data.splits import Split
from weaklink.errors import WeaklinkError, guess
from weaklink.progress import Progress

_DEFAULT_SPLIT = "train"


def load_split(
    name: str,
    split: str = _DEFAULT_SPLIT,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    names: Mapping[str, str] | None = None,
    pair: PairColumns | None = None,
) -> Split:
    """Load a whole split.

    Args:
        name: The path of a CSV, TSV, JSONL or Parquet file; or a data set on the Hub, as
            ``owner/name`` or ``owner/name:config``, or a name of ``HUB_DATASETS``. Some of these
            are taken from an installed package where one carries them.
        split: The split; a file has none, and all its rows are used.
        text_column: Column of the texts (default: guessed).
        label_column: Column of the labels (default: guessed).
        names: Other names for labels.
        pair: Where the other text of each row is, for a model that reads pairs.

    Raises:
        WeaklinkError: There is no such data set, or it cannot be used as it is.
    """
    if name not in HUB_DATASETS and names_file(name):
        if split not in (_DEFAULT_SPLIT, SPLIT):
            raise WeaklinkError(
                f"{name} is a file and has no split {split!r}.",
                "Remove the split; all rows are used.",
            )
        return load_file(
            name, text_column=text_column, label_column=label_column, names=names, pair=pair
        )
    if repository_of(name) is None:
        raise WeaklinkError(
            f"{name!r} is neither a file nor a data set on the Hub.",
            "Give a file, owner/name or owner/name:config.",
        )
    usual = text_column is None and label_column is None and pair is None
    if usual and (found := load_packaged(name, split)):
        return with_names(found, names or {})
    try:
        return load_from_hub(
            name, split, text_column=text_column, label_column=label_column, names=names, pair=pair
        )
    except WeaklinkError as error:
        if name in HUB_DATASETS:
            raise
        meant = guess(name, HUB_DATASETS)
        raise WeaklinkError(error.problem, f"{meant}{error.remedy}") from error


def load_for_training(
    name: str, split: str, columns: Columns, progress: Progress, advice: str = ""
) -> Split:
    """Load a split, and tell where its columns leave out a text of each pair.

    Args:
        name: As in ``load_split``.
        split: The split.
        columns: Its columns.
        progress: Is told of the work.
        advice: What to do where a text is left out.

    Raises:
        WeaklinkError: As in ``load_split``.
    """
    progress.begin(f"Loading {name}")
    loaded = load_split(name, split, **columns.options)
    if loaded.half_read:
        progress.tell(f"{loaded.half_read} {advice}".rstrip())
    return loaded
