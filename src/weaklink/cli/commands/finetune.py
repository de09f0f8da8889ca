"""``weaklink finetune``: make a classifier that can be audited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from weaklink.cli.options import (
    FOR_PAIRS,
    TRAINING,
    BatchSize,
    Data,
    Device,
    Epochs,
    LabelColumn,
    LearningRate,
    MaxLength,
    PairColumn,
    Split,
    TextColumn,
    TrainingSamples,
    seed_option,
)
from weaklink.cli.resumable import run_resumably

if TYPE_CHECKING:
    from weaklink.progress import Progress
    from weaklink.training.finetune_recipe import FinetuneResult


def finetune(
    base: Annotated[str, typer.Argument(help="Hub id or folder of an encoder or a classifier.")],
    *,
    data: Data,
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    split: Split = "train",
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    pair_column: PairColumn = None,
    samples: TrainingSamples = None,
    epochs: Epochs = 1,
    lr: LearningRate = 2e-4,
    batch_size: BatchSize = 32,
    max_length: MaxLength = 128,
    seed: Annotated[int, seed_option("Seed of samples, order and new weights.", TRAINING)] = 0,
    device: Device = "auto",
) -> None:
    """Fine-tune an encoder or a classifier, and record in its model card how it was made."""
    from weaklink.victims.load import check_name

    check_name(base)
    from weaklink.data.columns import Columns
    from weaklink.data.datasets import load_for_training
    from weaklink.training.finetune import finetune as make
    from weaklink.training.finetune_recipe import Recipe

    def work(progress: Progress) -> FinetuneResult:
        columns = Columns.named(text_column, label_column, pair_column)
        loaded = load_for_training(data, split, columns, progress, FOR_PAIRS)
        recipe = Recipe(epochs, lr, batch_size, max_length, seed, device)
        return make(base, loaded, out, samples=samples, recipe=recipe, progress=progress)

    result = run_resumably(work, out.with_name(f".{out.name}.training"), "Checkpoints")
    Console().print(
        f"{result.folder}: accuracy {result.accuracy:.3f} on {result.held_out} held-out samples, "
        f"trained on {result.trained_on} in {result.seconds:.0f} s.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
