"""The models that a campaign makes itself before it attacks them; they stay in its folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING, TypeAlias

from weaklink.cache import make_folder
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.specification import (
    Finetuned,
    Guard,
    Hardened,
    Pretrained,
    Specification,
)
from weaklink.campaigns.specification.sections import COLUMNS
from weaklink.data.columns import GUESSED, Columns
from weaklink.data.datasets import load_split
from weaklink.defences.detectors.registry import installed
from weaklink.errors import WeaklinkError
from weaklink.models.encoder import DEFAULT_ENCODER
from weaklink.packaged import MINILM
from weaklink.progress import Progress
from weaklink.text.pairs import segments
from weaklink.training.finetune_recipe import Recipe
from weaklink.victims import load_victim

if TYPE_CHECKING:
    from weaklink.training.hardening.harden import Stored

FOLDER = "models"

Step: TypeAlias = Pretrained | Finetuned | Hardened | Guard
Learn: TypeAlias = Callable[[str, Hardened | Guard], Path]
"""Attacks a model, so that a defence can learn from its vulnerable samples; returns the store."""


def make_models(
    spec: Specification,
    folder: Path,
    failures: Failures,
    progress: Progress,
    learn: Learn | None = None,
) -> dict[str, Path]:
    """Make what a specification names that is not in a folder yet, and return where each is.

    What cannot be made is a failure; what was to come from it fails with it.

    Args:
        spec: The specification.
        folder: Holds what is made.
        failures: Takes what cannot be made.
        progress: Is told how far the work is.
        learn: Attacks the models that defences learn on.
    """
    places = dict[str, Path]()
    planned = planned_folders(spec, folder)
    for step in _steps(spec):
        out = planned[step.name]
        missing = next((name for name in _needs(step) if name in failures), None)
        if missing is not None:
            reason = f"Its base {missing} could not be made."
            failures.add(step.name, WeaklinkError(reason, "Fix the failure of its base."))
            continue
        try:
            if not out.exists():
                progress.begin(f"Making {step.name}")
                alike = _alike(step, spec.guards, places)
                if alike is not None:
                    make_folder(out, partial(copytree, alike, dirs_exist_ok=True))
                else:
                    _make(step, out, spec.language, places, progress, learn)
            places[step.name] = out
        except WeaklinkError as error:
            failures.add(step.name, error)
    return places


def planned_folders(spec: Specification, folder: Path) -> dict[str, Path]:
    """Return where everything that a study makes will stand, by name."""
    places = dict[str, Path]()
    for step in _steps(spec):
        places[step.name] = folder / FOLDER / _folder_name(step, places)
    return places


def ancestors_of(spec: Specification, name: str) -> Specification:
    """Return a specification that makes a model and what it comes from, and nothing else."""
    wanted, steps = set[str](), {step.name: step for step in spec.made}
    waiting = [name]
    while waiting:
        step = steps.get(waiting.pop())
        if step is not None and step.name not in wanted:
            wanted.add(step.name)
            waiting += _needs(step)
    kept = {
        kind: tuple(one for one in getattr(spec, kind) if one.name in wanted)
        for kind in ("pretrained", "finetuned", "hardened")
    }
    return spec.model_copy(update={**kept, "guards": ()})


def _needs(step: Step) -> list[str]:
    """Return the names of the models that one comes from."""
    if isinstance(step, Pretrained):
        return []
    if isinstance(step, Finetuned):
        return [step.base]
    own = step.victim if isinstance(step, Guard) else step.base
    return [own, *([step.learn_on] if step.learn_on is not None else [])]


def _steps(spec: Specification) -> list[Step]:
    """Return all steps in the order of the sections, each after what it comes from.

    Raises:
        WeaklinkError: Models come from each other.
    """
    waiting, done = list(spec.made), list[Step]()
    while waiting:
        names = {step.name for step in waiting}
        ready = [step for step in waiting if not names.intersection(_needs(step)) - {step.name}]
        if not ready:
            raise WeaklinkError(
                f"{', '.join(sorted(names))} come from each other.", "Give one another base."
            )
        first = ready[0]
        done.append(first)
        waiting.remove(first)
    return done


def _folder_name(step: Step, places: Mapping[str, Path]) -> str:
    """Return the name and a digest of the recipe, so that another recipe makes another folder."""
    bases = [places.get(name) for name in _needs(step)] or [None]
    recipe = " ".join(str(base and base.name) for base in bases)
    # A field that is as by default is left out, so that folders keep the names of earlier versions.
    kept = step.model_dump_json(exclude={"instead_of", *COLUMNS}) + _version(step)
    if step.columns != GUESSED:
        kept += repr(step.columns)
    return f"{step.name}-{sha256(f'{recipe} {kept}'.encode()).hexdigest()[:8]}"


def _version(step: Step) -> str:
    """Return the version of a guard's method, which makes another detector than the one before."""
    method = installed().get(step.method) if isinstance(step, Guard) else None
    return f" {method.version}" if method is not None and method.version > 1 else ""


def _alike(step: Step, guards: Iterable[Guard], places: Mapping[str, Path]) -> Path | None:
    """Return where the detector is that a guard would be made as, for whichever model, if any."""
    if not isinstance(step, Guard):
        return None
    made = (one for one in guards if one.name in places)
    return next((places[one.name] for one in made if _recipe(one) == _recipe(step)), None)


def _recipe(guard: Guard) -> Guard:
    """Return a guard without what its detector does not depend on."""
    learn_on = guard.learn_on or guard.victim
    return guard.model_copy(update={"name": "", "victim": "", "learn_on": learn_on})


def _make(
    step: Step,
    out: Path,
    language: str,
    places: Mapping[str, Path],
    progress: Progress,
    learn: Learn | None,
) -> None:
    if isinstance(step, Pretrained):
        from weaklink.training.electra import pretrain

        pretrain(
            _texts(step.data, step.columns), out,
            data=step.data, steps=step.steps, seed=step.seed, progress=progress,
        )  # fmt: skip
        return
    if isinstance(step, Guard):
        _make_guard(step, out, language, places, progress, learn)
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
    split = load_split(step.data, **step.columns.options)
    if split.half_read:
        progress.tell(split.half_read)
    if isinstance(step, Finetuned):
        from weaklink.training.finetune import finetune

        finetune(
            base, split, out, samples=step.samples, recipe=recipe, base_name=name, progress=progress
        )
        return
    from weaklink.training.hardening.harden import Hardening, harden

    how = Hardening(
        defence=step.defence,
        settings=step.settings,
        stored=_stored(step, step.base, learn),
        samples=step.samples,
        recipe=recipe,
        base_name=name,
        language=language,
    )
    harden(base, split, out, how, progress)


def _make_guard(
    step: Guard,
    out: Path,
    language: str,
    places: Mapping[str, Path],
    progress: Progress,
    learn: Learn | None,
) -> None:
    from weaklink.defences.train import DetectorRecipe, train_detector

    name = step.learn_on or step.victim
    victim = load_victim(name, place=places.get(name))
    stored = _stored(step, step.victim, learn)
    recipe = DetectorRecipe(
        method=step.method, data=step.data, columns=step.columns, texts=step.texts, share=1.0,
        false_positives=step.false_positives, seed=step.seed, language=language,
    )  # fmt: skip
    train_detector(
        victim, out, recipe, store=None if stored is None else stored.store, place=places.get(name),
        progress=progress,
    )  # fmt: skip


def _stored(step: Hardened | Guard, own: str, learn: Learn | None) -> Stored | None:
    """Attack the model that a defence learns on, and return where that is stored."""
    if not step.attacked or learn is None:
        return None
    from weaklink.training.hardening.harden import Stored

    name = step.learn_on or own
    return Stored(store=learn(name, step), victim=name, share=1.0)


def _texts(names: Iterable[str], columns: Columns) -> list[str]:
    splits = (load_split(name, **columns.options) for name in names)
    return [part for split in splits for text in split.texts for part in segments(text)]
