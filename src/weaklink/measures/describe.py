"""What an attack cost and what became of its texts, as means over its attempts."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weaklink.measures.arrays import Descriptions
from weaklink.measures.quality import ATTACKED, PERPLEXITY_RATIO, SUCCEEDED, WORDS_CHANGED
from weaklink.measures.statistics.means import Floats, mean_known

PERCENTILES = (5, 25, 50, 75, 95)
_SHARES = np.array(PERCENTILES).reshape(1, 1, -1) / 100

NUMBERS: Mapping[str, pl.Expr] = {
    "queries": pl.when(ATTACKED).then(pl.col("queries")),
    "queries_of_successes": pl.when(SUCCEEDED).then(pl.col("queries")),
    "words_changed": pl.when(SUCCEEDED).then(WORDS_CHANGED),
    "similarity": pl.when(SUCCEEDED).then(pl.col("similarity")),
    "perplexity_ratio": pl.when(SUCCEEDED).then(PERPLEXITY_RATIO),
    "succeeded": pl.when(SUCCEEDED).then(1.0),
    "seconds": pl.col("seconds"),
}
"""Of each attempt; null where it has no part in a figure."""


def describe(numbers: Mapping[str, Floats], notes: Mapping[str, Floats]) -> Descriptions:
    """Return means, medians and percentiles.

    Args:
        numbers: Of shape (models, attacks, samples, repetitions), NaN where an attempt has none.
        notes: The same by the name of the note.
    """
    from scipy.stats import quantile

    flat = {name: _flat(values) for name, values in (*numbers.items(), *notes.items())}
    successes = np.nansum(flat["succeeded"], axis=-1)
    measured = (~np.isnan(flat["perplexity_ratio"])).sum(axis=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of slices without a number
        medians = {
            name: np.nanmedian(flat[name], axis=-1) for name in ("queries", "perplexity_ratio")
        }
        percentiles = quantile(
            flat["queries_of_successes"], _SHARES, axis=-1, nan_policy="omit", keepdims=True
        )
    figures = {
        "queries_mean": mean_known(flat["queries"]),
        "queries_median": medians["queries"],
        "words_changed_mean": mean_known(flat["words_changed"]),
        "characters_changed_mean": mean_known(flat["characters_changed"]),
        "similarity_mean": mean_known(flat["similarity"]),
        "perplexity_ratio_median": medians["perplexity_ratio"],
        "fluency_missing": successes - measured,
        "seconds": np.nansum(flat["seconds"], axis=-1),
    }
    means = {name: mean_known(flat[name]) for name in sorted(notes)}
    return Descriptions(figures, percentiles, means)


def joined(
    parts: Sequence[tuple[NDArray[np.int64], Descriptions]],
    shape: tuple[int, int],
    order: Sequence[int],
) -> Descriptions:
    """Return the descriptions of several parts as one.

    Args:
        parts: Each with the places of its models.
        shape: Numbers of models and attacks.
        order: The models to return, by place.
    """
    figures: dict[str, Floats] = {}
    notes: dict[str, Floats] = {}
    percentiles = np.full((*shape, len(PERCENTILES)), np.nan)
    for models, part in parts:
        percentiles[models] = part.percentiles
        for whole, some in ((figures, part.figures), (notes, part.notes)):
            for name, values in some.items():
                whole.setdefault(name, np.full(shape, np.nan))[models] = values
    return Descriptions(
        {name: values[order] for name, values in figures.items()},
        percentiles[order],
        {name: notes[name][order] for name in sorted(notes)},
    )


def _flat(values: Floats) -> Floats:
    """Return samples and repetitions as one axis."""
    return values.reshape(*values.shape[:2], -1)
