"""Outcomes as a data frame, and as a file for other tools."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from weaklink.errors import WeaklinkError
from weaklink.files import whole_file
from weaklink.store.outcome import Outcome
from weaklink.store.tables import to_row

COLUMNS: dict[str, type[pl.DataType]] = {
    "victim": pl.String,
    "attack": pl.String,
    "dataset": pl.String,
    "sample_id": pl.String,
    "repetition": pl.Int64,
    "status": pl.String,
    "original_text": pl.String,
    "adversarial_text": pl.String,
    "text_before": pl.String,
    "text_after": pl.String,
    "gold_label": pl.String,
    "original_label": pl.String,
    "adversarial_label": pl.String,
    "original_probability": pl.Float64,
    "adversarial_probability": pl.Float64,
    "queries": pl.Int64,
    "words": pl.Int64,
    "words_changed": pl.Int64,
    "similarity": pl.Float64,
    "original_perplexity": pl.Float64,
    "adversarial_perplexity": pl.Float64,
    "notes": pl.String,
    "seconds": pl.Float64,
    "error": pl.String,
    "gold_index": pl.Int64,
    "original_index": pl.Int64,
    "cut": pl.Boolean,
    "language_model": pl.String,
    "seed": pl.Int64,
    "victim_fingerprint": pl.String,
    "attack_fingerprint": pl.String,
    "data_fingerprint": pl.String,
}
"""Every field of an outcome and of its key, the readable ones first."""


def to_frame(outcomes: Iterable[Outcome]) -> pl.DataFrame:
    """Return the outcomes as a frame with the columns of ``COLUMNS``, one row each."""
    rows = (to_row(outcome) for outcome in outcomes)
    return pl.DataFrame(
        [tuple(row[name] for name in COLUMNS) for row in rows], schema=COLUMNS, orient="row"
    )


def export(frame: pl.DataFrame, path: Path) -> None:
    """Write the frame to a file, which appears whole or not at all.

    Args:
        frame: One outcome a row.
        path: Ends in ``.parquet``, or in ``.jsonl`` for one JSON object a line.

    Raises:
        WeaklinkError: The ending is another, or the file cannot be written.
    """
    if path.suffix not in {".parquet", ".jsonl"}:
        raise WeaklinkError(
            f"Outcomes cannot be exported to {path}: unknown ending {path.suffix!r}.",
            "End the name in .parquet or .jsonl.",
        )
    with whole_file(path) as partial:
        if path.suffix == ".parquet":
            frame.write_parquet(partial)
        else:
            frame.write_ndjson(partial)
