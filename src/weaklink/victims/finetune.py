"""Fine-tunes an encoder or a classifier on labelled texts, into a folder that can be audited."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from weaklink.cache import make_folder
from weaklink.data.samples import Sample
from weaklink.data.splits import Split
from weaklink.data.training_samples import (
    digest_of_text,
    read_training_samples,
    write_training_samples,
)
from weaklink.errors import WeaklinkError
from weaklink.progress import Progress, Silent
from weaklink.victims.model_card import write_card
from weaklink.victims.training import Recipe, Student

HELD_OUT_SHARE = 0.1
MOST_HELD_OUT = 500


@dataclass(frozen=True, slots=True)
class FinetuneResult:
    """What came out of a fine-tuning.

    Attributes:
        folder: The folder of the new model.
        accuracy: Share of the held-out samples that it classifies correctly.
        trained_on: Number of samples that it was trained on.
        held_out: Number of samples that it was tested on, and not trained on.
        seconds: How long training and testing took.
    """

    folder: Path
    accuracy: float
    trained_on: int
    held_out: int
    seconds: float


def finetune(
    base: str,
    data: Split,
    out: Path,
    *,
    samples: int | None = None,
    recipe: Recipe | None = None,
    base_name: str | None = None,
    progress: Progress | None = None,
) -> FinetuneResult:
    """Fine-tune a model and save it with its tokenizer, a model card and the training samples.

    The folder appears when it is complete, so an interrupted fine-tuning leaves nothing behind
    and starts anew. Samples are drawn with the recipe's seed; the last tenth of them, at most 500,
    is held out. On a CPU the result is the same for the same seed, number of threads and versions.

    Args:
        base: Hub id or local folder of an encoder or a classifier with safetensors weights.
        data: What to train on.
        out: The folder to make.
        samples: How many samples to draw, held-out ones included; None for all.
        recipe: How to train.
        base_name: What the model card calls the base; ``base`` by default.
        progress: Is told how far the work is.

    Raises:
        WeaklinkError: The folder exists, the base cannot be trained, or there are too few samples.
    """
    recipe, progress = recipe or Recipe(), progress or Silent()
    if out.exists():
        raise WeaklinkError(f"{out} exists already.", "Choose another --out, or remove it first.")
    train, test = _halves(data.draw(samples, recipe.seed).samples)
    progress.begin(f"Loading {base}")
    student = Student(base, data.labels, recipe)
    began = time.monotonic()
    student.train(train, progress)
    accuracy = student.accuracy(test, progress)
    result = FinetuneResult(out, accuracy, len(train), len(test), time.monotonic() - began)

    def fill(folder: Path) -> None:
        student.save(folder)
        seen = {digest_of_text(sample.text) for sample in train}
        write_training_samples(folder, seen | read_training_samples(student.source.folder))
        write_card(folder, base_name or base, data, recipe, result)

    make_folder(out, fill)
    return result


def _halves(samples: Sequence[Sample]) -> tuple[Sequence[Sample], Sequence[Sample]]:
    """Return the samples to train on and those to hold out."""
    held_out = min(MOST_HELD_OUT, int(len(samples) * HELD_OUT_SHARE))
    if held_out == 0:
        raise WeaklinkError(
            f"{len(samples)} samples are too few to train on and to hold some out.",
            f"Give at least {round(1 / HELD_OUT_SHARE)}.",
        )
    return samples[:-held_out], samples[-held_out:]
