"""How often the lineage advantage holds zero between unrelated models, and its power, as a table.

    python -m benchmarks.statistics.lineage_advantage [--studies 200] [--rates 0.5] [--samples 30]
        [--what audit]

Simulated: pairs of models, six attacks that share their samples, four data sets. A sample falls
where a normal variable is under a threshold: half of its variance is the sample's, for all models,
and of the rest a share is that of a lineage's two models. An audit is one pair beside a reference
model. The power is that at the advantage which is stated to be found in 80 % of studies.
"""

from __future__ import annotations

import argparse
from itertools import product
from typing import NamedTuple

import numpy as np

from weaklink.campaigns.plan.simulated import SimulatedDesign, simulated
from weaklink.measures.arrays import Arrays
from weaklink.measures.links.handed_down import HandedDown, handed_down

WHAT = {"all links": 10, "one link": 10, "audit": 1}
"""Lineages of a study."""
RATES = {
    "0.05": (0.05, 0.05),
    "0.5": (0.5, 0.5),
    "0.95": (0.95, 0.95),
    "0.3 to 0.9": (0.3, 0.9),
    "0.05 to 0.95": (0.05, 0.95),
}
INHERITED = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 0.95)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--rates", nargs="+", choices=RATES, default=[*RATES])
    parser.add_argument("--samples", nargs="+", type=int, default=[30, 100])
    parser.add_argument("--what", nargs="+", choices=WHAT, default=[*WHAT])
    options = parser.parse_args()
    print("| rates | n | what | holds zero | stated, points | found at it |")
    print("| --- | --: | --- | --: | --: | --: |")
    for name, n, what in product(options.rates, options.samples, options.what):
        design = SimulatedDesign(WHAT[what], n, RATES[name])
        without, found = power(design, options.studies, one=what == "one link")
        told = "– | –" if found is None else f"{100 * found.stated:.1f} | {100 * found.shown:.0f}"
        print(f"| {name} | {n} | {what} | {100 * without.held:.0f} | {told} |", flush=True)


class Found(NamedTuple):
    """What studies of one design found.

    Attributes:
        held: Share whose interval holds zero.
        advantage: Mean lineage advantage.
        stated: Mean of the advantages that are stated to be found.
        shown: Share whose interval is above zero.
    """

    held: float
    advantage: float
    stated: float
    shown: float


def power(
    design: SimulatedDesign, studies: int, *, one: bool = False
) -> tuple[Found, Found | None]:
    """Return what is found without inheritance, and where it is as great as is stated.

    None where no share of inheritance has so great an advantage.
    """
    pilot = max(studies // 5, 10)
    found = [simulate(design, pilot, share, one=one, seed=1) for share in INHERITED]
    beyond = np.array([each.advantage - each.stated for each in found])
    without = simulate(design, studies, 0.0, one=one)
    if beyond[-1] < 0:
        return without, None
    return without, simulate(design, studies, float(np.interp(0, beyond, INHERITED)), one=one)


def simulate(
    design: SimulatedDesign, studies: int, inherited: float, *, one: bool = False, seed: int = 0
) -> Found:
    """Return what so many studies found, where a lineage's models have a share in common."""
    draw = np.random.default_rng((seed, design.n))
    told = [compared(simulated(draw, design, inherited), one=one) for _ in range(studies)]
    known = [(a, d) for (a,), (d,) in ((each.advantage, each.detectable) for each in told) if a]
    return Found(
        held=float(np.mean([a.low <= 0 <= a.high for a, _ in known])),
        advantage=float(np.mean([a.value for a, _ in known])),
        stated=float(np.mean([d for _, d in known if d is not None])),
        shown=float(np.mean([a.low > 0 for a, _ in known])),
    )


def compared(arrays: Arrays, *, one: bool = False) -> HandedDown:
    """Return the figures over all links, or over the first one."""
    shape = (len(arrays.datasets), len(arrays.links), len(arrays.attacks))
    cells = np.arange(np.prod(shape)).reshape(shape)
    n = np.array([sum(dataset.fell.shape[2] for dataset in arrays.datasets)])
    group = (cells[:, :1] if one else cells).ravel()
    return handed_down(arrays, [group], n, both_correct=False)


if __name__ == "__main__":
    main()
