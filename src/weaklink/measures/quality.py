"""Whether an adversarial text still says the same, as expressions over columns of outcomes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from weaklink.measures.bounds import Bounds
from weaklink.measures.statistics.means import Floats
from weaklink.store.outcome import Status
from weaklink.text.changes import count_changed_characters

SUCCEEDED = pl.col("status") == str(Status.SUCCEEDED)
ATTACKED = pl.col("status").is_in(
    [str(s) for s in (Status.SUCCEEDED, Status.FAILED, Status.EXHAUSTED)]
)
"""An attempt that counts: an error says nothing, and a skipped one never began."""

PERPLEXITY_RATIO = pl.col("adversarial_perplexity") / pl.col("original_perplexity")
"""Perplexity of the adversarial text over that of the original: 1 is just as fluent."""

WORDS_CHANGED = pl.when(pl.col("words") > 0).then(
    (pl.col("words_changed") / pl.col("words")).clip(upper_bound=1.0)
)
"""Share of the words that the victim reads that were changed, in [0, 1]."""

CORRECT = pl.col("gold_index") == pl.col("original_index")
"""Whether the victim classified the original text correctly; null where unknown."""


def breaches(bounds: Bounds) -> dict[str, pl.Expr]:
    """Return, by measure, whether the adversarial text is out of bounds.

    A bound on what was not measured does not apply.
    """
    beyond = {
        "similarity": pl.col("similarity") < bounds.min_similarity,
        "perplexity": bounds.max_perplexity_ratio < PERPLEXITY_RATIO,
        "words changed": bounds.max_words_changed < WORDS_CHANGED,
    }
    return {name: breach.fill_null(value=False) for name, breach in beyond.items()}


def valid(bounds: Bounds) -> pl.Expr:
    """Return whether the adversarial text stays within every bound; null without such a text."""
    return pl.when(SUCCEEDED).then(~pl.any_horizontal(*breaches(bounds).values()))


def characters_changed(originals: Sequence[str], adversarials: Sequence[str]) -> Floats:
    """Return the edit distance of each pair of texts over the length of the original, in [0, 1].

    >>> characters_changed(["a fine film", ""], ["a fine firm", "a"])
    array([0.09090909, 1.        ])
    """
    lengths = np.array([len(text) for text in originals])
    edits = count_changed_characters(originals, adversarials)
    shares: Floats = np.divide(edits, lengths, out=np.ones(len(edits)), where=lengths > 0)
    return np.minimum(shares, 1.0)
