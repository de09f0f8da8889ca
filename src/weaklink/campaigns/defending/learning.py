"""Attacks that defences learn from: a campaign of their own, on samples apart from the study's."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from weaklink.campaigns.prepare.make import Learn, ancestors_of
from weaklink.campaigns.run import run
from weaklink.campaigns.specification import Guard, Hardened, Specification
from weaklink.campaigns.specification.sections import COLUMNS
from weaklink.engine import Models
from weaklink.progress import Progress
from weaklink.store import open_store

_STORE = "learning.db"
_OTHER_SEED = 1
"""Added to the study's: the samples of the study and these are drawn apart."""


def learning(
    spec: Specification, folder: Path, progress: Progress, models: Models | None = None
) -> Learn:
    """Return what attacks a model, so that a defence can learn from its vulnerable samples.

    Outcomes are in a store of their own in the study's folder; what has a key there is never asked
    again. A study leaves these samples out, as the defence says what it saw.

    Args:
        spec: The study.
        folder: Its folder.
        progress: Is told how far the work is.
        models: Encoder, tagger and the like; by default those that the specification names.
    """
    return partial(_attack, spec, folder, progress, models)


def _attack(
    spec: Specification,
    folder: Path,
    progress: Progress,
    models: Models | None,
    name: str,
    step: Hardened | Guard,
) -> Path:
    alone = ancestors_of(spec, name).model_copy(
        update={
            **step.model_dump(include=set(COLUMNS)),
            "name": "learning",
            "models": (name,),
            "chains": (),
            "selection": None,
            "guard": None,
            "hardened_model": None,
            "data": (step.data,),
            "samples": step.attacked,
            "attacks": step.attacks,
            "parameters": {k: v for k, v in spec.parameters.items() if k in step.attacks},
            "seed": spec.seed + step.seed + _OTHER_SEED,
            "text_transfer": False,
            "references": (),
            "threshold": None,
            "false_alarms": None,
            "calibrate": None,
            "language_model": None,
            "max_minutes": None,
            "until": "samples",
            "replay": None,
        }
    )
    path = folder / _STORE
    with open_store(path) as store:
        run(alone, store, progress, strict=True, folder=folder, models=models)
    return path
