"""What a weakness of one model reaches: everything that descends from it, weighted by downloads."""

from __future__ import annotations

import polars as pl

from weaklink.lineage.graph.surroundings import Surroundings


def exposure(around: Surroundings, models: pl.LazyFrame) -> pl.DataFrame:
    """Return the descendants of a model, the most downloaded first.

    Args:
        around: The model's surroundings.
        models: The models of the snapshot, for their downloads.

    Returns:
        Columns ``id``, ``depth`` (1: direct), ``relation`` and ``upstream`` (of one of its edges),
        ``downloads`` (30 days) and ``downloads_all_time``; each descendant once.
    """
    edges = around.edges.sort("confidence", descending=True).unique("downstream", keep="first")
    named = edges.select(pl.col("downstream").alias("id"), "relation", "upstream")
    counts = models.select("id", "downloads", "downloads_all_time")
    return (
        around.descendants.join(named, on="id", how="left")
        .lazy()
        .join(counts, on="id", how="left")
        .sort("downloads", "id", descending=[True, False], nulls_last=True)
        .collect()
    )
