"""``weaklink harden``: train a classifier further, so that attacks on it succeed less often."""

from __future__ import annotations

from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING, Annotated

import typer

from weaklink.cli.options import (
    FOR_PAIRS,
    TRAINING,
    AttackSegment,
    BatchSize,
    Data,
    Device,
    Epochs,
    LabelColumn,
    Language,
    LearningRate,
    MaxLength,
    PairColumn,
    Split,
    TextColumn,
    TrainingSamples,
    seed_option,
)
from weaklink.cli.resumable import run_resumably
from weaklink.errors import WeaklinkError
from weaklink.text import visible

if TYPE_CHECKING:
    from weaklink.progress import Progress
    from weaklink.training.hardening.saved import HardeningCard

_DATA = "Data"


def harden(
    model: Annotated[str, typer.Argument(help="Hub id or folder of a classifier.")],
    *,
    data: Data,
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    defence: Annotated[
        str,
        typer.Option(help="stored, fresh, replaced-tokens, freelb, or the name of a plug-in."),
    ] = "stored",
    set_: Annotated[
        list[str] | None,
        typer.Option("-P", metavar="NAME=VALUE", help="Set a setting of the defence; repeatable."),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(help="Store with outcomes to learn from.", rich_help_panel=_DATA),
    ] = None,
    victim: Annotated[
        str | None,
        typer.Option(
            help="The model in the store whose samples are learnt from (default: MODEL).",
            rich_help_panel=_DATA,
        ),
    ] = None,
    attacks: Annotated[
        str | None,
        typer.Option(
            help="Attacks to learn from, separated by commas (default: all).",
            rich_help_panel=_DATA,
        ),
    ] = None,
    share: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Share of the attacked samples to learn from.", rich_help_panel=_DATA
        ),
    ] = 0.5,
    split: Split = "train",
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    pair_column: PairColumn = None,
    attack_segment: AttackSegment = None,
    language: Language = "auto",
    samples: TrainingSamples = None,
    epochs: Epochs = 2,
    lr: LearningRate = 5e-5,
    batch_size: BatchSize = 32,
    max_length: MaxLength = 128,
    seed: Annotated[
        int, seed_option("Seed of samples, order and draws.", TRAINING)
    ] = 0,
    device: Device = "auto",
) -> None:  # fmt: skip
    """Train a classifier further with a defence, and record in its model card how."""
    from weaklink.victims.load import check_name

    check_name(model)
    from weaklink.data.columns import Columns
    from weaklink.data.datasets import load_for_training
    from weaklink.training.finetune_recipe import Recipe
    from weaklink.training.hardening.defence import find_defence
    from weaklink.training.hardening.harden import Hardening, Stored
    from weaklink.training.hardening.harden import harden as make

    names = None if attacks is None else tuple(one.strip() for one in attacks.split(","))
    how = Hardening(
        defence=defence,
        settings=find_defence(defence).settings_of(_words(set_ or ())),
        stored=None if store is None else Stored(
            store=store, victim=victim, attacks=names, share=share
        ),
        samples=samples,
        recipe=Recipe(epochs, lr, batch_size, max_length, seed, device),
        language=language,
    )  # fmt: skip

    def work(progress: Progress) -> HardeningCard:
        columns = Columns.named(text_column, label_column, pair_column, attack_segment)
        loaded = load_for_training(data, split, columns, progress, FOR_PAIRS)
        return make(model, loaded, out, how, progress)

    made = run_resumably(work, out.with_name(f".{out.name}.training"), "Checkpoints")
    typer.echo(
        visible(
            f"{out}: accuracy {made.accuracy:.3f} on {made.held_out} held-out samples, trained on "
            f"{made.samples} samples, {made.adversarial} stored adversarial texts and {made.made} "
            "that were found on the way."
        )
    )
    columns = {
        "--text-column": text_column, "--label-column": label_column,
        "--pair-column": pair_column, "--attack-segment": attack_segment,
    }  # fmt: skip
    given = [part for name, column in columns.items() if column for part in (name, column)]
    command = ["weaklink", "audit", model, "--hardened-model", str(out), "--data", data, *given]
    typer.echo(visible(f"Measure it: {join(command)}"))


def _words(assigned: list[str] | tuple[()]) -> dict[str, str]:
    words = {}
    for one in assigned:
        name, equals, value = one.partition("=")
        if not (name and equals):
            raise WeaklinkError(f"{one!r} is not a setting.", "Write NAME=VALUE, as ascents=2.")
        words[name] = value
    return words
