"""The data sets of a campaign, each with the attacks on it; or stored vulnerable samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import polars as pl

from weaklink.attacks import Lexicon
from weaklink.cache import digest_of_parts
from weaklink.campaigns.prepare.attacks import by_fingerprint, configured_replay
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.prepare.languages import in_language, language_in
from weaklink.campaigns.specification import Specification
from weaklink.data import Dataset, Sample
from weaklink.data.datasets import load_split
from weaklink.data.files import with_names
from weaklink.data.splits import Split
from weaklink.data.training_samples import read_training_samples
from weaklink.engine import ConfiguredAttack, Models
from weaklink.errors import WeaklinkError
from weaklink.guards.parquet_file import read_parquet
from weaklink.lexicons.entities import EntityTable
from weaklink.models.tagger import Tagger
from weaklink.progress import Progress
from weaklink.text.pairs import Beside, holds_boundary

_OTHERS = 10_000
_COLUMNS = ("original_text", "adversarial_text", "gold_label", "attack")
_BESIDE = ("text_before", "text_after")
"""Columns that a file of vulnerable samples of pairs has, too."""


@dataclass(frozen=True)
class Samples:
    """The samples of a data set and how they are attacked.

    Attributes:
        dataset: The samples.
        attacks: The attacks.
        entities: Makes the table of the data's named entities.
        others: Draws samples of the split, of which 10,000 at most are not ``dataset``'s.
    """

    dataset: Dataset
    attacks: Sequence[ConfiguredAttack]
    entities: Callable[[Tagger], EntityTable]
    others: Callable[[], Sequence[Sample]] = tuple


@dataclass(frozen=True)
class PreparedData:
    """A data set and what attacks use on it.

    Attributes:
        dataset: The samples.
        lexicon: What attacks look words up in; its named entities are those of the data.
        attacks: The attacks by fingerprint.
    """

    dataset: Dataset
    lexicon: Lexicon
    attacks: Mapping[str, ConfiguredAttack]


def load_samples(
    spec: Specification,
    attacks: Sequence[ConfiguredAttack],
    folders: Iterable[str | Path],
    failures: Failures,
    progress: Progress,
    given: Mapping[str, Split] | None = None,
    *,
    apart: Iterable[Path] = (),
) -> dict[str, Samples]:
    """Load each data set by name; record failures.

    Args:
        spec: Names them.
        attacks: The attacks.
        folders: Models; with ``unseen``, the texts that they were trained on are not drawn.
        failures: Takes the data sets that failed to load.
        progress: Is told what is loaded.
        given: Data sets by name that are in memory already.
        apart: Defences; what they learnt from is never drawn.
    """
    if spec.replay is not None:
        stored = _stored(spec.replay, spec)
        return {stored.dataset.name: stored}
    seen = _seen_in_training([*(folders if spec.unseen else ()), *apart])
    found = dict[str, Samples]()
    for name in spec.data:
        progress.begin(f"Loading {name}")
        try:
            found[name] = _drawn(_split(name, spec, given or {}), spec, attacks, seen)
        except WeaklinkError as error:
            failures.add(name, error)
    return found


def prepare_data(
    samples: Samples,
    spec: Specification,
    models: Models,
    failures: Failures,
    progress: Progress,
) -> PreparedData:
    """Load what the attacks use on a data set; an attack that lacks something is a failure."""
    language = samples.dataset.language
    lexicon = Lexicon(lambda: samples.entities(models.tagger_of(language)), progress, language)
    attacks = by_fingerprint(samples.attacks, spec, lexicon, models, failures, progress)
    return PreparedData(samples.dataset, lexicon, attacks)


def _split(name: str, spec: Specification, given: Mapping[str, Split]) -> Split:
    if name in given:
        return with_names(given[name], spec.names_of_labels)
    return stated_split(name, spec)


def _drawn(
    split: Split, spec: Specification, attacks: Sequence[ConfiguredAttack], seen: Collection[str]
) -> Samples:
    most = split.most(exclude=seen)
    wanted = most if spec.samples is None else min(spec.samples, most)
    dataset = split.draw(wanted or spec.samples, spec.seed, sampling=spec.sampling, exclude=seen)
    language = language_in(split.texts, spec)
    covering, left_out = in_language(attacks, language, spec)
    if attacks and not covering:
        raise WeaklinkError(
            f"No attack can be made on the texts of {split.name}. {left_out[0]}",
            "Name attacks that cover the language, such as textbugger, or state it by --language.",
        )
    notices = (*_notices(split, spec.samples, most, unseen=bool(seen)), *left_out)

    @cache
    def others() -> Sequence[Sample]:
        return split.draw(min(wanted + _OTHERS, most), spec.seed, exclude=seen).samples

    return Samples(
        replace(dataset, notices=notices, language=language),
        covering,
        lambda tagger: EntityTable.build(*split.labelled(), tagger),
        others,
    )


def stated_split(name: str, spec: Specification) -> Split:
    """Load the split of a data set that a specification draws from.

    Raises:
        WeaklinkError: There is no such data set, or it cannot be used as it is.
    """
    return load_split(
        name,
        spec.split,
        text_column=spec.text_column,
        label_column=spec.label_column,
        names=spec.names_of_labels,
        pair=spec.pair,
    )


def _notices(split: Split, asked: int | None, most: int, *, unseen: bool) -> Iterator[str]:
    """Say what is not as it was asked for."""
    if asked is not None and most < asked:
        unless = " that no model was trained on" if unseen else ""
        yield (
            f"{split.name} has {most} samples in its split {split.split}{unless}, where {asked} "
            "were asked for. All of them are attacked."
        )
    if split.half_read:
        yield f"{split.half_read} For such a model, give --pair-column {split.unread}."
    if split.unlabelled:
        yield (
            f"{split.unlabelled:,} of {len(split.gold):,} rows of {split.name} have the label -1, "
            "which means no label, and are not drawn. If it is a class, write it as a word."
        )


def _seen_in_training(folders: Iterable[str | Path]) -> frozenset[str]:
    """Return digests of the texts that the victims in some folders say they were trained on."""
    return frozenset().union(*(read_training_samples(Path(folder)) for folder in folders))


def _stored(path: Path, spec: Specification) -> Samples:
    """Return the originals in a file of vulnerable samples, and a replay for each attack in it.

    Of each attack, the first ``replay_each`` originals in the file are tried; None: all.
    """
    frame = _with_wholes(_read(path)).with_row_index("row")
    if (each := spec.replay_each) is not None:
        first = pl.col("row").min().over("attack", "whole")
        frame = frame.filter(first.rank("dense").over("attack") <= each)
    rows = frame.select("whole", "adversarial_text", "gold_label", "attack").rows()
    gold = {original: label for original, _, label, _ in rows}
    labels = tuple(sorted(set(gold.values())))
    samples = tuple(
        Sample(f"file:{number}", text, labels.index(label))
        for number, (text, label) in enumerate(gold.items())
    )
    fingerprint = digest_of_parts(part for text, label in gold.items() for part in (text, label))
    dataset = Dataset(
        str(path), f"file {path.name}", "file", labels, fingerprint, samples,
        language=language_in([*gold], spec),
    )  # fmt: skip
    texts: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for original, adversarial, _, attack in rows:
        before = texts[attack].get(original, ())
        if adversarial not in before:
            texts[attack][original] = (*before, adversarial)
    replays = [
        configured_replay(found, name, path.name, skips=True)
        for name, found in sorted(texts.items())
    ]
    return Samples(dataset, replays, lambda _: EntityTable({}))


def _with_wholes(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the whole original texts, which are pairs where segments are beside."""
    texts = zip(frame["original_text"], *(frame[name] for name in _BESIDE), strict=True)
    wholes = [Beside(before, after).whole(text) for text, before, after in texts]
    return frame.with_columns(pl.Series("whole", wholes, dtype=pl.String))


def _read(path: Path) -> pl.DataFrame:
    try:
        frame = read_parquet(path)
    except OSError as error:
        raise WeaklinkError(
            f"{path} cannot be read as Parquet.",
            "Give a file written by `weaklink study export --vulnerable-samples`.",
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
    texts = frame.select(pl.col(pl.String))
    if any(holds_boundary(text) for one in texts.iter_columns() for text in one.drop_nulls()):
        raise WeaklinkError(
            f"{path} holds the noncharacter U+FDD0 or U+FDD1.",
            "Delete it: no text that is meant for interchange holds one.",
        )
    absent = [pl.lit(None, pl.String).alias(name) for name in _BESIDE if name not in frame.columns]
    return frame.with_columns(absent)
