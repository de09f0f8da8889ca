"""Boosted trees as arrays, so that a saved detector runs no code of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaklink.victims import Floats

LEARNT = {
    "n_estimators": 29, "max_depth": 3, "learning_rate": 0.34281802, "subsample": 0.61460966,
}  # fmt: skip
"""The settings that Mosca et al. found for XGBoost, as far as scikit-learn has them."""


def grow(rows: Floats, adversarial: NDArray[np.int64], seed: int) -> dict[str, Any]:
    """Return boosted trees (Friedman 2001) that tell adversarial rows from others, as arrays.

    Args:
        rows: Shape (texts, features).
        adversarial: 1 for each adversarial row, else 0.
        seed: Chooses the rows of each tree.
    """
    from sklearn.ensemble import GradientBoostingClassifier

    model = GradientBoostingClassifier(random_state=seed, **LEARNT).fit(rows, adversarial)
    trees = [tree.tree_ for tree in model.estimators_[:, 0]]
    nodes = max(tree.node_count for tree in trees)

    def padded(name: str) -> NDArray[Any]:
        parts = [getattr(tree, name).reshape(tree.node_count) for tree in trees]
        return np.stack([np.pad(part, (0, nodes - len(part))) for part in parts])

    share = adversarial.mean()
    return {
        "left": padded("children_left"),
        "right": padded("children_right"),
        "feature": padded("feature"),
        "threshold": padded("threshold"),
        "value": padded("value") * model.learning_rate,
        "prior": np.array([np.log(share / (1 - share))]),
    }


def log_odds(trees: Mapping[str, Any], rows: Floats) -> Floats:
    """Return the logarithm of the odds that each row is adversarial, shape (texts,).

    As scikit-learn does, rows are compared in single precision.
    """
    found = np.full(len(rows), float(trees["prior"][0]))
    narrow, every = rows.astype(np.float32), np.arange(len(rows))
    parts = (trees[name] for name in ("left", "right", "feature", "threshold", "value"))
    for left, right, feature, threshold, value in zip(*parts, strict=True):
        node = np.zeros(len(rows), dtype=np.int64)
        while (inner := left[node] >= 0).any() and (left[node] != node).any():
            goes_left = narrow[every, np.maximum(feature[node], 0)] <= threshold[node]
            node = np.where(inner, np.where(goes_left, left[node], right[node]), node)
        found += value[node]
    return found
