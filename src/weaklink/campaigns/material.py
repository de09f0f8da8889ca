"""The samples and attacks of an audit: named by its specification, or stored vulnerable samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import polars as pl

from weaklink.attacks.replay import ReplayParameters, digest_of_texts, replay
from weaklink.cache import digest_of_parts
from weaklink.campaigns.preparation import arm, seen_in_training
from weaklink.campaigns.specification import Specification
from weaklink.data import Dataset, Sample
from weaklink.data.datasets import load_split
from weaklink.engine import Armed
from weaklink.errors import WeaklinkError
from weaklink.lexicons.entities import EntityTable
from weaklink.models.tagger import Tagger
from weaklink.progress import Progress

_COLUMNS = ("original_text", "adversarial_text", "gold_label", "attack")


class Material(NamedTuple):
    """What is to be attacked, and how.

    Attributes:
        dataset: The samples.
        armed: The attacks.
        entities: Makes the table of the data's named entities.
    """

    dataset: Dataset
    armed: list[Armed]
    entities: Callable[[Tagger], EntityTable]


def gather(spec: Specification, progress: Progress) -> Material:
    """Load the samples and attacks of an audit.

    Raises:
        WeaklinkError: One of them is unknown or cannot be loaded.
    """
    if spec.replay is not None:
        return _stored(spec.replay)
    armed = arm(spec)
    progress.begin(f"Loading {spec.data}")
    split = load_split(
        spec.data, spec.split, text_column=spec.text_column, label_column=spec.label_column
    )
    folders = [name for name in (spec.upstream, spec.downstream) if name is not None]
    seen = seen_in_training(folders) if spec.unseen else ()
    dataset = split.draw(spec.samples, spec.seed, exclude=seen)
    return Material(
        dataset, armed, lambda tagger: EntityTable.build(split.texts, split.gold, tagger)
    )


def _stored(path: Path) -> Material:
    """Return the originals in a file of vulnerable samples, and a replay for each attack in it."""
    rows = _read(path).select(_COLUMNS).rows()
    gold = {original: label for original, _, label, _ in rows}
    labels = tuple(sorted(set(gold.values())))
    samples = tuple(
        Sample(f"file:{number}", text, labels.index(label))
        for number, (text, label) in enumerate(gold.items())
    )
    fingerprint = digest_of_parts(part for text, label in gold.items() for part in (text, label))
    dataset = Dataset(str(path), f"file {path.name}", "file", labels, fingerprint, samples)
    texts: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for original, adversarial, _, attack in rows:
        before = texts[attack].get(original, ())
        if adversarial not in before:
            texts[attack][original] = (*before, adversarial)
    return Material(dataset, list(_replays(texts, path.name)), lambda _: EntityTable({}))


def _replays(texts: dict[str, dict[str, tuple[str, ...]]], source: str) -> Iterable[Armed]:
    for attack, found in sorted(texts.items()):
        parameters = ReplayParameters(source=source, texts=digest_of_texts(found))
        yield Armed(replay(found, attack), parameters)


def _read(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise WeaklinkError(
            f"{path} cannot be read as Parquet.",
            "Give a file of `weaklink study export --vulnerable-samples`.",
        ) from error
    missing = [name for name in _COLUMNS if frame.schema.get(name) != pl.String()]
    if missing:
        raise WeaklinkError(
            f"{path} has no texts in the columns {', '.join(missing)}.",
            f"Give a file with the columns {', '.join(_COLUMNS)}.",
        )
    if frame.is_empty() or any(frame[name].null_count() for name in _COLUMNS):
        raise WeaklinkError(
            f"{path} has no samples, or lacks a value in {', '.join(_COLUMNS)}.",
            "Give a file with all of them in every row.",
        )
    return frame
