"""How often forecasts would hold the chains of the paper, whatever their rates are.

    python -m benchmarks.statistics.forecast_published [--runs 10000]

The text of Qin, Li, Wang and Wang (arXiv 2408.02963) gives no rate of a chain. It gives bounds:
every model's mean ASR, the deltas of C1 and C5 from below, the mean delta of C1 to C8 and of all,
the signs of all ten (5.2.1, 6.2.1), and the mean of the models (abstract). Rates are drawn from
what fulfils them all. Each chain is then forecast from its upstream's rate and the other chains;
C3, C4 and C5 share an upstream, and so none of them is learnt from for another.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator
from importlib.resources import files

import numpy as np

from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.prediction import angle, predict_next, rate_at

SAMPLES, MODELS, CLOSE = 100, 20, 1e-9
CHAINS = tuple(f"C{number}" for number in range(1, 11))
LINEAGES = np.array([1, 2, 3, 3, 3, 6, 7, 8, 9, 10])
RISEN, SHARED = 8, slice(2, 5)
"""Chains whose delta is above zero, the first ones; and those of one upstream."""
Draw = np.random.Generator


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=10_000)
    runs = parser.parse_args().runs
    draw, told = np.random.default_rng(0), stated()
    found = np.array([forecasts(*rates(draw, told)) for _ in range(runs)])
    held, widths = found[..., 0], 100 * found[..., 1]
    print("| chain | held, % of the draws | width, points |\n| --- | --: | --: |")
    for place, name in enumerate(CHAINS):
        print(f"| {name} | {100 * held[:, place].mean():.1f} | {widths[:, place].mean():.0f} |")
    print(f"| all | {100 * held.mean():.1f} | {widths.mean():.0f} |")
    counts = np.bincount(held.sum(axis=1).astype(int), minlength=len(CHAINS) + 1) / runs
    print("\n" + ", ".join(f"{n} of 10: {100 * s:.1f} %" for n, s in enumerate(counts) if s))


def stated() -> dict[str, float]:
    """Return what the paper states, by the keys of the package's table."""
    text = files("weaklink.measures").joinpath("published.toml").read_text("utf-8")
    return {one["key"]: one["paper"] for one in tomllib.loads(text)["figures"]}


def rates(draw: Draw, told: dict[str, float]) -> tuple[Floats, Floats]:
    """Return rates of upstreams and downstreams of the chains that agree with the text."""
    low, high = told["asr_lowest"], told["asr_highest"]
    others = np.array([low, high]) * 2
    least, most = (told["asr_mean"] * MODELS - others[::-1]) / (MODELS - 2)
    while True:
        delta = np.concatenate([*deltas(draw, told)])
        floor, ceiling = np.maximum(low, low - delta), np.minimum(high, high - delta)
        floor[SHARED], ceiling[SHARED] = floor[SHARED].max(), ceiling[SHARED].min()
        if (floor > ceiling).any():
            continue
        above = draw.uniform(floor, ceiling)
        above[SHARED] = above[SHARED][0]
        models = np.concatenate([above[: SHARED.start + 1], above[SHARED.stop :], above + delta])
        if least <= models.mean() <= most:
            return above, above + delta


def deltas(draw: Draw, told: dict[str, float]) -> Iterator[Floats]:
    """Yield deltas of the chains that rose, and of the others."""
    floor = np.zeros(RISEN)
    floor[[0, 4]] = told["delta_c1"], told["delta_c5"]
    whole = RISEN * told["delta_c1_c8"]
    yield floor + (whole - floor.sum()) * draw.dirichlet(np.ones(RISEN))
    others = len(CHAINS) - RISEN
    yield (len(CHAINS) * told["delta_mean"] - whole) * draw.dirichlet(np.ones(others))


def forecasts(above: Floats, below: Floats) -> list[tuple[bool, float]]:
    """Return for each chain whether its interval from the others holds, and how wide it is."""
    shifts = angle(below, SAMPLES) - angle(above, SAMPLES)
    found = []
    for place, lineage in enumerate(LINEAGES):
        rest = lineage != LINEAGES
        shift, half = predict_next(shifts[rest], LINEAGES[rest], least=0.5 / SAMPLES)
        middle = float(angle(above[place], SAMPLES)) + shift
        low, high = (rate_at(middle + sign * half, SAMPLES) for sign in (-1, 1))
        found.append((low - CLOSE <= below[place] <= high + CLOSE, high - low))
    return found


if __name__ == "__main__":
    main()
