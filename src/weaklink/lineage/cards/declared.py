"""Edges that metadata declare, for a whole snapshot at once: declared bases and configurations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from weaklink.lineage.cards.bases import base_id
from weaklink.lineage.catalogue import PATH, aliases_of, current
from weaklink.lineage.families import well_known
from weaklink.lineage.graph.edges import EDGES, STATED, UNRESOLVED

DECLARED = 1.0
CONFIGURED = 0.8

_TAG = r"^base_model:(finetune|adapter|quantized|merge):(.+)$"


Lookup = Callable[[str], str | None]
"""From an id to the id under which the Hub has that model today, or None."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What models declare as their bases.

    Attributes:
        edges: Edges, with the columns ``STATED``.
        unresolved: Bases that are not known models, with the columns ``UNRESOLVED``.
    """

    edges: pl.DataFrame
    unresolved: pl.DataFrame

    def less_repeated(self, told: pl.DataFrame) -> pl.DataFrame:
        """Return edges of cards without those in which a framework repeats an unresolved base."""
        repeated = self.unresolved.select(
            "downstream",
            key=pl.col("written").map_elements(lambda text: base_id(text) or "", pl.String),
        ).with_columns(pl.col("key").str.to_lowercase())
        framework = told.filter(pl.col("evidence_kind") == "framework").with_columns(
            key=pl.col("upstream").str.to_lowercase()
        )
        dropped = framework.join(repeated, on=["downstream", "key"], how="semi").drop("key")
        return told.join(dropped, on=["downstream", "upstream", "evidence_kind"], how="anti")


def declared(models: pl.LazyFrame, lookup: Lookup = lambda _: None) -> Declared:
    """Return what is declared as ``base_model``, with the relation declared or tagged.

    Where none is, several bases are a merge and one is fine-tuned, as the Hub infers. A base
    counts only if it is a model of the snapshot, of the tables of aliases and families, or one
    that ``lookup`` finds: people also write folders, words and models that never were.

    Args:
        models: The models of a snapshot.
        lookup: Asked for each other id.
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
    meanings = _meanings(edges, models, lookup)
    found = edges.join(meanings, on="written", how="anti").select(
        "downstream", "written", reason=pl.col("written").map_elements(_reason, pl.String)
    )
    unresolved = found.unique(maintain_order=True).match_to_schema(UNRESOLVED)
    return Declared(_resolved(edges, meanings), unresolved)


def _reason(written: str) -> str:
    return "no id of a model" if base_id(written) is None else "no model that is known"


def configured_edges(models: pl.LazyFrame) -> pl.DataFrame:
    """Return the edges that ``_name_or_path`` of old configurations gives; paths are not ids."""
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
    resolved = _resolved(edges, _meanings(edges, models))
    known = models.select(pl.col("id").alias("upstream")).collect()
    return resolved.join(known, on="upstream", how="semi")


def _resolved(edges: pl.DataFrame, meanings: pl.DataFrame) -> pl.DataFrame:
    """Replace what was written by the id that it means; drop what means none, and self-links."""
    return (
        edges.join(meanings, on="written")
        .filter(pl.col("upstream") != pl.col("downstream"))
        .select([pl.col(name).cast(EDGES[name]) for name in STATED])
    )


def _meanings(
    edges: pl.DataFrame, models: pl.LazyFrame, lookup: Lookup = lambda _: None
) -> pl.DataFrame:
    """Return, for each base as written, the id of the known model that it means."""
    written = (
        edges.select("written")
        .unique(maintain_order=True)
        .with_columns(name=pl.col("written").map_elements(base_id, pl.String))
        .drop_nulls("name")
    )
    ids = models.select("id").collect().with_columns(pl.col("id").alias("upstream"))
    exact = written.join(ids, left_on="name", right_on="id")
    rest = written.join(exact, on="written", how="anti")
    renames = _renames(models)
    through = _through_aliases(rest, ids, renames).with_columns(
        key=pl.col("upstream").str.to_lowercase()
    )
    folded = ids.select(pl.col("id").str.to_lowercase())["id"]
    bases = {model for family in well_known().families for model in family.ids()}
    known = [*folded, *aliases_of(renames), *(base.lower() for base in bases)]
    there = through.filter(pl.col("key").is_in(known))
    asked = through.join(there, on="written", how="anti").select(
        "written", upstream=pl.col("upstream").map_elements(lookup, pl.String)
    )
    columns = ("written", "upstream")
    return pl.concat([f.select(columns) for f in (exact, there, asked.drop_nulls("upstream"))])


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
