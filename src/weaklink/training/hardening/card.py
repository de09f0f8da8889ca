"""The model card of a hardened model."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from weaklink.data.splits import Split
from weaklink.text import as_markdown, markdown_table
from weaklink.training.finetune_recipe import FinetuneResult, Recipe
from weaklink.training.hardening.saved import HardeningCard
from weaklink.training.model_card import PACKAGES, front_matter, write_card


def write_hardened_card(
    folder: Path, name: str, data: Split, recipe: Recipe, made: HardeningCard, seconds: float
) -> None:
    """Write the card: base model, data, the defence with its settings, and what came out.

    Args:
        folder: Where to write it.
        name: Of the folder that the model is to stand in.
        data: What the model was trained on.
        recipe: How it was trained.
        made: What was done.
        seconds: How long it took.
    """
    facts = {
        "base model": made.base,
        "defence": f"{made.defence} ({made.paper})",
        **{f"defence, {key.replace('_', ' ')}": str(one) for key, one in made.settings.items()},
        "data": f"{data.name}, split {data.split}, from {data.source}",
        "labels": ", ".join(data.labels),
        "trained on": f"{made.samples} samples (digests in training_samples.json)",
        "stored adversarial texts": f"{made.adversarial}, found on {made.learnt_on}"
        if made.adversarial
        else "none",
        "adversarial texts found while training": str(made.made),
        "attacks": ", ".join(made.attacks) or "none",
        "held-out accuracy": f"{made.accuracy:.4f} on {made.held_out} samples",
        **{key.replace("_", " "): str(value) for key, value in asdict(recipe).items()},
        "time": f"{seconds:.0f} s",
        "made with": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }
    result = FinetuneResult(folder.with_name(name), made.accuracy, made.samples, made.held_out, 0.0)
    base, on = as_markdown(made.base), as_markdown(data.name)
    said = (
        f"{base} trained further on {on} by `weaklink harden` with the defence "
        f"{as_markdown(made.defence)}. Whether that makes it more robust is not said here: measure "
        "it with `weaklink audit BASE --hardened-model FOLDER`."
    )
    table = markdown_table(("", ""), facts.items())
    write_card(folder, front_matter(made.base, data, result), f"{said}\n\n{table}")
