"""Data sets from the Hub: any with a column of texts and one of labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weaklink.data.columns import PairColumns, column_name, column_of, texts_of
from weaklink.data.gold import gold_of, named, renamed
from weaklink.data.splits import Split
from weaklink.errors import WeaklinkError
from weaklink.quiet import quiet

_COMMIT = re.compile(r"@([0-9a-f]{40})")


@dataclass(frozen=True, slots=True)
class HubDataset:
    """Where a data set is on the Hub, and how its rows are read.

    Attributes:
        repository: Its id.
        text: Column of the texts.
        labels: What 0, 1, ... of the labels mean; None: the values are names themselves.
        label: Column of the labels; None: the usual one.
        config: Configuration that is loaded; None: the only one.
    """

    repository: str
    text: str
    labels: tuple[str, ...] | None = ("negative", "positive")
    label: str | None = None
    config: str | None = None


HUB_DATASETS = {
    "sst2": HubDataset("stanfordnlp/sst2", "sentence"),
    "imdb": HubDataset("stanfordnlp/imdb", "text"),
    "rotten_tomatoes": HubDataset("cornell-movie-review-data/rotten_tomatoes", "text"),
    "amazon_polarity": HubDataset("fancyzhx/amazon_polarity", "content"),
    "prompt_injections": HubDataset("deepset/prompt-injections", "text", ("SAFE", "INJECTION")),
    "jailbreaks": HubDataset("jackhhao/jailbreak-classification", "prompt", None, label="type"),
    "toxic_chat": HubDataset(
        "lmsys/toxic-chat", "user_input", ("not toxic", "toxic"), "toxicity", "toxicchat0124"
    ),
}


_NAME = re.compile(
    r"(?P<repository>(?:\w[\w.-]*/)?\w[\w.-]*)(?::(?P<config>[\w.+-]+))?(?:@(?P<revision>[\w./-]+))?"
)


def repository_of(name: str) -> str | None:
    """Return the repository on the Hub that a data set's name leads to; None if it is not a name.

    >>> repository_of("sst2"), repository_of("owner/name:config@v1"), repository_of("..")
    ('stanfordnlp/sst2', 'owner/name', None)
    """
    if name in HUB_DATASETS:
        return HUB_DATASETS[name].repository
    found = _NAME.fullmatch(name)
    return found and found["repository"]


def load_from_hub(
    name: str,
    split: str,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    names: Mapping[str, str] | None = None,
    pair: PairColumns | None = None,
) -> Split:
    """Return a split of a data set on the Hub.

    Args:
        name: One that is known by name, or ``owner/name``, ``owner/name:config``, each with
            ``@revision`` if wanted.
        split: The split.
        text_column: Column of the texts (default: guessed).
        label_column: Column of the labels (default: guessed, else the only one with named labels).
        names: Other names for labels.
        pair: Where the other text of each row is.

    Raises:
        WeaklinkError: The Hub cannot be reached, or has no such data set, configuration or split;
            or it has no such columns, or no labels.
    """
    rows = _loaded(name, split)
    known = HUB_DATASETS.get(name)
    frame = rows.to_polars()
    texts = texts_of(frame, name, text_column or (known.text if known else None), pair)
    usual = known.label if known else None
    label = column_name(frame, name, "label", label_column or usual or _only_named(rows))
    values = column_of(frame, name, "label", label)
    schema = _names(rows, label)
    if known and known.labels and label_column is None:
        schema = known.labels
    whole = f"the split {split!r} of {name}"
    gold = (
        gold_of(values, whole) if schema is None else named(list(map(int, values)), schema, whole)
    )
    gold = renamed(gold, names or {}, name)
    source = _source(repository_of(name) or name, rows)
    return Split(name, source, split, gold.names, texts.rows, gold.rows, gold.ordered, texts.unread)


def _loaded(name: str, split: str) -> Any:  # noqa: ANN401 - of a library without types
    from datasets import load_dataset, packaged_modules
    from datasets.exceptions import DatasetsError

    from weaklink.guards.hub_client import check_hub_answers

    check_hub_answers()
    parts = _NAME.fullmatch(name)
    repository = repository_of(name)
    known = HUB_DATASETS.get(name)
    readers = getattr(packaged_modules, "_PACKAGED_DATASETS_MODULES", ())
    if repository in readers or (repository and Path(repository).exists()):
        raise WeaklinkError(
            f"{name} names files of this machine, and no data set of the Hub.",
            "Give one CSV, TSV, JSONL or Parquet file.",
        )
    asked = known.config if known else parts and parts["config"]
    config = [asked] if asked else []
    revision = {"revision": parts["revision"]} if parts and parts["revision"] else {}
    try:
        with quiet("huggingface_hub", "datasets"):
            return load_dataset(repository, *config, split=split, **revision)
    except ValueError as error:
        told = next(iter(str(error).splitlines()), "")[:300]
        raise WeaklinkError(
            f"{name} has no split {split!r} on the Hub, or needs a configuration: {told}",
            "Try --split train or --split test; write a configuration as owner/name:config.",
        ) from error
    except (OSError, RuntimeError, DatasetsError) as error:
        raise WeaklinkError(
            f"No installed package has {name}, and the Hub did not send {repository}.",
            "Check the name and the network connection, or give a local CSV, JSONL or Parquet "
            "file.",
        ) from error


def _names(rows: Any, column: str) -> Sequence[str] | None:  # noqa: ANN401
    """Return the names that the schema gives the labels of a column."""
    return getattr(rows.features.get(column), "names", None)


def _only_named(rows: Any) -> str | None:  # noqa: ANN401
    """Return the one column whose labels the schema names, if there is exactly one."""
    columns = [column for column in rows.features if _names(rows, column) is not None]
    return columns[0] if len(columns) == 1 else None


def _source(repository: str, rows: Any) -> str:  # noqa: ANN401
    """Return the Hub id with the commit that the files came from, where ``datasets`` tells it."""
    commit = _COMMIT.search(" ".join(rows.info.download_checksums or ()))
    return f"{repository}{commit.group() if commit else ''} on the Hub"
