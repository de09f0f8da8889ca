"""What a design can detect, said before anything is attacked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from weaklink.campaigns.plan.simulated import SimulatedDesign, simulated
from weaklink.measures.arrays import Arrays
from weaklink.measures.links.handed_down import handed_down
from weaklink.measures.statistics.power import LEVEL, detectable, possible, reach
from weaklink.measures.verdicts import ENOUGH

RATES = 0.3, 0.9
"""Between which the success rates of attacks are taken to lie."""
SPREAD = 0.05
"""Standard deviation that deltas of chains are taken to have between lineages."""
_STUDIES = 20
_MOST_LINEAGES, _MOST_SAMPLES = 30, 1000


@dataclass(frozen=True, slots=True)
class Power:
    """Differences that would show in 80 % of studies; None where none would.

    Attributes:
        scenario: Delta of one attack on one data set along one link, at the 5 % level.
        scenario_holm: The same after Holm's correction over all scenarios.
        link: Delta of one link over all attacks and data sets.
        link_holm: The same after Holm's correction over all links.
        general: Mean delta over lineages, of chains in general.
        advantage: Lineage advantage over all links.
        link_advantage: Lineage advantage of one link.
    """

    scenario: float | None
    scenario_holm: float | None
    link: float | None
    link_holm: float | None
    general: float | None
    advantage: float | None
    link_advantage: float | None


def planned_power(design: SimulatedDesign, links: int, *, null: bool) -> Power:
    """Return what a design can detect, by simulation of studies without any effect.

    Args:
        design: The lineages, samples, attacks and data sets.
        links: How many links there are.
        null: Whether models of another lineage are attacked.
    """
    lineages = design.lineages
    design = design._replace(lineages=min(lineages, _MOST_LINEAGES), n=min(design.n, _MOST_SAMPLES))
    draw = np.random.default_rng(0)
    studies = [simulated(draw, design, 0.0) for _ in range(_STUDIES)]
    differing, error = _spread(studies)
    every, one = _advantages(studies) if null else (None, None)
    scenarios = links * design.attacks * design.datasets
    freedom = design.n * design.datasets - 1
    between = float(np.hypot(SPREAD, error) / lineages**0.5)
    return Power(
        scenario=detectable(design.n, differing),
        scenario_holm=detectable(design.n, differing, level=LEVEL / scenarios),
        link=possible(reach(freedom) * error) if freedom else None,
        link_holm=possible(reach(freedom, LEVEL / links) * error) if freedom else None,
        general=possible(reach(lineages - 1) * between) if lineages >= ENOUGH else None,
        advantage=every,
        link_advantage=one,
    )


def _spread(studies: list[Arrays]) -> tuple[float, float]:
    """Return the share of samples that differ in a scenario, and the error of a link's delta."""
    differing, variances = [], []
    for study in studies:
        parts = [one.fell[1::2, ..., 0] - one.fell[: len(one.fell) - 1 : 2, ..., 0]
                 for one in study.datasets]  # fmt: skip
        differing.append(fmean(float(np.abs(part).mean()) for part in parts))
        squares = [part.mean(axis=1).var(axis=1, ddof=1) / part.shape[2] for part in parts]
        variances.append(float(np.mean(np.sum(squares, axis=0))) / len(parts) ** 2)
    return round(fmean(differing), 3), fmean(variances) ** 0.5


def _advantages(studies: list[Arrays]) -> tuple[float | None, float | None]:
    """Return the mean of what studies say that they would detect, over all links and of one."""
    found = []
    for study in studies:
        shape = (len(study.datasets), len(study.links), len(study.attacks))
        cells = np.arange(int(np.prod(shape))).reshape(shape)
        groups = [cells.ravel(), cells[:, :1].ravel()]
        n = np.full(2, sum(one.fell.shape[2] for one in study.datasets))
        found.append(handed_down(study, groups, n, both_correct=False).detectable)
    every, one = (_usual(column) for column in zip(*found, strict=True))
    return every, one


def _usual(told: Sequence[float | None]) -> float | None:
    """Return the mean of what most studies would detect; None where most would detect nothing."""
    known = [one for one in told if one is not None]
    return fmean(known) if 2 * len(known) > len(told) else None
