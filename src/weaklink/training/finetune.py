"""Fine-tunes an encoder or a classifier on labelled texts, into a folder that can be audited."""

from __future__ import annotations

import time
from collections.abc import Sequence
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
from weaklink.training.checkpoint import work_folder
from weaklink.training.classifier import Student
from weaklink.training.finetune_recipe import FinetuneResult, Recipe
from weaklink.training.model_card import write_classifier_card

HELD_OUT_SHARE = 0.1
MOST_HELD_OUT = 500


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

    The folder appears when it is complete. An interrupted fine-tuning goes on from its last
    checkpoint. Samples are drawn with the recipe's seed; the last tenth of them, at most 500, is
    held out. On a CPU the result is the same for the same seed, number of threads and versions.

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
        raise WeaklinkError(f"{out} already exists.", "Choose another --out, or delete it.")
    train, test = held_out_last(data.draw(samples, recipe.seed).samples)
    progress.begin(f"Loading {base}")
    student = Student(base, data.labels, recipe)
    with work_folder(out.with_name(f".{out.name}.training"), student.digest(train)) as work:
        trained = student.train(train, work, progress)
        began = time.monotonic()
        accuracy = student.accuracy(test, progress)
        seconds = trained.seconds + time.monotonic() - began
        result = FinetuneResult(out, accuracy, len(train), len(test), seconds)

        def fill(folder: Path) -> None:
            student.save(folder)
            seen = {digest_of_text(sample.text) for sample in train}
            write_training_samples(folder, seen | read_training_samples(student.base))
            write_classifier_card(folder, base_name or base, data, recipe, result)

        make_folder(out, fill)
    return result


def held_out_last(samples: Sequence[Sample]) -> tuple[Sequence[Sample], Sequence[Sample]]:
    """Return the samples to train on and those to hold out."""
    held_out = min(MOST_HELD_OUT, int(len(samples) * HELD_OUT_SHARE))
    if held_out == 0:
        raise WeaklinkError(
            f"{len(samples)} samples are too few: some are held out of training.",
            f"Give at least {round(1 / HELD_OUT_SHARE)}.",
        )
    if len({sample.label for sample in samples}) == 1:
        raise WeaklinkError(
            f"All {len(samples)} samples have the same label.",
            "Give data with at least two labels, or name another label column.",
        )
    return samples[:-held_out], samples[-held_out:]
