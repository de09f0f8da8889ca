"""All attempts of a campaign, and the successes that readers are shown."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from weaklink.measures.bounds import Bounds
from weaklink.measures.quality import ATTACKED, SUCCEEDED, valid
from weaklink.store.studies import Study
from weaklink.store.tables import KEY

ITEM = "item"
STRATA = ("attack", "dataset", "victim")
"""What texts are drawn by, the first of them always."""
Allocation: TypeAlias = Literal["proportional", "equal"]
"""How many texts a stratum has: by its share of the successes, or as many as every other one."""
_READ = (
    *KEY, *STRATA, "status", "original_text", "adversarial_text", "similarity",
    "original_perplexity", "adversarial_perplexity", "words", "words_changed", "text_before",
    "text_after",
)  # fmt: skip
_BESIDE = " ‖ "
"""Stands between the segments of a pair."""
_LEAST = 2
"""Texts of each stratum that are shown at least: one alone tells no spread."""


def attempts_of(study: Study, bounds: Bounds) -> pl.DataFrame:
    """Return every attempt that counts, one row each, without replays and references.

    Beside its key there are ``STRATA``, the texts (of pairs, both segments), ``success``,
    ``judged`` (whether the text is within the bounds) and ``cluster`` (the sample).
    """
    return (
        study.attempts(*_READ)
        .filter(ATTACKED)
        .select(
            *KEY,
            *STRATA,
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


def strata_of(attempts: pl.DataFrame, texts: int) -> tuple[str, ...]:
    """Return the columns of the finest strata of which each can have two of so many texts."""
    successes = attempts.filter("success")
    for depth in range(len(STRATA), 1, -1):
        if _LEAST * successes.select(STRATA[:depth]).n_unique() <= texts:
            return STRATA[:depth]
    return STRATA[:1]


def draw(
    attempts: pl.DataFrame, texts: int, seed: int, allocation: Allocation = "proportional"
) -> pl.DataFrame:
    """Return successes to be read, drawn at random within each stratum, in random order.

    Each stratum has two at least, if it has them.

    Args:
        attempts: As ``attempts_of`` gives them.
        texts: How many in all, about.
        seed: Chooses them.
        allocation: How many of them a stratum has.
    """
    generator = np.random.default_rng(seed)
    successes = attempts.filter("success")
    strata = successes.partition_by(strata_of(attempts, texts), maintain_order=True)
    if not strata:
        return successes.with_columns(pl.lit("").alias(ITEM))
    drawn = []
    for stratum in strata:
        share = 1 / len(strata) if allocation == "equal" else len(stratum) / len(successes)
        size = min(len(stratum), max(_LEAST, round(texts * share)))
        drawn.append(stratum[generator.permutation(len(stratum))[:size]])
    every = pl.concat(drawn)
    mixed = every[generator.permutation(len(every))]
    return mixed.with_columns(pl.Series(ITEM, [f"T{i:04}" for i in range(1, len(mixed) + 1)]))
