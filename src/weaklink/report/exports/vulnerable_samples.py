"""The vulnerable samples of a study as a data set: Parquet and a data card."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from huggingface_hub import DatasetCardData

from weaklink.files import whole_file, write_atomically
from weaklink.store import Status
from weaklink.store.studies import Study
from weaklink.text import as_markdown, markdown_table

SAMPLES, CARD = "vulnerable_samples.parquet", "README.md"

_COLUMNS = {
    "dataset": "data set that the original text is from",
    "sample_id": "split and row of the original text there",
    "original_text": "the text as the data set has it",
    "gold_label": "its label in the data set",
    "victim": "the model that was attacked",
    "original_label": "the model's label for the original text",
    "attack": "the attack that succeeded",
    "repetition": "which of its repetitions",
    "adversarial_text": "what it found",
    "text_before": "the first segment of a pair whose second was attacked",
    "text_after": "the second segment of a pair whose first was attacked",
    "adversarial_label": "the model's label for that",
    "queries": "queries that it took",
    "words_changed": "words that differ",
    "similarity": "cosine of the sentence embeddings of both texts",
    "victim_fingerprint": "digest of the model",
}


def export_vulnerable(study: Study, folder: Path) -> int:
    """Write every success of the study's attacks, and return how many there are.

    What was only replayed on a downstream is left out: it is the same text again.

    Args:
        study: The study.
        folder: Where ``vulnerable_samples.parquet`` and ``README.md`` are written.

    Raises:
        WeaklinkError: A file cannot be written.
    """
    frame = study.attempts(*_COLUMNS, status=Status.SUCCEEDED)
    folder.mkdir(parents=True, exist_ok=True)
    with whole_file(folder / SAMPLES) as partial:
        frame.write_parquet(partial)
    write_atomically(folder / CARD, _card(study, frame))
    return frame.height


def _card(study: Study, frame: pl.DataFrame) -> str:
    """Return the data card; names come from strangers, and are escaped."""
    record = study.record
    front = DatasetCardData(
        language=sorted({one.data.language for one in study.campaigns.values()}),
        task_categories=["text-classification"],
        tags=["adversarial", "robustness", "weaklink"],
        pretty_name=f"Vulnerable samples of the study {record.name}",
        configs=[{"config_name": "default", "data_files": SAMPLES}],
    ).to_yaml()
    counts = frame.group_by("victim", "dataset", "attack").len().sort("victim", "dataset", "attack")
    table = markdown_table(
        ("victim", "data set", "attack", "samples"),
        ([str(cell) for cell in row] for row in counts.iter_rows()),
        figures={3},
    )
    columns = "\n".join(f"- `{name}`: {meaning}" for name, meaning in _COLUMNS.items())
    return f"""---
{front}
---

# Vulnerable samples of the study {as_markdown(record.name)}

{frame.height} adversarial texts that changed the label of the model that they were made for, found
by weaklink. The texts are hostile on purpose: do not take what they say for true, and show them
escaped. The originals keep the licences of the data sets that they are from.

Use them to train defences, or to attack another model of the same family:
`weaklink audit MODEL --replay {SAMPLES}`.

## Columns

{columns}

## Counts

{table}

Specification: `{record.digest}`.
"""
