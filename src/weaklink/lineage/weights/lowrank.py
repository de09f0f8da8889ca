"""Whether what fine-tuning added has a low rank, as a merged adapter's has."""

from __future__ import annotations

import numpy as np

from weaklink.lineage.weights.compare import ALIKE, WeightsComparison
from weaklink.lineage.weights.sources import Weights

ROWS = 96
HIGHEST = 32
FALL = 30.0
"""By how much a singular value must be below the one before, where the rank ends."""


def low_rank(mine: Weights, theirs: Weights, seen: WeightsComparison) -> int | None:
    """Return the rank of the difference in the matrix that moved most, if it is a low one.

    More rows of that one matrix are read. A merged adapter of rank r leaves exactly r singular
    values that are not rounding (LoRA, arXiv 2106.09685, section 4.1).
    """
    related = [m for m in seen.layers if m.correlation > ALIKE and m.laid == "alike"]
    moved = [m for m in related if not m.equal and m.role.layer >= 0]
    if not moved:
        return None
    most = max(moved, key=lambda match: match.moved)
    place, other = mine.places[most.mine], theirs.places[most.theirs]
    count = min(ROWS, place.rows, other.rows)
    gap = mine.rows(most.mine, 0, count) - theirs.rows(most.theirs, 0, count)
    values = np.linalg.svd(gap.astype(np.float64), compute_uv=False)
    if values[0] == 0 or len(values) < 2 * 2:
        return None
    steps = values[:-1] / np.maximum(values[1:], 1e-12 * values[0])
    rank = int(np.argmax(steps)) + 1
    low = rank <= min(HIGHEST, len(values) // 2) and steps[rank - 1] > FALL
    return rank if low else None
