"""All attempts of a campaign, and the successes that readers are shown."""

from __future__ import annotations

import numpy as np
import polars as pl

from weaklink.measures.bounds import Bounds
from weaklink.measures.quality import ATTACKED, SUCCEEDED, valid
from weaklink.store.studies import Study
from weaklink.store.tables import KEY

ITEM = "item"
_READ = (
    *KEY, "attack", "dataset", "status", "original_text", "adversarial_text", "similarity",
    "original_perplexity", "adversarial_perplexity", "words", "words_changed", "text_before",
    "text_after",
)  # fmt: skip
_BESIDE = " ‖ "
"""Stands between the segments of a pair."""
_LEAST = 2
"""Texts of each attack that are shown at least: one alone tells no spread."""


def attempts_of(study: Study, bounds: Bounds) -> pl.DataFrame:
    """Return every attempt that counts, one row each, without replays and references.

    Beside its key there are ``attack``, the texts (of pairs, both segments), ``success``,
    ``judged`` (whether the text is within the bounds) and ``cluster`` (the sample).
    """
    return (
        study.attempts(*_READ)
        .filter(ATTACKED)
        .select(
            *KEY,
            "attack",
            _in_pair("original_text"),
            _in_pair("adversarial_text"),
            SUCCEEDED.alias("success"),
            valid(bounds).fill_null(value=False).alias("judged"),
            pl.concat_str("data_fingerprint", "sample_id", separator=" ").alias("cluster"),
        )
    )


def _in_pair(name: str) -> pl.Expr:
    """Return a column of texts, with what stands beside each in a pair."""
    before, text, after = pl.col("text_before"), pl.col(name), pl.col("text_after")
    parts = (before + _BESIDE, text, _BESIDE + after)
    return pl.when(text.is_not_null()).then(pl.concat_str(parts, ignore_nulls=True)).alias(name)


def draw(attempts: pl.DataFrame, texts: int, seed: int) -> pl.DataFrame:
    """Return successes to be read, drawn at random within each attack, in random order.

    Each attack has as many as is its share of the successes, and two at least, if it has them.

    Args:
        attempts: As ``attempts_of`` gives them.
        texts: How many in all, about.
        seed: Chooses them.
    """
    generator = np.random.default_rng(seed)
    successes = attempts.filter("success")
    drawn = []
    for _, stratum in successes.group_by("attack", maintain_order=True):
        share = round(texts * len(stratum) / len(successes))
        size = min(len(stratum), max(_LEAST, share))
        drawn.append(stratum[generator.permutation(len(stratum))[:size]])
    if not drawn:
        return successes.with_columns(pl.lit("").alias(ITEM))
    every = pl.concat(drawn)
    mixed = every[generator.permutation(len(every))]
    return mixed.with_columns(pl.Series(ITEM, [f"T{i:04}" for i in range(1, len(mixed) + 1)]))
