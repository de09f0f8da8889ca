"""Cards that are copies of another owner's card, word for word or edited."""

from __future__ import annotations

import polars as pl

from weaklink.hub import Snapshot
from weaklink.lineage.cards.card import flat, read_card

SHORTEST = 20
COMMON = 10
SHARE = 0.5


class Copies:
    """The models of a snapshot whose card is half or more another owner's card.

    Lines are compared. Of the cards that hold a line, that of the most downloaded model is taken
    for the original. Short lines do not count, nor do those on cards of ten owners or more, which
    are a template's.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._originals = _originals(snapshot)
        texts = snapshot.cards.select("id", "text").filter(
            pl.col("id").is_in({name for names in self._originals.values() for name in names})
        )
        self._texts = dict(texts.collect().iter_rows())

    def copied(self, model: str, quote: str) -> bool:
        """Tell whether a quote from a model's card stands in a card that this is a copy of."""
        cards = (read_card(self._texts[name]) for name in self._originals.get(model, ()))
        return any(quote in flat(block.text) for card in cards for block in card.blocks)


def _originals(snapshot: Snapshot) -> dict[str, list[str]]:
    """Return, for each model whose card is a copy, those whose cards have its lines."""
    models = snapshot.models.select("id", "downloads").with_row_index("model").collect()
    owners = models.select("model", owner=pl.col("id").str.extract(r"^([^/]+)/").fill_null(""))
    ranked = owners.join(
        models.sort("downloads", descending=True, nulls_last=True, maintain_order=True)
        .with_row_index("rank")
        .select("model", "rank"),
        on="model",
    )
    lines = _lines(snapshot, models).join(ranked, on="model")
    told_apart = lines.filter(pl.col("owner").n_unique().over("line") < COMMON)
    origins = told_apart.with_columns(
        original=pl.col("model").sort_by("rank").first().over("line"),
        foreign=pl.col("owner") != pl.col("owner").sort_by("rank").first().over("line"),
    )
    copied = (
        origins.group_by("model")
        .agg(pl.col("foreign").mean(), pl.col("original").filter("foreign").unique())
        .filter(pl.col("foreign") >= SHARE)
    )
    ids = models["id"]
    return {
        ids[model]: [ids[original] for original in originals]
        for model, _, originals in copied.iter_rows()
    }


def _lines(snapshot: Snapshot, models: pl.DataFrame) -> pl.DataFrame:
    """Return the number of each model with the hash of each line of its card."""
    cards = snapshot.cards.filter(pl.col("text").is_not_null()).select("id", "text")
    found = [pl.DataFrame(schema={"model": pl.UInt32, "line": pl.UInt64})]
    for batch in cards.collect_batches(chunk_size=10_000):
        lines = batch.select("id", line=pl.col("text").str.split("\n")).explode("line")
        told = lines.with_columns(pl.col("line").str.strip_chars()).filter(
            pl.col("line").str.len_chars() >= SHORTEST
        )
        numbered = told.join(models.select("id", "model"), on="id")
        found.append(numbered.select("model", pl.col("line").hash()).unique())
    return pl.concat(found)
