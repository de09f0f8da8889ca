"""How often the intervals of averages over attacks and data sets hold the truth, as a table.

    python -m benchmarks.statistics.coverage [--studies 400] [--rates 0.05] [--samples 30]

Simulated: one link, six attacks that share their samples, four data sets. A sample falls where a
normal variable is under a threshold: 35 % of its variance are the sample's, 25 % the sample's under
one attack, and 40 % the model's own. A text that was found upstream makes the downstream err as it
is where a third variable of that kind is under a lower threshold, that of 0.6 times the rate. Both
models are right on 80 % of the samples each, whatever their difficulty. The truth is that of the
scenarios that have such a rate.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from itertools import product

import numpy as np
from scipy.stats import multivariate_normal, norm

from weaklink.measures.statistics.drawn import Difference, Drawn
from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.resampling import Resampling

ATTACKS, DATASETS, RESAMPLES = 6, 4, 199
RATES = {
    "0.05": (0.05,) * 6,
    "0.5": (0.5,) * 6,
    "0.95": (0.95,) * 6,
    "0.05 to 0.95": (0.05, 0.2, 0.5, 0.8, 0.9, 0.95),
}
FIGURES = (
    "rate", "delta", "sample_transfer", "elsewhere", "text_transfer",
    "delta, both correct", "sample_transfer, both correct",
)  # fmt: skip
AT_ONCE = 200
"""Studies in memory."""
HANDED, RIGHT = 0.6, 0.8
"""Share of the rate at which texts work as they are; share of samples that a model is right on."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--studies", type=int, default=400)
    parser.add_argument("--rates", nargs="+", choices=RATES, default=[*RATES])
    parser.add_argument("--samples", nargs="+", type=int, default=[30, 100])
    options = parser.parse_args()
    print("| rates | n |", " | ".join(FIGURES), "|")
    print("| --- | --: |", " | ".join("--:" for _ in FIGURES), "|")
    for name, n in product(options.rates, options.samples):
        held: dict[str, list[bool]] = defaultdict(list)
        for seed, first in enumerate(range(0, options.studies, AT_ONCE)):
            studies = min(AT_ONCE, options.studies - first)
            for figure, found in covered(np.array(RATES[name]), n, studies, seed).items():
                held[figure] += found
        cells = " | ".join(f"{100 * np.mean(held[figure]):.1f}" for figure in FIGURES)
        print(f"| {name} | {n} | {cells} |", flush=True)


def covered(rates: Floats, n: int, studies: int, seed: int) -> dict[str, list[bool]]:
    """Return of each study whether the interval of each figure holds its truth."""
    draw = np.random.default_rng(seed)
    up, down, text = fallen(draw, rates, n, studies)
    known = (draw.random((2, DATASETS, studies, 1, n)) < RIGHT).all(axis=0)
    resampling = Resampling([n] * DATASETS, seed=seed, resamples=RESAMPLES)
    both = [multivariate_normal(cov=[[1, 0.6], [0.6, 1]]).cdf([norm.ppf(r)] * 2) for r in rates]
    inherited, others = np.array(both) / rates, (rates - both) / (1 - rates)
    handed = np.array(
        [
            multivariate_normal(cov=[[1, 0.6], [0.6, 1]]).cdf(norm.ppf([r, HANDED * r])) / r
            for r in rates
        ]
    )
    numbers = np.arange(DATASETS * studies * ATTACKS).reshape(DATASETS, studies, ATTACKS)
    groups = [numbers[:, study].ravel() for study in range(studies)]

    def drawn(values: Floats) -> Drawn:
        return resampling.totals([*values.reshape(DATASETS, -1, n)]).macro(groups)

    def truths(values: Floats, truth: Floats) -> Floats:
        known = ~np.isnan(values).all(axis=-1)
        with np.errstate(invalid="ignore"):
            mean: Floats = (known * truth).sum(axis=(0, 2)) / known.sum(axis=(0, 2))
        return mean

    transfer, elsewhere = np.where(up == 1, down, np.nan), np.where(up == 0, down, np.nan)
    figures: dict[str, tuple[Drawn | Difference, Floats]] = {
        "rate": (drawn(down), truths(down, rates)),
        "delta": (drawn(down) - drawn(up), np.zeros(studies)),
        "sample_transfer": (drawn(transfer), truths(transfer, inherited)),
        "elsewhere": (drawn(elsewhere), truths(elsewhere, others)),
    }
    texts = np.where(up == 1, text, np.nan)
    above, below, again = (np.where(known, one, np.nan) for one in (up, down, transfer))
    figures |= {
        "text_transfer": (drawn(texts), truths(texts, handed)),
        "delta, both correct": (drawn(below) - drawn(above), np.zeros(studies)),
        "sample_transfer, both correct": (drawn(again), truths(again, inherited)),
    }
    held: dict[str, list[bool]] = defaultdict(list)
    for name, (figure, truth) in figures.items():
        for one, true in zip(figure.estimates(), truth, strict=True):
            if one is not None:
                held[name].append(one.low - 1e-9 <= true <= one.high + 1e-9)
    return held


def fallen(draw: np.random.Generator, rates: Floats, n: int, studies: int) -> Floats:
    """Return which samples fell upstream, downstream, and downstream by the upstream's texts.

    Of shape (3, data sets, studies, attacks, samples).
    """
    shape = (DATASETS, studies, ATTACKS, n)
    shared = 0.35**0.5 * draw.normal(size=(DATASETS, studies, 1, n))
    shared = shared + 0.25**0.5 * draw.normal(size=shape)
    own = 0.4**0.5 * draw.normal(size=(3, *shape))
    limits = norm.ppf(np.array([rates, rates, HANDED * rates]))[:, None, None, :, None]
    fell: Floats = (shared + own < limits).astype(float)
    return fell


if __name__ == "__main__":
    main()
