"""The data sets that weaklink knows by name, from the Hub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from weaklink.data.splits import Split
from weaklink.errors import WeaklinkError
from weaklink.quiet import quiet

_COMMIT = re.compile(r"@([0-9a-f]{40})")


@dataclass(frozen=True, slots=True)
class HubDataset:
    """Where a data set is on the Hub, and the column of its texts."""

    repository: str
    text: str
    labels: tuple[str, ...] = ("negative", "positive")


HUB_DATASETS = {
    "sst2": HubDataset("stanfordnlp/sst2", "sentence"),
    "imdb": HubDataset("stanfordnlp/imdb", "text"),
    "rotten_tomatoes": HubDataset("cornell-movie-review-data/rotten_tomatoes", "text"),
    "amazon_polarity": HubDataset("fancyzhx/amazon_polarity", "content"),
}


def load_from_hub(name: str, split: str) -> Split:
    """Return a split of a data set that is known by name.

    Raises:
        WeaklinkError: The Hub cannot be reached, or there is no such split, or it is not labelled.
    """
    from datasets import load_dataset
    from datasets.exceptions import DatasetsError

    from weaklink.guards.hub_paths import check_hub_answers

    check_hub_answers()
    known = HUB_DATASETS[name]
    try:
        with quiet("huggingface_hub", "datasets"):
            rows = load_dataset(known.repository, split=split)
    except ValueError as error:
        raise WeaklinkError(
            f"{name} has no split {split!r} on the Hub.", "Try --split train or --split test."
        ) from error
    except (OSError, RuntimeError, DatasetsError) as error:
        raise WeaklinkError(
            f"No installed package has {name}, and the Hub did not send {known.repository}.",
            "Check the network connection, or give a local CSV, JSONL or Parquet file.",
        ) from error
    gold = list(rows["label"])
    if min(gold) < 0:
        raise WeaklinkError(
            f"the split {split!r} of {name} has no gold labels.", "Choose another split."
        )
    return Split(name, _source(known.repository, rows), split, known.labels, rows[known.text], gold)


def _source(repository: str, rows: Any) -> str:  # noqa: ANN401
    """Return the Hub id with the commit that the files came from, where ``datasets`` tells it."""
    commit = _COMMIT.search(" ".join(rows.info.download_checksums or ()))
    return f"{repository}{commit.group() if commit else ''} on the Hub"
