"""Null transfer from the rows: what models without a common ancestor share, attempt by attempt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from statistics import NormalDist, fmean
from typing import TypeAlias

from .facts import Facts, Link, Try, counts, fell

Excess: TypeAlias = Mapping[int, Sequence[float]]
"""What each model of a lineage fell more than on average at one attempt, by lineage."""
_LEAST_RELIABILITY = 0.25
_NORMAL = NormalDist()


@dataclass(frozen=True, eq=False)
class Unrelated:
    """The models of a study by lineage, and what each fell more than on average."""

    facts: Facts
    lineages: Mapping[str, int]
    excesses: Mapping[tuple[str, str], Mapping[Try, Excess]]
    rates: Mapping[tuple[str, str, str], float]

    @classmethod
    def of(cls, facts: Facts) -> Unrelated:
        """Arrange all attempts."""
        lineages = lineages_of(facts)
        places = [*product(facts.samples, facts.repetitions)]
        rates = {
            (*place, name): float(Fraction(sum(known.values()), len(known)))
            for place, name in product(places, lineages)
            if (known := _known(facts, *place, name))
        }
        excesses = {place: _excesses(facts, lineages, *place) for place in places}
        return cls(facts, lineages, excesses, rates)

    def null(self, dataset: str, link: Link, attack: str, pairs: Mapping[Try, tuple[bool, bool]]
             ) -> float | None:  # fmt: skip
        """Return the null transfer over the paired tries, (fell upstream, fell downstream)."""
        lineage = self.lineages[link[0]]
        reliability = self._reliability(lineage)
        attacked = self.excesses[dataset, attack].values()
        by_sample: dict[str, list[tuple[bool, bool, float]]] = defaultdict(list)
        for one, (up, down) in pairs.items():
            hard = _difficulty(self.excesses[dataset, attack].get(one, {}), lineage) or 0.0
            by_sample[one[0]].append((up, down, hard))
        vulnerable = [[t for t in tries if t[0]] for tries in by_sample.values()]
        vulnerable = [tries for tries in vulnerable if tries]
        if not vulnerable or not any(excess.keys() - {lineage} for excess in attacked):
            return None
        every = list(by_sample.values())
        x, y = _mean(every, lambda t: t[2]), _mean(every, lambda t: float(t[1]))
        spread = _mean(every, lambda t: t[2] ** 2) - x**2
        along = _mean(every, lambda t: t[2] * t[1]) - x * y
        share, harder = len(vulnerable) / len(every), _mean(vulnerable, lambda t: t[2]) - x
        if reliability is None:
            line, rates = y, (share, y, self._usual(dataset, attack, lineage) + x)
            if min(rates) > 1e-12 and max(rates) < 1 - 1e-12:
                up, down, other = (_NORMAL.inv_cdf(min(max(p, 0.01), 0.99)) for p in rates)
                ends = (_latent(up, other, share * harder), _latent(down, other, along))
                together = fmean(r + r * r * up * down / 2 for r in ends)
                line += _NORMAL.pdf(up) * _NORMAL.pdf(down) * together / share
        else:
            line = y + (along / (reliability * spread) if spread > 1e-12 else 0.0) * harder
        lowest, highest = max(0.0, (y + share - 1) / share), min(1.0, y / share)
        return min(max(line, lowest), highest)

    def _usual(self, dataset: str, attack: str, lineage: int) -> float:
        """Return the mean rate of the models of all other lineages."""
        return fmean(self.rates[dataset, attack, name] for name, of in self.lineages.items()
                     if of != lineage and (dataset, attack, name) in self.rates)  # fmt: skip

    @cache  # noqa: B019
    def _reliability(self, lineage: int) -> float | None:
        """Return the share of the variance of difficulty that different lineages agree on.

        None where all other models are of one lineage.
        """
        products, pairs, squares, counted = 0.0, 0, 0.0, 0
        for excess in (e for tries in self.excesses.values() for e in tries.values()):
            others = {name: found for name, found in excess.items() if name != lineage}
            for one, other in combinations(others.values(), 2):
                products += sum(a * b for a, b in product(one, other))
                pairs += len(one) * len(other)
            hard = _difficulty(excess, lineage)
            if hard is not None:
                squares, counted = squares + hard**2, counted + 1
        if not pairs:
            return None
        whole = squares / counted
        found = products / pairs / whole if whole > 1e-12 else 1.0
        return min(1.0, max(_LEAST_RELIABILITY, found))


def _latent(one: float, other: float, covariance: float) -> float:
    """Return r where f(one) f(other) (r + r^2 one other / 2) is the covariance."""
    scaled, bend = covariance / (_NORMAL.pdf(one) * _NORMAL.pdf(other)), one * other
    if abs(bend) < 1e-9:
        return scaled
    inside = 1 + 2 * bend * scaled
    return 2 * scaled if inside <= 0 else (inside**0.5 - 1) / bend


def _mean(samples, part) -> float:  # type: ignore[no-untyped-def]
    """Return the mean over samples of the mean over their tries."""
    return fmean(fmean(part(one) for one in tries) for tries in samples)


def _difficulty(excess: Excess, lineage: int) -> float | None:
    others = [value for name, found in excess.items() if name != lineage for value in found]
    return fmean(others) if others else None


def _excesses(
    facts: Facts, lineages: Mapping[str, int], dataset: str, attack: str
) -> Mapping[Try, Excess]:
    found: dict[Try, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for model, lineage in lineages.items():
        known = _known(facts, dataset, attack, model)
        if known:
            rate = Fraction(sum(known.values()), len(known))
            for one, fallen in known.items():
                found[one][lineage].append(float(fallen - rate))
    return found


def _known(facts: Facts, dataset: str, attack: str, model: str) -> dict[Try, bool]:
    """Return whether a model fell, try by try."""
    made = facts.scenario(dataset, model, attack)
    tries = product(facts.samples[dataset], range(facts.repetitions[attack]))
    return {one: fell(made[one]) for one in tries if counts(made.get(one))}


def lineages_of(facts: Facts) -> dict[str, int]:
    """Return the number of each measured model's lineage: chains that meet are one."""
    groups = [{name} for name in (*facts.models, *facts.references)]
    for chain in facts.record["chains"]:
        groups = _merged(groups, chain["models"])
    return {name: i for i, group in enumerate(groups) for name in group
            if name in facts.models or name in facts.references}  # fmt: skip


def _merged(groups: Sequence[set[str]], names: Iterable[str]) -> list[set[str]]:
    inside = set(names)
    apart = [group for group in groups if not group & inside]
    return [*apart, inside.union(*(group for group in groups if group & inside))]
