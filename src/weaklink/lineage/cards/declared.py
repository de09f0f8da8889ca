"""Edges that metadata declare, for a whole snapshot at once: declared bases and configurations."""

from __future__ import annotations

import polars as pl

from weaklink.lineage.catalogue import ID, PATH, aliases_of, current
from weaklink.lineage.graph.edges import EDGES, STATED

DECLARED = 1.0
CONFIGURED = 0.8

_ADDRESS = r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/"
_TAG = r"^base_model:(finetune|adapter|quantized|merge):(.+)$"


def declared_edges(models: pl.LazyFrame) -> pl.DataFrame:
    """Return the edges declared as ``base_model``, with the relation declared or tagged.

    Where none is, several bases are a merge and one is fine-tuned, as the Hub infers.
    """
    bases = (
        models.filter(pl.col("base_models").list.len() > 0)
        .select(
            pl.col("id").alias("downstream"),
            pl.col("base_models").alias("written"),
            pl.col("base_model_relation").alias("declared"),
            several=pl.col("base_models").list.len() > 1,
        )
        .explode("written")
        .collect()
    )
    tagged = (
        models.select("id", pl.col("tags"))
        .explode("tags")
        .filter(pl.col("tags").str.starts_with("base_model:"))
        .select(
            pl.col("id").alias("downstream"),
            pl.col("tags").str.extract(_TAG, 2).alias("written"),
            pl.col("tags").str.extract(_TAG, 1).alias("tagged"),
        )
        .drop_nulls()
        .unique(["downstream", "written"], keep="first", maintain_order=True)
        .collect()
    )
    inferred = pl.when(pl.col("several")).then(pl.lit("merge")).otherwise(pl.lit("finetune"))
    edges = bases.join(tagged, on=["downstream", "written"], how="left").with_columns(
        pl.coalesce("tagged", "declared", inferred).alias("relation"),
        pl.format("base_model: {}", "written").alias("quote"),
        evidence_kind=pl.lit("base_model"),
        tier=pl.lit("declared"),
        method=pl.lit("base_model"),
        confidence=pl.lit(DECLARED),
    )
    return _resolved(edges, models)


def configured_edges(models: pl.LazyFrame) -> pl.DataFrame:
    """Return the edges that ``_name_or_path`` of old configurations gives; paths are no ids."""
    edges = (
        models.filter(
            pl.col("name_or_path").is_not_null()
            & (pl.col("name_or_path") != pl.col("id"))
            & ~pl.col("name_or_path").str.contains(f"(?i){PATH.pattern}")
        )
        .select(
            pl.col("id").alias("downstream"),
            pl.col("name_or_path").alias("written"),
            pl.format("_name_or_path: {}", "name_or_path").alias("quote"),
            relation=pl.lit("finetune"),
            evidence_kind=pl.lit("config"),
            tier=pl.lit("text"),
            method=pl.lit("name_or_path"),
            confidence=pl.lit(CONFIGURED),
        )
        .collect()
    )
    resolved = _resolved(edges, models)
    known = models.select(pl.col("id").alias("upstream")).collect()
    return resolved.join(known, on="upstream", how="semi")


def _resolved(edges: pl.DataFrame, models: pl.LazyFrame) -> pl.DataFrame:
    """Replace what was written by the id that it means; drop what can be none, and self-links."""
    written = (
        edges.select("written")
        .unique()
        .with_columns(
            pl.col("written").str.replace(_ADDRESS, "").str.strip_chars(" /\"'").alias("name")
        )
        .filter(pl.col("name").str.contains(f"^(?:{ID.pattern})$"))
    )
    ids = models.select("id").collect().with_columns(pl.col("id").alias("upstream"))
    exact = written.join(ids, left_on="name", right_on="id")
    rest = written.join(exact, on="written", how="anti")
    meanings = pl.concat(
        [exact.select("written", "upstream"), _through_aliases(rest, ids, _renames(models))]
    )
    return (
        edges.join(meanings, on="written")
        .filter(pl.col("upstream") != pl.col("downstream"))
        .select([pl.col(name).cast(EDGES[name]) for name in STATED])
    )


def _renames(models: pl.LazyFrame) -> dict[str, str]:
    renamed = models.filter(pl.col("renamed_to").is_not_null()).select("id", "renamed_to").collect()
    return {old.lower(): new for old, new in renamed.iter_rows()}


def _through_aliases(
    written: pl.DataFrame, ids: pl.DataFrame, renames: dict[str, str]
) -> pl.DataFrame:
    """Find names in the snapshot whatever their case, or under another id of the same model."""
    aliases = ids.filter(pl.col("id").str.to_lowercase().is_in(list(aliases_of(renames))))
    known = {
        current(model_id, renames).lower(): model_id for (model_id,) in aliases.select("id").rows()
    }
    today = [current(name, renames) for name in written["name"]]
    folded = ids.select(pl.col("id").str.to_lowercase().alias("key"), "upstream").unique(
        "key", keep="first", maintain_order=True
    )
    return (
        written.with_columns(
            pl.Series("today", today, dtype=pl.String()),
            pl.Series("alias", [known.get(new.lower()) for new in today], dtype=pl.String()),
        )
        .with_columns(pl.col("today").str.to_lowercase().alias("key"))
        .join(folded, on="key", how="left")
        .select("written", pl.coalesce("upstream", "alias", "today").alias("upstream"))
    )
