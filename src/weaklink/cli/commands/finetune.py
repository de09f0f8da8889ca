"""``weaklink finetune``: make a classifier that can be audited."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from weaklink.cli.options import Data, Device, LabelColumn, Split, TextColumn

_DATA, _TRAINING = "Data", "Training"
_INTERRUPTED = 130


def finetune(
    base: Annotated[str, typer.Argument(help="Hub id or folder of an encoder or a classifier.")],
    *,
    data: Data,
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    split: Split = "train",
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    samples: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Samples to draw (default: all). A tenth is held out.",
            rich_help_panel=_DATA,
        ),
    ] = None,
    epochs: Annotated[
        int, typer.Option(min=1, help="Passes over the samples.", rich_help_panel=_TRAINING)
    ] = 1,
    lr: Annotated[
        float, typer.Option(min=0, help="Peak learning rate.", rich_help_panel=_TRAINING)
    ] = 2e-4,
    batch_size: Annotated[
        int, typer.Option(min=1, help="Samples in a step.", rich_help_panel=_TRAINING)
    ] = 32,
    max_length: Annotated[
        int, typer.Option(min=1, help="Most tokens of a text.", rich_help_panel=_TRAINING)
    ] = 128,
    seed: Annotated[
        int, typer.Option(help="Seed of samples, order and new weights.", rich_help_panel=_TRAINING)
    ] = 0,
    device: Device = "auto",
) -> None:
    """Fine-tune an encoder or a classifier, and record in its model card how it was made."""
    from weaklink.cli.progress import Terminal
    from weaklink.data.datasets import load_split
    from weaklink.training.finetune import finetune as make
    from weaklink.training.finetune_recipe import Recipe

    recipe = Recipe(epochs, lr, batch_size, max_length, seed, device)
    try:
        with Terminal() as progress:
            progress.begin(f"Loading {data}")
            split_data = load_split(data, split, text_column=text_column, label_column=label_column)
            result = make(base, split_data, out, samples=samples, recipe=recipe, progress=progress)
    except KeyboardInterrupt:
        Console(stderr=True).print(
            f"Interrupted; {out} was not made. Run the same command again to resume."
        )
        raise typer.Exit(_INTERRUPTED) from None
    Console().print(
        f"{result.folder}: accuracy {result.accuracy:.3f} on {result.held_out} held-out samples, "
        f"trained on {result.trained_on} in {result.seconds:.0f} s.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
