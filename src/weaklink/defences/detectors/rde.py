"""Robust density estimation: how likely a text's features are among those of its label."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from weaklink.defences.detectors.protocol import (
    DetectorState,
    DetectorTask,
    Method,
    Score,
    TrainingExamples,
)
from weaklink.defences.victim_access import VictimAccess
from weaklink.errors import WeaklinkError
from weaklink.files import whole_file
from weaklink.models.rounding import ambiguous
from weaklink.victims import Floats

_DIMENSIONS = 100
_TEXTS_A_DIMENSION = 5
"""Texts of a label for each dimension: fewer make no covariance."""
_LEAST_TEXTS = 20
_LEAST_SPREAD = 1e-4
"""Sum of squares that a dimension has at least."""
_GRID, _NOISE = 1e-2, 1e-4
"""Of the logarithm of a score. Measured on MiniLM, batches change it by 5e-6 at most."""
_AT_ONCE = 100
"""Texts whose features are kept together, for an interrupted training."""


def _fit(examples: TrainingExamples, access: VictimAccess, task: DetectorTask) -> DetectorState:
    """Estimate the density of the model's features for each label; needs no adversarial text.

    Yoo, Kim, Jang and Kwak 2022, section 3: features are the last layer's at the first token, they
    are reduced to 100 dimensions by a kernel PCA with a radial basis function (its width the
    authors' code's, 1 over the number of features), and each label's density is a Gaussian by the
    minimum covariance determinant (Rousseeuw 1984). As in the authors' code a text's score is the
    squared Mahalanobis distance from the label that the model predicts, by the location and the
    covariance of that estimate.

    Deviations: a score is rounded, to one of a hundred values between x and e x, so that it depends
    on its text alone and not on the batch that it is computed in. Texts are some of the data that
    the model was not trained on, where it says which it was; the authors take 8,000 of its training
    texts. With fewer than 500 texts of a label there are fewer dimensions, a fifth of the texts: a
    covariance of more is not estimated by so few; and none without any spread. A model that reads
    no special token first is looked at where its text ends.
    """
    from sklearn.covariance import MinCovDet
    from sklearn.decomposition import KernelPCA

    features, gold = _features(examples.clean, access, task), np.asarray(examples.gold)
    labels = np.unique(gold)
    fewest = min(int((gold == label).sum()) for label in labels)
    if fewest < _LEAST_TEXTS:
        raise WeaklinkError(
            f"A label has {fewest} texts only, too few to estimate its density.",
            f"Give at least {_LEAST_TEXTS} of each label with --texts.",
        )
    width = features.shape[1]
    dimensions = min(_DIMENSIONS, fewest // _TEXTS_A_DIMENSION)
    task.progress.begin("Estimating densities")
    reducer = KernelPCA(
        n_components=dimensions, kernel="rbf", gamma=1 / width, random_state=task.seed
    ).fit(features)
    kernel = np.exp(-_squares(features, features) / width)
    kept = max(1, int((reducer.eigenvalues_ > _LEAST_SPREAD).sum()))
    alphas = (reducer.eigenvectors_ / np.sqrt(reducer.eigenvalues_))[:, :kept]
    reduced = reducer.transform(features)[:, :kept]
    densities = [MinCovDet(random_state=task.seed).fit(reduced[gold == one]) for one in labels]
    return DetectorState(
        {
            "features": features,
            "columns": kernel.mean(axis=0),
            "alphas": alphas,
            "locations": np.stack([one.location_ for one in densities]),
            "precisions": np.stack([one.get_precision() for one in densities]),
            "labels": labels.astype(np.int64),
        },
        {"dimensions": kept, "texts": len(features)},
    )


def _open(state: DetectorState, _: Path, access: VictimAccess) -> Score:
    """Return the squared Mahalanobis distance of texts from the predicted label."""
    kept = {name: np.asarray(array, dtype=float) for name, array in state.arrays.items()}
    features, columns = kept["features"], kept["columns"]
    labels = [int(label) for label in kept["labels"]]
    densities = [*zip(kept["locations"], kept["precisions"], strict=True)]

    def logarithms(rows: Floats, predicted: NDArray[np.intp]) -> Floats:
        kernel = np.exp(-_squares(rows, features) / features.shape[1])
        centred = kernel - kernel.mean(axis=1, keepdims=True) - columns + columns.mean()
        reduced, squared = centred @ kept["alphas"], np.zeros(len(rows))
        for label, (location, precision) in enumerate(densities):
            away = reduced[predicted == label] - location
            squared[predicted == label] = ((away @ precision) * away).sum(axis=1)
        return np.asarray(np.log(np.maximum(squared, _GRID)))

    def score(texts: Sequence[str]) -> Floats:
        probabilities, rows = access.seen(texts)
        predicted = probabilities[:, labels].argmax(axis=1)
        found = logarithms(rows, predicted)
        near = np.flatnonzero(ambiguous(found, _GRID, _NOISE))
        if near.size:
            alone = access.features([texts[place] for place in near.tolist()])
            found[near] = logarithms(alone, predicted[near])
        return np.exp(np.round(found / _GRID) * _GRID)

    return score


def _features(texts: Sequence[str], access: VictimAccess, task: DetectorTask) -> Floats:
    """Return the features of texts, shape (texts, width); an interrupted training goes on."""
    task.progress.begin("Computing features", len(texts))
    task.work.mkdir(parents=True, exist_ok=True)
    parts = []
    for start in range(0, len(texts), _AT_ONCE):
        some, path = texts[start : start + _AT_ONCE], task.work / f"features-{start}.npy"
        if not path.is_file():
            found = access.features(some)
            with whole_file(path) as partial, partial.open("wb") as file:
                np.save(file, found)
        task.progress.advance(len(some))
        parts.append(np.load(path, allow_pickle=False))
    return np.concatenate(parts)


def _squares(first: Floats, second: Floats) -> Floats:
    """Return the squared distances of two sets of rows, shape (first, second)."""
    lengths = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    return np.asarray(np.maximum(lengths - 2 * first @ second.T, 0.0))


rde = Method(
    name="rde",
    paper="Yoo, Kim, Jang and Kwak 2022, Detection of Word Adversarial Examples in Text "
    "Classification: Benchmark and Baseline via Robust Density Estimation, "
    "https://arxiv.org/abs/2203.01677",
    needs_adversarial=False,
    uses_adversarial=False,
    fit=_fit,
    open=_open,
    version=3,
)
