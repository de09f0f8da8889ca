"""The models that a study makes itself before it attacks them; they stay in its folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from weaklink.campaigns.study_specification import Finetuned, Pretrained, StudySpecification
from weaklink.data.datasets import load_split
from weaklink.errors import WeaklinkError
from weaklink.models.encoder import DEFAULT_ENCODER
from weaklink.packaged import MINILM
from weaklink.progress import Progress
from weaklink.store.record import Failure
from weaklink.training.finetune import finetune
from weaklink.training.finetune_recipe import Recipe

FOLDER = "models"


@dataclass(frozen=True, slots=True)
class Made:
    """The models that were made.

    Attributes:
        places: Their folders by name.
        failures: Those that could not be made.
    """

    places: Mapping[str, Path]
    failures: tuple[Failure, ...] = ()

    @property
    def failed(self) -> frozenset[str]:
        """Names of those that could not be made."""
        return frozenset(failure.what for failure in self.failures)


def make_models(spec: StudySpecification, folder: Path, progress: Progress) -> Made:
    """Make the models of a study that are not in its folder yet.

    What cannot be made is a failure; what was to come from it fails with it.
    """
    places, failures = dict[str, Path](), list[Failure]()
    planned = planned_folders(spec, folder)
    for step in _steps(spec):
        out = planned[step.name]
        if isinstance(step, Finetuned) and step.base in {failure.what for failure in failures}:
            reason = f"Its base {step.base} could not be made."
            failures.append(Failure(what=step.name, reason=reason))
            continue
        try:
            if not out.exists():
                progress.begin(f"Making {step.name}")
                _make(step, out, places, progress)
            places[step.name] = out
        except WeaklinkError as error:
            failures.append(Failure(what=step.name, reason=str(error)))
    return Made(places, tuple(failures))


def planned_folders(spec: StudySpecification, folder: Path) -> dict[str, Path]:
    """Return where each model that a study makes will stand, by name."""
    places = dict[str, Path]()
    for step in _steps(spec):
        places[step.name] = folder / FOLDER / _folder_name(step, places)
    return places


def _steps(spec: StudySpecification) -> list[Pretrained | Finetuned]:
    return [*spec.pretrained, *spec.finetuned]


def _folder_name(step: Pretrained | Finetuned, places: Mapping[str, Path]) -> str:
    """Return the name and a digest of the recipe, so that another recipe makes another folder."""
    base = places.get(step.base) if isinstance(step, Finetuned) else None
    recipe = f"{base and base.name} {step.model_dump_json()}"
    return f"{step.name}-{sha256(recipe.encode()).hexdigest()[:8]}"


def _make(
    step: Pretrained | Finetuned, out: Path, places: Mapping[str, Path], progress: Progress
) -> None:
    if isinstance(step, Pretrained):
        from weaklink.training.electra import pretrain

        pretrain(
            _texts(step.data), out,
            data=step.data, steps=step.steps, seed=step.seed, progress=progress,
        )  # fmt: skip
        return
    base, name = str(places.get(step.base, step.base)), step.base
    if name == DEFAULT_ENCODER:
        base = str(MINILM.require(f"The encoder {name}"))
        name = f"sentence-transformers/{name}"
    recipe = Recipe(
        epochs=step.epochs,
        learning_rate=step.learning_rate,
        max_length=step.max_length,
        seed=step.seed,
    )
    split = load_split(step.data)
    finetune(
        base, split, out, samples=step.samples, recipe=recipe, base_name=name, progress=progress
    )


def _texts(names: Iterable[str]) -> list[str]:
    return [text for name in names for text in load_split(name).texts]
