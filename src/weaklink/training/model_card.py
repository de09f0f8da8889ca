"""Model cards of trained models: base, data, figures and settings."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from huggingface_hub import EvalResult, ModelCardData

from weaklink.data.splits import Split
from weaklink.text import as_markdown, markdown_table
from weaklink.training.finetune_recipe import FinetuneResult, Recipe

PACKAGES = ("weaklink", "torch", "transformers", "tokenizers")
_TASK = "text-classification"


def write_card(folder: Path, front: ModelCardData, text: str) -> None:
    """Write ``README.md`` with the front matter that the Hub, and weaklink's lineage, read."""
    card = f"""---
{front.to_yaml()}
---

# {front.model_name}

{text}
"""
    (folder / "README.md").write_text(card, encoding="utf-8")


def write_classifier_card(
    folder: Path, base: str, data: Split, recipe: Recipe, result: FinetuneResult
) -> None:
    """Write the card of a fine-tuned classifier.

    Args:
        folder: Where to write it.
        base: What the card calls the model that it came from.
        data: What it was trained on.
        recipe: How it was trained.
        result: What came out.
    """
    facts = {
        "base model": base,
        "data": f"{data.name}, split {data.split}, from {data.source}",
        "labels": ", ".join(data.labels),
        "trained on": f"{result.trained_on} samples (digests in training_samples.json)",
        "held-out accuracy": f"{result.accuracy:.4f} on {result.held_out} samples",
        **{name.replace("_", " "): str(value) for name, value in asdict(recipe).items()},
        "time": f"{result.seconds:.0f} s",
        "made with": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }
    table = markdown_table(("", ""), facts.items())
    made = f"{as_markdown(base)} fine-tuned on {as_markdown(data.name)} by `weaklink finetune`."
    write_card(folder, front_matter(base, data, result), f"{made}\n\n{table}")


def front_matter(base: str, data: Split, result: FinetuneResult) -> ModelCardData:
    """Return the front matter of a classifier's card."""
    accuracy = EvalResult(
        task_type=_TASK,
        dataset_type=data.name,
        dataset_name=data.name,
        dataset_split=data.split,
        metric_type="accuracy",
        metric_value=round(result.accuracy, 4),
    )
    return ModelCardData(
        model_name=result.folder.name,
        base_model=base,
        base_model_relation="finetune",
        datasets=[data.name],
        eval_results=[accuracy],
        library_name="transformers",
        pipeline_tag=_TASK,
        metrics=["accuracy"],
    )
