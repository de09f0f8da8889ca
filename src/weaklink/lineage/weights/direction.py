"""Which of two related models came first, and what decides it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from weaklink.lineage.weights.compare import ALIKE, WeightsComparison, compare
from weaklink.lineage.weights.layout import Anatomy, is_embedding
from weaklink.lineage.weights.sources import Weights

FIRST_DATE = datetime(2022, 3, 2, tzinfo=UTC)
"""The Hub dates everything older to this day."""

_NARROW = {"F16", "BF16", "I8", "U8", "F8_E4M3", "F8_E5M2"}
_DRIFT = 1e-6
_ALL_FOUND = 0.85


@dataclass(frozen=True, slots=True)
class Direction:
    """Which model came first.

    Attributes:
        downward: Whether the supposed upstream came first; None if nothing tells.
        decided: What decided, in words.
    """

    downward: bool | None
    decided: str


def direction(
    mine: Weights,
    theirs: Weights,
    my_anatomy: Anatomy,
    their_anatomy: Anatomy,
    seen: WeightsComparison,
) -> Direction:
    """Return which of two related models came first.

    In this order: layers taken out, rows or columns taken out, numbers rounded to a coarser grid,
    heads, dates, numbers set to zero, a lower rank, words added, a narrower type of storage, and
    how the weights drifted. Training adds to weights what is all but orthogonal to them, so that
    the older ones are whole in the newer (projection 1) and not the other way round; weight decay
    shrinks what training leaves alone.
    """
    signs = (
        _layers(mine, theirs, my_anatomy, their_anatomy),
        _rows(mine, theirs, seen),
        _columns(mine, theirs, my_anatomy, their_anatomy),
        _rounded(seen),
        _heads(my_anatomy, their_anatomy),
        _dates(mine, theirs),
        _zeros(seen),
        _reduced(seen),
        _words(mine, theirs, my_anatomy, their_anatomy),
        _storage(mine, theirs, seen),
        _decay(mine, theirs, seen),
        _projection(seen),
        _kurtosis(mine, theirs, seen),
    )
    return next((sign for sign in signs if sign), Direction(None, "nothing tells"))


def _layers(
    mine: Weights, theirs: Weights, my_anatomy: Anatomy, their_anatomy: Anatomy
) -> Direction | None:
    """Tell layers that were taken out from layers that were copied, where depths differ."""
    depths = my_anatomy.layers, their_anatomy.layers
    if depths[0] == depths[1] or not all(depths):
        return None
    deeper_is_mine = depths[0] > depths[1]
    two = ((mine, my_anatomy), (theirs, their_anatomy))
    deep, flat = two if deeper_is_mine else two[::-1]
    copied = compare(deep[0], flat[0], deep[1], flat[1]).share > _ALL_FOUND
    what = "copied" if copied else "taken out"
    text = f"layers were {what}: one has {depths[0]}, the other {depths[1]}"
    return Direction(copied == deeper_is_mine, text)


def _rows(mine: Weights, theirs: Weights, seen: WeightsComparison) -> Direction | None:
    """Look at matrices of layers, of which one model has fewer rows."""
    related = [m for m in seen.layers if m.correlation > ALIKE and m.laid == "alike"]
    found = [m for m in related if m.role.layer >= 0]
    sizes = [(mine.places[m.mine].rows, theirs.places[m.theirs].rows) for m in found]
    fewer, more = (any(a < b for a, b in ends) for ends in (sizes, [s[::-1] for s in sizes]))
    if fewer == more:
        return None
    a, b = next(size for size in sizes if size[0] != size[1])
    return Direction(fewer, f"rows were taken out: a matrix has {a:,}, the other's {b:,}")


def _columns(
    mine: Weights, theirs: Weights, my_anatomy: Anatomy, their_anatomy: Anatomy
) -> Direction | None:
    """Look at the tables of embeddings, of which one model's has fewer columns."""
    a, b = (
        max((w.places[name].columns for name in anatomy.body if is_embedding(name)), default=0)
        for w, anatomy in ((mine, my_anatomy), (theirs, their_anatomy))
    )
    if not a or not b or a == b:
        return None
    return Direction(a < b, f"columns were taken out: one has {a:,}, the other {b:,}")


def _rounded(seen: WeightsComparison) -> Direction | None:
    """Look whether all that changed is a rounding.

    Of a base that was rounded once, a matrix that training hardly moves looks like a rounding of
    what it became, so that one matrix tells nothing.
    """
    changed = [m for m in seen.matches if m.correlation > ALIKE and not m.equal]
    coarse = [all(m.rounded for m in changed), all(m.rounding for m in changed)]
    return None if coarse[0] == coarse[1] else Direction(coarse[0], "a coarser storage")


def _storage(mine: Weights, theirs: Weights, seen: WeightsComparison) -> Direction | None:
    """Look at the types that both are stored in: a base is seldom the narrower one."""
    stored = [
        {mine.places[m.mine].dtype for m in seen.matches},
        {theirs.places[m.theirs].dtype for m in seen.matches},
    ]
    coarse = [bool(found) and found <= _NARROW for found in stored]
    return None if coarse[0] == coarse[1] else Direction(coarse[0], "a coarser storage")


def _heads(mine: Anatomy, theirs: Anatomy) -> Direction | None:
    task = bool(mine.task_heads), bool(theirs.task_heads)
    trained = bool(mine.pretraining_heads), bool(theirs.pretraining_heads)
    if task[0] != task[1]:
        return Direction(task[0], "only one has a head for a task")
    if trained[0] != trained[1] and not any(task):
        return Direction(trained[1], "only one has its head of pre-training")
    return None


def _dates(mine: Weights, theirs: Weights) -> Direction | None:
    one, two = (_utc(weights.created) for weights in (mine, theirs))
    if one is None or two is None or abs(one - two) < timedelta(days=1):
        return None
    if max(one, two) - FIRST_DATE < timedelta(days=1):
        return None
    return Direction(two < one, f"created on {two:%Y-%m-%d}, and the other on {one:%Y-%m-%d}")


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


def _zeros(seen: WeightsComparison) -> Direction | None:
    """Look at numbers that were set to zero, which training would have moved away from it."""
    if seen.sparser is None:
        return None
    text = "numbers were set to zero: {:.0%} of one, {:.0%} of the other".format(*seen.zeros)
    return Direction(seen.sparser, text)


def _reduced(seen: WeightsComparison) -> Direction | None:
    """Look whether one is what is left of the other once directions are taken out."""
    if seen.reduced is None:
        return None
    return Direction(seen.reduced, "one is a projection of the other, as of a lower rank")


def _words(
    mine: Weights, theirs: Weights, my_anatomy: Anatomy, their_anatomy: Anatomy
) -> Direction | None:
    rows = [
        max((w.places[name].rows for name in a.body if is_embedding(name)), default=0)
        for w, a in ((mine, my_anatomy), (theirs, their_anatomy))
    ]
    if not all(rows) or rows[0] == rows[1]:
        return None
    return Direction(rows[0] > rows[1], f"words added: {rows[0]:,} rows and {rows[1]:,}")


def _decay(mine: Weights, theirs: Weights, seen: WeightsComparison) -> Direction | None:
    """Look at rows of embeddings that training never met: only decay changed these."""
    for match in seen.matches:
        if not is_embedding(match.mine):
            continue
        one, two = match.here.read(mine), match.there.read(theirs)
        a, b = np.linalg.norm(one, axis=1), np.linalg.norm(two, axis=1)
        cosine = (one * two).sum(1) / np.maximum(a * b, 1e-12)
        idle = (cosine > 1 - 1e-6) & (a > 0) & (b > 0)
        drift = float(np.median(a[idle] / b[idle] - 1)) if idle.sum() > 1 else 0.0
        if abs(drift) > _DRIFT:
            text = f"rows that training never met have shrunk by {abs(drift):.2e}"
            return Direction(drift < 0, text)
    return None


def _projection(seen: WeightsComparison) -> Direction | None:
    moved = [m for m in seen.layers if m.correlation > 0.2 and not m.equal]  # noqa: PLR2004
    if not moved:
        return None
    forth = abs(float(np.median([m.projection for m in moved])) - 1)
    back = abs(float(np.median([m.back for m in moved])) - 1)
    if max(forth, back) < 1e-5 or abs(forth - back) < 0.1 * max(forth, back):  # noqa: PLR2004
        return None
    text = f"what was added is orthogonal to one of them ({forth:.1e} and {back:.1e} off)"
    return Direction(forth < back, text)


def _kurtosis(mine: Weights, theirs: Weights, seen: WeightsComparison) -> Direction | None:
    """Compare tails: fine-tuning adds plain noise, which makes them lighter (MoTHer)."""
    gaps = list[float]()
    for match in seen.layers:
        if match.correlation > 0.2 and not match.equal:  # noqa: PLR2004
            gaps.append(_tails(match.here.read(mine)) - _tails(match.there.read(theirs)))
    if not gaps or abs(float(np.median(gaps))) < 1e-4:  # noqa: PLR2004
        return None
    gap = float(np.median(gaps))
    return Direction(gap < 0, f"kurtosis differs by {gap:+.1e}")


def _tails(rows: np.ndarray) -> float:
    centred = rows - rows.mean()
    return float((centred**4).mean() / ((centred**2).mean() ** 2 + 1e-24))
