"""Slices of matrices as numbers: how alike two are, and whether one is the other, rounded."""

from __future__ import annotations

import numpy as np

from weaklink.lineage.weights.headers import Floats

TINY = 1e-12


def to_scale(stored: Floats, other: Floats) -> Floats:
    """Scale each row of whole numbers to the other's, whose scales are stored elsewhere."""
    centred = stored - 128 if stored.min() >= 0 and stored.max() > 127 else stored  # noqa: PLR2004
    factor = (centred * other).sum(1) / ((centred**2).sum(1) + TINY)
    return np.asarray(centred * factor[:, None], dtype=np.float32)


def correlation(one: Floats, two: Floats) -> float:
    """Return the mean over rows of the correlation of two slices, rows and columns centred.

    What all rows or all columns share (the mean embedding, dimensions that are always large)
    is alike in models of separate starts, and is taken out. Rows are weighed alike, whatever
    the scale of each.

    >>> rows = np.arange(12.0, dtype=np.float32).reshape(3, 4) ** 2
    >>> round(correlation(rows, 3 * rows + 1), 6)
    1.0
    """
    return product(directions(one), directions(two))


def directions(rows: Floats) -> Floats:
    """Return rows with rows and columns centred, each of length 1, or 0 where it says nothing."""
    spread = rows.std(1, keepdims=True)
    scaled = (rows - rows.mean(1, keepdims=True)) / np.where(spread > 0, spread, 1)
    centred = scaled - scaled.mean(0, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    told = lengths > 1e-6  # noqa: PLR2004
    return np.asarray(np.where(told, centred / np.where(told, lengths, 1), 0), dtype=np.float32)


def product(one: Floats, two: Floats) -> float:
    """Return the mean product of rows that say something in both."""
    told = one.any(1) & two.any(1)
    return float((one[told] * two[told]).sum(1).mean()) if told.any() else 0.0


def is_rounded(one: Floats, two: Floats, stored: str) -> bool:
    """Tell whether one slice is another, rounded to a narrower type or to few steps a row."""
    gap = np.abs(one - two)
    size = np.abs(two)
    if stored in {"I8", "U8"}:
        scaled = to_scale(one, two)
        steps = size.max(1, keepdims=True) / 127
        return bool((np.abs(scaled - two) <= 1.1 * steps + TINY).all())
    if not gap.any():
        return False
    with np.errstate(over="ignore"):
        half = two.astype(np.float16).astype(np.float32)
    if any(np.array_equal(one, coarse) for coarse in (half, _brain(two), _brain(two, 0x7FFF))):
        return True
    if stored.startswith("F8"):
        return bool((gap <= size * 2**-2 + 2**-9).all())
    steps = size.max(1, keepdims=True) / 127
    return _on_a_grid(one) and bool((gap <= 0.6 * steps + TINY).all())


def _on_a_grid(rows: Floats) -> bool:
    """Tell whether the numbers of each row are multiples of a 127th of the largest."""
    largest = np.abs(rows).max(1, keepdims=True)
    steps = rows / np.where(largest > 0, largest, 1) * 127
    return bool((np.abs(steps - steps.round()) < 1e-2).all())  # noqa: PLR2004


def _brain(values: Floats, rounding: int = 0) -> Floats:
    """Return numbers as bfloat16 holds them: cut, or rounded to the nearest even ones (0x7FFF)."""
    bits = np.ascontiguousarray(values).view(np.uint32)
    odd = (bits >> 16) & 1 if rounding else 0
    return ((bits + np.uint32(rounding) + odd) & np.uint32(0xFFFF0000)).view(np.float32)
