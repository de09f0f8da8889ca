"""Trains the packaged reference victim: TF-IDF and a logistic regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from weaklink.cache import digest_of_parts
from weaklink.victims.tfidf import UNKNOWN, TfidfVictim, words_of

_RECIPE = "tfidf logistic regression 1"
_RARE = 2
"""Texts that a word of the vocabulary stands in at least."""
_STEPS = 1000
_DIGITS = 6
"""Weights are rounded, so that the order of sums in training makes no difference."""


def train_tfidf(
    name: str, texts: Sequence[str], gold: Sequence[int], labels: Sequence[str]
) -> TfidfVictim:
    """Train a logistic regression on the TF-IDF of words, with scikit-learn's default penalty.

    Args:
        name: How reports name it.
        texts: At least one of two labels each.
        gold: The label of each, an index into ``labels``.
        labels: Names of the labels, all of which occur.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(
        analyzer=words_of, min_df=_RARE if len(texts) > _RARE else 1, norm="l2"
    )
    vectors = vectorizer.fit_transform(texts)
    model = LogisticRegression(max_iter=_STEPS).fit(vectors, gold)
    weights, bias = model.coef_.T, model.intercept_
    if len(labels) == 2:  # noqa: PLR2004  scikit-learn keeps one column for two labels
        weights, bias = np.hstack([0 * weights, weights]), np.hstack([0 * bias, bias])
    hidden = set(words_of(UNKNOWN))
    rows = [str(part) for pair in zip(texts, gold, strict=True) for part in pair]
    return TfidfVictim(
        name=name,
        labels=tuple(labels),
        vocabulary={w: int(i) for w, i in vectorizer.vocabulary_.items() if w not in hidden},
        idf=vectorizer.idf_.round(_DIGITS),
        weights=weights.round(_DIGITS),
        bias=bias.round(_DIGITS),
        fingerprint=digest_of_parts([_RECIPE, *labels, *rows]),
        details={
            "source": f"trained here on {len(texts):,} texts",
            "architecture": "TF-IDF, logistic regression",
        },
    )
