"""Signatures: a few kilobytes of a model's weights by which relatives are found among thousands."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from weaklink.lineage.weights.headers import Floats, TensorPlace
from weaklink.lineage.weights.layout import Anatomy, anatomy, is_embedding, window
from weaklink.lineage.weights.sources import Weights

MATRICES = 8
DIMENSIONS = 128
VERSION = 1
"""Of how a signature is made; raised whenever that changes."""

REQUESTS, BYTES = MATRICES + 2, 500_000
"""What one costs: the listing of files, a header, and the matrices; 32 KB each, and the header."""

Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Signature:
    """A model's matrices, each as 128 random projections of a slice of it.

    Attributes:
        widths: Columns and rows looked at, of each matrix: only equal ones compare.
        vectors: One row for each matrix, of length 1 (n x 128): products estimate correlations.
        raw: The same projections of the numbers as they are, for distances (n x 128).
        layers: Number of layers of the model.
        task_head: Whether it has a head for a task.
        created: When it came to the Hub, if known.
    """

    widths: NDArray[np.int64]
    vectors: Numbers
    raw: Numbers
    layers: int
    task_head: bool
    created: datetime | None

    def to_bytes(self) -> bytes:
        """Return the signature for keeping."""
        kept = io.BytesIO()
        created = self.created.isoformat() if self.created else ""
        np.savez(
            kept, widths=self.widths, vectors=self.vectors.astype(np.float16), raw=self.raw,
            facts=np.array([str(self.layers), str(int(self.task_head)), created]),
        )  # fmt: skip
        return kept.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Signature:
        """Read one that was kept."""
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            layers, head, created = (str(fact) for fact in kept["facts"])
            return cls(
                kept["widths"],
                kept["vectors"].astype(np.float32),
                kept["raw"],
                int(layers),
                head == "1",
                datetime.fromisoformat(created) if created else None,
            )


def signature(weights: Weights) -> Signature | None:
    """Return a model's signature, or None where fewer than two matrices can be read.

    The projections are random signs (Achlioptas, 2003) that depend on the slice's shape alone, so
    that the product of two signatures' rows is the correlation of the slices, ±0.09.
    """
    found = anatomy(weights)
    names = _chosen(found)
    slices = [(weights.places[n], weights.rows(n, *window(weights.places[n]))) for n in names]
    told = [(place, rows) for place, rows in slices if np.isfinite(rows).all() and rows.any()]
    if len(told) < 2:  # noqa: PLR2004
        return None
    projected = [_projected(_centred(rows), place) for place, rows in told]
    vectors = np.stack([p / max(float(np.linalg.norm(p)), 1e-12) for p in projected])
    raw = np.stack([_projected(rows, place) for place, rows in told])
    return Signature(
        np.array([[place.columns, window(place)[1]] for place, _ in told]),
        vectors.astype(np.float32),
        raw.astype(np.float32),
        found.layers,
        bool(found.task_heads),
        weights.created,
    )


def _chosen(found: Anatomy) -> list[str]:
    """Choose the embeddings, and matrices of the first, a middle and the last layer by kind."""
    tables = [name for name in found.body if is_embedding(name)][:1]
    layers = sorted({role.layer for role in found.body.values() if role.layer >= 0})
    if not layers:
        return [*found.body][:MATRICES]
    wanted = [layers[0], layers[len(layers) // 2], layers[-1]]
    by_kind = sorted({role.kind for role in found.body.values() if role.layer >= 0})
    named = {role: name for name, role in found.body.items()}
    inside = [
        named[role]
        for layer in dict.fromkeys(wanted)
        for kind in _spread(by_kind, 3)
        for role in named
        if (role.kind, role.layer) == (kind, layer)
    ]
    return [*tables, *inside][:MATRICES]


def _spread(kinds: list[str], count: int) -> list[str]:
    places = np.linspace(0, len(kinds) - 1, min(count, len(kinds))).round().astype(int)
    return [kinds[place] for place in dict.fromkeys(places.tolist())]


def _centred(rows: Floats) -> Floats:
    spread = rows.std(1, keepdims=True)
    scaled = (rows - rows.mean(1, keepdims=True)) / np.where(spread > 0, spread, 1)
    return np.asarray(scaled - scaled.mean(0, keepdims=True), dtype=np.float32)


def _projected(rows: Floats, place: TensorPlace) -> Numbers:
    signs = _signs(place.columns, rows.shape[0])
    return np.asarray(rows.ravel() @ signs / np.sqrt(DIMENSIONS), dtype=np.float32)


@lru_cache(maxsize=16)
def _signs(columns: int, rows: int) -> Numbers:
    drawn = np.random.default_rng([columns, rows, VERSION])
    size = (columns * rows, DIMENSIONS)
    return drawn.integers(0, 2, size, np.int8) * np.float32(2) - np.float32(1)
