"""The data sets of a study, each with all that attacks need on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from weaklink.attacks import Lexicon
from weaklink.campaigns.preparation import by_fingerprint, seen_in_training
from weaklink.campaigns.study_specification import StudySpecification
from weaklink.data import Dataset
from weaklink.data.datasets import load_split
from weaklink.data.splits import Split
from weaklink.engine import Armed, Models
from weaklink.errors import WeaklinkError
from weaklink.lexicons.entities import EntityTable
from weaklink.progress import Progress
from weaklink.store.record import Failure


@dataclass(frozen=True)
class Ground:
    """A data set and what attacks use on it.

    Attributes:
        dataset: The samples.
        lexicon: What attacks look words up in; its named entities are those of the data.
        attacks: The attacks by fingerprint.
    """

    dataset: Dataset
    lexicon: Lexicon
    attacks: Mapping[str, Armed]


def lay_grounds(
    spec: StudySpecification,
    armed: Sequence[Armed],
    models: Models,
    folders: Iterable[Path],
    progress: Progress,
) -> tuple[dict[str, Ground], list[Failure]]:
    """Load the data sets that there are; what cannot be had is a failure, an attack included.

    Args:
        spec: The study.
        armed: Its attacks.
        models: Encoder, tagger and the like.
        folders: Folders of models whose training samples are not to be drawn.
        progress: Is told what is loaded.
    """
    seen = seen_in_training([*folders, *spec.models]) if spec.unseen else frozenset()
    grounds, failures = dict[str, Ground](), list[Failure]()
    for name in spec.data:
        progress.begin(f"Loading {name}")
        try:
            split = load_split(name, spec.split)
            dataset = split.draw(spec.samples, spec.seed, exclude=seen)
        except WeaklinkError as error:
            failures.append(Failure(what=name, reason=str(error)))
            continue
        lexicon = _lexicon(split, models, progress)
        attacks, lacking = _attacks(armed, spec, lexicon, models, progress)
        failures += [failure for failure in lacking if failure not in failures]
        grounds[name] = Ground(dataset, lexicon, attacks)
    return grounds, failures


def _attacks(
    armed: Sequence[Armed],
    spec: StudySpecification,
    lexicon: Lexicon,
    models: Models,
    progress: Progress,
) -> tuple[dict[str, Armed], list[Failure]]:
    """Return the attacks by fingerprint, and those that lack a resource as failures."""
    attacks, failures = dict[str, Armed](), list[Failure]()
    for one in armed:
        try:
            attacks |= by_fingerprint([one], spec, lexicon, models, progress)
        except WeaklinkError as error:
            failures.append(Failure(what=f"attack {one.attack.name}", reason=str(error)))
    return attacks, failures


def _lexicon(split: Split, models: Models, progress: Progress) -> Lexicon:
    return Lexicon(
        lambda: EntityTable.build(split.texts, split.gold, models.tagger), progress=progress
    )
