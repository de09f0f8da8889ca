"""How often intervals that hold at every look do, and how often early gates are right, as tables.

    python -m benchmarks.statistics.always_valid [--runs 2000]

Coverage: after each of 300 samples somebody looks. A run is held if no interval of it misses the
truth; Wilson's interval is beside it. Samples are attempts once each, means of three attempts that
share the sample's difficulty, or paired differences of two models.

Gates: looks every four samples, up to 100. A gate on a rate stops when the interval is on one side
of its bound.

Baseline: the other run is known by its rate and its number of samples alone. That number was
settled, or its gate of 0.5 was looked at every four samples. Then somebody looks after each of 300
samples of the new run. Gates of a margin look every four samples, up to 300.

Time: a sample takes longer the harder it falls (ten times), and nobody looks: attacks stop when the
time for some 40 samples is up, and blocks of four count if they are finished. Shown is how often
Wilson's interval holds the truth.
"""

from __future__ import annotations

import argparse
from itertools import product

import numpy as np
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

from weaklink.measures.statistics import anytime
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats

LOOKS, SHARED, ATTEMPTS = 300, 0.6, 3
MOST, BLOCK = 100, 4
OLD_BOUND = 0.5
RATES = (0.02, 0.1, 0.3, 0.5, 0.9)
FIRST = 10
"""Samples before the first look at Wilson's intervals: with fewer, they miss more often still."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=2000)
    runs = parser.parse_args().runs
    print("| samples | rate | truth | held at every look | Wilson at every look |")
    print("| --- | --: | --: | --: | --: |")
    for kind, rate in product(("once", "three times", "difference"), RATES):
        draw = np.random.default_rng(1)
        values, truth = drawn(draw, kind, rate, runs)
        told = 2 * truth - 1 if kind == "difference" else truth
        wilson = "" if kind == "difference" else f"{100 * held_by_wilson(values, truth):.1f}"
        cells = f"{told:.2f} | {100 * held(values, truth):.1f} | {wilson}"
        print(f"| {kind} | {rate} | {cells} |", flush=True)
    print("\n| rate | bound | decided | mean samples | right where decided |")
    print("| --: | --: | --: | --: | --: |")
    for rate, bound in product((0.1, 0.2, 0.4, 0.6, 0.9), (0.25, 0.5)):
        shares, samples, right = gates(rate, bound, runs // 4)
        print(
            f"| {rate} | {bound} | {100 * shares:.0f} | {samples:.0f} | {100 * right:.1f} |",
            flush=True,
        )
    print("\n| baseline | its rate | its samples | rate | held at every look |")
    print("| --- | --: | --: | --: | --: |")
    for kind, old_rate, samples in product(("settled", "looked at"), (0.1, 0.5), (30, 100)):
        for rate in (old_rate, old_rate + 0.3):
            share = held_beside(kind, old_rate, samples, rate, runs // 5)
            cells = f"{kind} | {old_rate} | {samples} | {rate} | {100 * share:.1f}"
            print(f"| {cells} |", flush=True)
    print("\n| rate | margin | decided | mean samples | right |")
    print("| --: | --: | --: | --: | --: |")
    for rate in (0.1, 0.2, 0.35, 0.5):
        shares, samples, right = margins(0.2, 300, rate, 0.1, runs // 8)
        cells = f"{rate} | 0.1 | {100 * shares:.0f} | {samples:.0f} | {100 * right:.1f}"
        print(f"| {cells} |", flush=True)
    print("\n| rate | samples, mean | held by Wilson |\n| --: | --: | --: |")
    for rate in (0.1, 0.3, 0.5, 0.7, 0.9):
        samples, share = timed(rate, runs * 5)
        print(f"| {rate} | {samples:.0f} | {100 * share:.1f} |", flush=True)


def drawn(draw: np.random.Generator, kind: str, rate: float, runs: int) -> tuple[Floats, float]:
    """Return what samples add in [0, 1], shape (runs, looks), and its mean."""
    if kind == "once":
        return (draw.random((runs, LOOKS)) < rate).astype(float), rate
    difficulty = draw.normal(size=(runs, LOOKS, 1)) * np.sqrt(SHARED)
    if kind == "three times":
        own = draw.normal(size=(runs, LOOKS, ATTEMPTS)) * np.sqrt(1 - SHARED)
        return (difficulty + own < norm.ppf(rate)).mean(axis=2), rate
    own = draw.normal(size=(runs, LOOKS, 2)) * np.sqrt(1 - SHARED)
    thresholds = norm.ppf([rate, min(rate + 0.1, 0.98)])
    fell = (difficulty + own < thresholds).astype(float)
    truth = (min(rate + 0.1, 0.98) - rate + 1) / 2
    return (fell[:, :, 1] - fell[:, :, 0] + 1) / 2, truth


def held(values: Floats, truth: float) -> float:
    """Return the share of runs whose intervals all hold the truth, by the wealth at the truth."""
    stakes = anytime.stakes_at(truth)
    share = 0
    for run in values:
        growth = np.cumsum(np.log1p(stakes * (run[:, None] - truth)), axis=0)
        share += anytime.wealth(growth).max() < anytime.MOST_WEALTH
    return share / len(values)


def held_by_wilson(values: Floats, truth: float) -> float:
    """Return the share of runs whose Wilson intervals hold the truth at every look."""
    counts = np.arange(1, LOOKS + 1)
    low, high = proportion_confint(np.cumsum(values, axis=1), counts, method="wilson")
    return float(((low <= truth) & (truth <= high))[:, FIRST:].all(axis=1).mean())


def gates(rate: float, bound: float, runs: int, seed: int = 2) -> tuple[float, float, float]:
    """Return how many gates are decided, after how many samples, and how many of them rightly."""
    draw = np.random.default_rng(seed)
    decided, right, samples = 0, 0, 0
    for _ in range(runs):
        fell = (draw.random(MOST) < rate).astype(float)
        for n in range(BLOCK, MOST + 1, BLOCK):
            low, high = anytime.interval(fell[:n])
            if low > bound or high <= bound:
                decided += 1
                right += (low > bound) == (rate > bound)
                break
        samples += n
    return decided / runs, samples / runs, right / decided if decided else float("nan")


def old_run(draw: np.random.Generator, kind: str, rate: float, samples: int) -> tuple[float, int]:
    """Return the rate of a run and its number of samples."""
    fell = draw.random(samples) < rate
    n = samples
    for n in range(BLOCK, samples + 1, BLOCK) if kind == "looked at" else ():
        low, high = anytime.interval_of_mean(float(fell[:n].mean()), n)
        if low > OLD_BOUND or high <= OLD_BOUND:
            break
    return float(fell[:n].mean()), n


def held_beside(
    kind: str, old_rate: float, samples: int, rate: float, runs: int, seed: int = 4
) -> float:
    """Return the share of runs whose differences from a baseline all hold the truth.

    The interval at a look misses the truth if that of the new rate leaves out what the truth and
    an end of the baseline's interval make of it.
    """
    draw = np.random.default_rng(seed)
    most = -np.log(anytime.LEVEL / 2)
    counts, share = np.arange(1, LOOKS + 1), 0
    for _ in range(runs):
        old, n = old_run(draw, kind, old_rate, samples)
        ends = anytime.interval_beside(old, n, looked_at=kind == "looked at")
        fell = (draw.random(LOOKS) < rate).astype(float)
        means = np.cumsum(fell) / counts
        missed = False
        for end, side in zip(ends, (-1, 1), strict=True):
            new = rate - old_rate + end
            if 0 < new < 1:
                growth = np.cumsum(np.log1p(anytime.stakes_at(new) * (fell[:, None] - new)), axis=0)
                left_out = anytime.wealth(growth) >= most
                missed |= bool((left_out & (side * (means - new) > 0)).any())
        share += not missed
    return share / runs


def margins(
    old_rate: float, samples: int, rate: float, margin: float, runs: int, seed: int = 5
) -> tuple[float, float, float]:
    """Return how many gates of a margin are decided, after how many samples, and how rightly."""
    draw = np.random.default_rng(seed)
    decided, right, taken = 0, 0, 0
    for _ in range(runs):
        old, settled = old_run(draw, "settled", old_rate, samples)
        before = Estimate(value=old, low=old, high=old, n=settled)
        fell = draw.random(LOOKS) < rate
        for n in range(BLOCK, LOOKS + 1, BLOCK):
            value = float(fell[:n].mean())
            new = Estimate(value=value, low=value, high=value, n=n)
            found = anytime.of_two_rates(before, new, (False, True))
            if found.low > margin or found.high <= margin:
                decided += 1
                right += (found.low > margin) == (rate - old_rate > margin)
                break
        taken += n
    return decided / runs, taken / runs, right / decided if decided else float("nan")


def timed(rate: float, runs: int, seed: int = 3) -> tuple[float, float]:
    """Return the mean number of samples until the time is up, and how often Wilson holds."""
    draw = np.random.default_rng(seed)
    normal = draw.normal(size=(runs, 4 * 40))
    fell = normal < norm.ppf(rate)
    costs = np.where(fell, 1.0, 10.0) * draw.exponential(size=normal.shape)
    time = 40 * (rate + 10 * (1 - rate))
    done = (np.cumsum(costs, axis=1) <= time).sum(axis=1) // BLOCK * BLOCK
    done = np.maximum(done, BLOCK)
    successes = np.take_along_axis(np.cumsum(fell, axis=1), done[:, None] - 1, axis=1)[:, 0]
    low, high = proportion_confint(successes, done, method="wilson")
    return float(done.mean()), float(((low <= rate) & (rate <= high)).mean())


if __name__ == "__main__":
    main()
