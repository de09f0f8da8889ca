"""How often a forecast's interval holds the rate that the next link measures, as a table.

    python -m benchmarks.statistics.forecast [--runs 3000]

Models of lineages are drawn, each link measured on n samples, of which upstream and downstream
share the difficulty. Half of the lineages have one link, the others two. A new link of another
lineage is then measured, and its rate compared with the interval. Worlds, by what a downstream
does to the upstream's rate:

- angle: moves it by a normal amount on the scale of the forecast (sd 0.3);
- logit: the same on the scale of logits (sd 0.6);
- points: the same in points (sd 10), cut at 0 and 1;
- strong, weak: as logit, of attacks that succeed on some 95 or 5 %;
- anew: has nothing to do with the upstream's rate;
- skewed: most links keep the rate, one in five raises it a lot.

Beside the forecast, the same interval from differences in points and in logits. A second table is
of links that were measured on more samples than the ancestor and the model.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import product

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.prediction import angle, predict_next, rate_at

WORLDS = ("angle", "logit", "points", "strong", "weak", "anew", "skewed")
FEWER, FEW = ("angle", "logit", "strong", "skewed"), 30
CLOSE = 1e-9
SHARED, ALIKE = 0.6, 0.5
"""Correlation of a sample's fate on both ends, and of the shifts of one lineage."""
Draw = np.random.Generator


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=3000)
    runs = parser.parse_args().runs
    print("| world | n | lineages | forecast | width, points | in points | in logits |")
    print("| --- | --: | --: | --: | --: | --: | --: |")
    for world, n, lineages in product(WORLDS, (30, 100), (5, 10, 20)):
        draw = np.random.default_rng(1)
        told = np.array([one_run(draw, world, n, lineages) for _ in range(runs)]).mean(axis=0)
        held, width, points, logits = 100 * told
        cells = f"{held:.1f} | {width:.0f} | {points:.1f} | {logits:.1f}"
        print(f"| {world} | {n} | {lineages} | {cells} |", flush=True)
    print("\n| world | n of links | n | lineages | forecast | without the addition |")
    print("| --- | --: | --: | --: | --: | --: |")
    for world, many, lineages in product(FEWER, (100, 300), (5, 20)):
        draw = np.random.default_rng(2)
        held = np.array([of_fewer(draw, world, many, lineages) for _ in range(runs // 2)])
        told = " | ".join(f"{share:.1f}" for share in 100 * held.mean(axis=0))
        print(f"| {world} | {many} | {FEW} | {lineages} | {told} |", flush=True)


def one_run(draw: Draw, world: str, n: int, lineages: int) -> tuple[float, float, float, float]:
    """Return whether the interval holds, its width, and whether those of other scales hold."""
    clusters = np.concatenate([np.arange(lineages), np.arange(lineages // 2), [lineages]])
    up, down = measured(draw, *true_rates(draw, world, clusters), n)
    shifts = angle(down, n) - angle(up, n)
    found = predict_next(shifts[:-1], clusters[:-1], least=0.5 / n)
    middle = float(angle(up[-1], n)) + found.value
    low, high = (rate_at(middle + sign * found.half, n) for sign in (-1, 1))
    held = low - CLOSE <= down[-1] <= high + CLOSE
    return (held, high - low, *(by(scale, up, down, clusters) for scale in (in_points, logits(n))))


def of_fewer(draw: Draw, world: str, many: int, lineages: int) -> tuple[bool, bool]:
    """Return whether the interval for a model with few samples holds, and without its addition."""
    clusters = np.concatenate([np.arange(lineages), np.arange(lineages // 2), [lineages]])
    above, below = true_rates(draw, world, clusters)
    up, down = measured(draw, above[:-1], below[:-1], many)
    shifts = angle(down, many) - angle(up, many)
    mine, new = measured(draw, above[-1:], below[-1:], FEW)
    held = []
    for more in (1 / FEW - 1 / many, 0.0):
        found = predict_next(shifts, clusters[:-1], least=0.5 / FEW, more=more)
        middle = float(angle(mine[0], FEW)) + found.value
        low, high = (rate_at(middle + sign * found.half, FEW) for sign in (-1, 1))
        held.append(low - CLOSE <= new[0] <= high + CLOSE)
    return held[0], held[1]


def in_points(rates: Floats) -> Floats:
    """Return rates as they are."""
    return rates


def logits(n: int) -> Callable[[Floats], Floats]:
    """Return the scale of logits, on which half a sample is added to both sides."""
    return lambda rates: logit((rates * n + 0.5) / (n + 1))


def by(scale: Callable[[Floats], Floats], up: Floats, down: Floats, clusters: Floats) -> bool:
    """Return whether an interval of differences on a scale holds, cut at 0 and 1."""
    shifts = scale(down) - scale(up)
    found = predict_next(shifts[:-1], clusters[:-1])
    middle = scale(up)[-1] + found.value
    least, most = scale(np.array([0.0, 1.0]))
    low, high = np.clip([middle - found.half, middle + found.half], least, most)
    return bool(low - CLOSE <= scale(down)[-1] <= high + CLOSE)


def true_rates(draw: Draw, world: str, clusters: Floats) -> tuple[Floats, Floats]:
    """Return the rates of both ends of every link, whose shifts are alike within a lineage."""
    size = len(clusters)
    own = draw.normal(size=size) * np.sqrt(1 - ALIKE)
    shift = draw.normal(size=clusters.max() + 1)[clusters] * np.sqrt(ALIKE) + own
    level = draw.normal(size=clusters.max() + 1)[clusters]
    if world in {"strong", "weak"}:
        rate = draw.beta(30, 1.5, size=clusters.max() + 1)[clusters]
        rate = np.clip(rate if world == "strong" else 1 - rate, 1e-4, 1 - 1e-4)
        return rate, expit(logit(rate) + 0.5 * shift)
    rate = expit(level)
    if world == "angle":
        moved = np.clip(2 * np.arcsin(np.sqrt(rate)) + 0.1 + 0.3 * shift, 0, np.pi)
        return rate, np.sin(moved / 2) ** 2
    if world == "points":
        return rate, np.clip(rate + 0.03 + 0.1 * shift, 0, 1)
    if world == "anew":
        return rate, expit(0.3 + shift)
    if world == "skewed":
        rare = norm.cdf(shift) > 0.8  # noqa: PLR2004 - one in five
        return rate, expit(logit(rate) + np.where(rare, 1.5, 0) + 0.2 * own)
    return rate, expit(logit(rate) + 0.2 + 0.6 * shift)


def measured(draw: Draw, above: Floats, below: Floats, n: int) -> tuple[Floats, Floats]:
    """Return the shares of n samples that fall on both ends, whose difficulty they share."""
    hard = draw.normal(size=(len(above), n)) * np.sqrt(SHARED)
    sides = (
        (hard + draw.normal(size=hard.shape) * np.sqrt(1 - SHARED) < norm.ppf(rates)[:, None])
        for rates in (above, below)
    )
    up, down = (side.mean(axis=1) for side in sides)
    return up, down


if __name__ == "__main__":
    main()
