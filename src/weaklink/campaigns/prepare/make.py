"""The models that a campaign makes itself before it attacks them; they stay in its folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.specification import Finetuned, Pretrained, Specification
from weaklink.data.datasets import load_split
from weaklink.errors import WeaklinkError
from weaklink.models.encoder import DEFAULT_ENCODER
from weaklink.packaged import MINILM
from weaklink.progress import Progress
from weaklink.training.finetune import finetune
from weaklink.training.finetune_recipe import Recipe

FOLDER = "models"


def make_models(
    spec: Specification, folder: Path, failures: Failures, progress: Progress
) -> dict[str, Path]:
    """Make the models of a specification that are not in a folder yet, and return where each is.

    What cannot be made is a failure; what was to come from it fails with it.
    """
    places = dict[str, Path]()
    planned = planned_folders(spec, folder)
    for step in _steps(spec):
        out = planned[step.name]
        if isinstance(step, Finetuned) and step.base in failures:
            reason = f"Its base {step.base} could not be made."
            failures.add(step.name, WeaklinkError(reason, "Fix the failure of its base."))
            continue
        try:
            if not out.exists():
                progress.begin(f"Making {step.name}")
                _make(step, out, places, progress)
            places[step.name] = out
        except WeaklinkError as error:
            failures.add(step.name, error)
    return places


def planned_folders(spec: Specification, folder: Path) -> dict[str, Path]:
    """Return where each model that a study makes will stand, by name."""
    places = dict[str, Path]()
    for step in _steps(spec):
        places[step.name] = folder / FOLDER / _folder_name(step, places)
    return places


def _steps(spec: Specification) -> list[Pretrained | Finetuned]:
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
