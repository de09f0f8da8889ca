"""A binary classifier that learns from vulnerable samples what adversarial texts look like."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from weaklink.defences.detectors.protocol import (
    DetectorState,
    DetectorTask,
    Method,
    Score,
    TrainingExamples,
)
from weaklink.defences.victim_access import VictimAccess
from weaklink.errors import WeaklinkError
from weaklink.models.runtimes import Portable, Runtime
from weaklink.packaged import MINILM
from weaklink.victims import Floats, Victim

_FOLDER = "classifier"
_LABELS = ("unaltered", "adversarial")
_EPOCHS, _RATE, _LENGTH, _BATCH = 3, 2e-4, 128, 32
_STEPS = 100
"""Steps of 32 texts that are taken at least: few texts are seen more often."""
_LEAST = 10


def _fit(examples: TrainingExamples, _: VictimAccess, task: DetectorTask) -> DetectorState:
    """Fine-tune an encoder on the unaltered texts of samples and on what attacks made of them.

    Qin, Li, Wang and Wang 2024, section 7, propose a binary classifier on vulnerable samples. They
    describe none; here the packaged MiniLM is fine-tuned for three epochs, or more where texts are
    few, and reads 128 tokens. Of either kind as many texts are taken: the rarer kind is
    repeated, so that the score is no matter of how many attacks were made. The score is the
    logarithm of the odds that the text is adversarial. It asks the victim nothing.
    """
    from weaklink.data.splits import Split
    from weaklink.training.finetune import finetune
    from weaklink.training.finetune_recipe import Recipe

    texts, gold = _balanced(examples.originals, examples.adversarial)
    if len(texts) < _LEAST:
        raise WeaklinkError(
            f"{len(texts)} texts are too few to train a classifier.", "Attack more samples."
        )
    folder = str(MINILM.require("The encoder of the detector"))
    split = Split("vulnerable samples", "store", "train", _LABELS, texts, gold)
    epochs = max(_EPOCHS, math.ceil(_STEPS * _BATCH / len(texts)))
    recipe = Recipe(epochs, _RATE, _BATCH, max_length=_LENGTH, seed=task.seed, device=task.device)
    made = task.work / _FOLDER
    if not made.exists():
        finetune(
            folder, split, made, recipe=recipe, progress=task.progress,
            base_name="sentence-transformers/all-MiniLM-L6-v2",
        )  # fmt: skip
    made.rename(task.folder / _FOLDER)
    return DetectorState(values={"texts": len(texts)})


def _open(_: DetectorState, folder: Path, access: VictimAccess) -> Score:
    from weaklink.victims import load_victim

    device = access.victim.details.get("device", "cpu")
    return _LogOdds(load_victim(str(folder / _FOLDER), device=device))


class _LogOdds:
    """Scores texts by the log-odds of the classifier."""

    def __init__(self, classifier: Victim) -> None:
        self.name = classifier.name
        self._classifier = classifier
        self._access = VictimAccess(classifier)

    def __call__(self, texts: Sequence[str]) -> Floats:
        logits = self._access.logits(texts)
        return np.asarray(logits[:, 1] - logits[:, 0])

    def run_on(self, runtime: Runtime, texts: Sequence[str]) -> None:
        """Let ``runtime`` compute the classifier, if it supports runtimes."""
        if isinstance(self._classifier, Portable):
            self._classifier.run_on(runtime, texts)


def _balanced(originals: Sequence[str], adversarial: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return as many texts of either kind, and the kind of each."""
    many = max(len(originals), len(adversarial))
    kinds = [[part[i % len(part)] for i in range(many)] for part in (originals, adversarial)]
    return [*kinds[0], *kinds[1]], [0] * many + [1] * many


classifier = Method(
    name="classifier",
    paper="Qin, Li, Wang and Wang 2024, Adversarial Robustness of Open-source Text Classification "
    "Models and Fine-Tuning Chains, https://arxiv.org/abs/2408.02963",
    needs_adversarial=True,
    fit=_fit,
    open=_open,
)
