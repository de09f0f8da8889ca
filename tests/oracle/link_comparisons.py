"""RQ3 from the rows: delta along the links, and transfer in both readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import product
from math import asin, sqrt
from statistics import fmean, median, stdev
from typing import Any

from scipy.stats import t

from .contrasts import expected_contrasts, family_of
from .exchange import exchange_p, mcnemar_p
from .facts import Facts, Link, Scenario, Try, counts, fell
from .figures import Between, Cell, Figure, Untold, cell, macro, micro, samples, share, wilson
from .reach import average_reach, mean_reach, scenario_reach
from .robustness import correct
from .unrelated import Unrelated, lineages_of


@dataclass(frozen=True)
class Pair:
    """One attack on one data set along one link."""

    link: Link
    attack: str
    upstream: Cell
    downstream: Cell
    delta: Cell
    transfer: Cell
    text: Cell
    elsewhere: Cell
    null: float | None
    """Null transfer."""

    @property
    def dataset(self) -> str:
        """The data set."""
        return self.delta.dataset


def rq3(facts: Facts) -> dict[str, Any]:
    """Return the part of ``results.json`` that is about links."""
    unrelated = Unrelated.of(facts)
    over_all, both = (
        [_pair(facts, *place, both=both, unrelated=unrelated)
         for place in product(facts.samples, facts.links, facts.repetitions)]
        for both in (False, True)
    )  # fmt: skip
    links = {" → ".join(link): [link] for link in facts.links}
    architectures = dict.fromkeys(facts.models[downstream] for _, downstream in facts.links)
    sides = facts, over_all, both
    scenarios = [*_scenarios(over_all, "all"), *_scenarios(both, "both_correct")]
    n = int(median(len(one.delta.shares) for one in over_all if one.delta.shares))
    differing = fmean(_differing(one) for one in over_all if one.delta.shares)
    means = {
        link: fmean(float(o.delta.mean) for o in over_all if o.link == link and o.delta.shares)
        for link in facts.links
    }
    return {
        "links": [
            _compared(*sides, name, link)
            | {
                "upstream": link[0][0],
                "downstream": link[0][1],
                "chains": [c for c, inside in facts.chains.items() if link[0] in inside],
                "architecture": facts.models[link[0][1]],
            }
            for name, link in links.items()
        ],
        "chains": [_compared(*sides, name, inside) for name, inside in facts.chains.items()],
        "architectures": [
            _compared(*sides, name, [link for link in facts.links if facts.models[link[1]] == name])
            for name in architectures
        ],
        "families": [
            _compared(
                *sides,
                name,
                [link for link in facts.links if family_of(facts.models[link[1]]) == name],
            )
            for name in dict.fromkeys(map(family_of, architectures))
        ],
        "contrasts": [*expected_contrasts(facts, means, lineages_of(facts))],
        "link_attacks": [
            _compared(*sides, attack, facts.links, attack) for attack in facts.repetitions
        ],
        "all_links": _compared(*sides, "all links", facts.links),
        "link_scenarios": scenarios,
        "scenario_n": n,
        "scenario_detectable": scenario_reach(n, differing),
        "scenario_detectable_holm": scenario_reach(n, differing, 0.05 / (len(scenarios) // 2)),
    }


def chains_delta(facts: Facts, numbers: Iterable[int]) -> Figure | None:
    """Return the delta over the links of the chains with some numbers."""
    links = {link for number in numbers for link in facts.chains.get(f"C{number}", ())}
    return macro(
        [_pair(facts, *place, both=False).delta
         for place in product(facts.samples, links, facts.repetitions)]
    )  # fmt: skip


def _pair(
    facts: Facts, dataset: str, link: Link, attack: str, *, both: bool,
    unrelated: Unrelated | None = None,
) -> Pair:  # fmt: skip
    """Return what each sample adds: only tries that count on both ends are compared."""
    above, below = (facts.scenario(dataset, model, attack) for model in link)
    replays = facts.replays.get((Scenario(dataset, link[0], attack), link[1]), {})
    known = [correct(facts, dataset, model) for model in link] if both else []
    parts: dict[str, dict[str, Fraction | None]] = {
        field.name: {} for field in fields(Pair) if field.type == "Cell"
    }
    paired: dict[Try, tuple[bool, bool]] = {}
    for sample in facts.samples[dataset]:
        if not all(one.get(sample) for one in known):
            continue
        tries = [
            (sample, number)
            for number in range(facts.repetitions[attack])
            if counts(above.get((sample, number))) and counts(below.get((sample, number)))
        ]
        paired |= {one: (fell(above[one]), fell(below[one])) for one in tries}
        fallen = [one for one in tries if fell(above[one])]
        up, down = (share(fell(end[one]) for one in tries) for end in (above, below))
        told = [replays[one] for one in fallen if counts(replays.get(one))]
        parts["upstream"][sample], parts["downstream"][sample] = up, down
        parts["delta"][sample] = None if up is None or down is None else down - up
        parts["transfer"][sample] = share(fell(below[one]) for one in fallen)
        parts["text"][sample] = share(map(fell, told))
        parts["elsewhere"][sample] = None if fallen else down
    made = {name: cell(dataset, shares.items()) for name, shares in parts.items()}
    null = unrelated.null(dataset, link, attack, paired) if unrelated else None
    return Pair(link, attack, **made, null=null)


def _compared(
    facts: Facts,
    over_all: Sequence[Pair],
    both: Sequence[Pair],
    name: str,
    links: Sequence[Link],
    attack: str | None = None,
) -> dict[str, Any]:
    """Return the figures of some links, under one attack or all."""
    sides = (
        [one for one in side if one.link in links and attack in (None, one.attack)]
        for side in (over_all, both)
    )
    rows = sum(map(len, facts.samples.values()))
    numbers = lineages_of(facts)
    found = [_comparison(side, rows, numbers) for side in sides]
    return {"name": name, "all": found[0], "both_correct": found[1]}


def _comparison(pairs: Sequence[Pair], rows: int, lineages: Mapping[str, int]) -> dict[str, Any]:
    deltas = [one.delta for one in pairs]
    downstream = macro([one.downstream for one in pairs])
    transfer, text = (macro([getattr(one, name) for one in pairs]) for name in ("transfer", "text"))
    known = [one for one in deltas if one.shares]
    return {
        "upstream_asr": macro([one.upstream for one in pairs]),
        "downstream_asr": downstream,
        "delta": macro(deltas),
        "delta_micro": micro(deltas),
        "p_value": exchange_p(_weights(known), rows) if known else None,
        "p_holm": Untold() if known else None,
        "sample_transfer": transfer,
        "text_transfer": text,
        "elsewhere": macro([one.elsewhere for one in pairs]),
        **_null(pairs),
        "sample_advantage_over_all": _less(transfer, downstream),
        "text_advantage_over_all": _less(text, downstream),
        "detectable": average_reach(known),
        "detectable_holm": Untold(),
        "verdict": Untold(),
        "general": _general([one for one in pairs if one.delta.shares], lineages),
        "n_scenarios": len(known),
    }


def _general(known: Sequence[Pair], lineages: Mapping[str, int]) -> dict[str, Any] | None:
    """Return what the means of independent lineages say, by scipy's t distribution."""
    by_lineage: dict[int, list[float]] = {}
    for one in known:
        by_lineage.setdefault(lineages[one.link[0]], []).append(float(one.delta.mean))
    means = [fmean(values) for values in by_lineage.values()]
    k = len(means)
    if k < 2:
        return None
    middle, spread = fmean(means), stdev(means)
    if spread < 1e-12:
        return {
            "mean": Figure(Fraction(middle), k, (middle, middle)), "spread": 0.0,
            "next_low": middle, "next_high": middle, "p_value": None, "detectable": 0.0,
            "verdict": "undecided",
        }  # fmt: skip
    law = t(k - 1, middle, spread / sqrt(k))
    ahead = t(k - 1, middle, spread * sqrt(1 + 1 / k))
    low, high = law.interval(0.95)
    return {
        "mean": Figure(Fraction(middle), k, (max(-1.0, low), min(1.0, high))),
        "spread": spread,
        "next_low": max(-1.0, ahead.ppf(0.025)),
        "next_high": min(1.0, ahead.ppf(0.975)),
        "p_value": 2 * min(law.cdf(0), law.sf(0)),
        "detectable": mean_reach(k - 1) * spread / sqrt(k),
        "verdict": "undecided" if k < 5 else Untold(),
    }


def _null(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return the null of transfer, and what transfer is more, over the pairs that have one."""
    known = [one for one in pairs if one.null is not None]
    if not known:
        return dict.fromkeys(("null_transfer", "lineage_advantage", "lineage_detectable"))
    n = samples([one.transfer for one in pairs])
    null = fmean(one.null for one in known if one.null is not None)
    transfer = fmean(one.transfer.mean for one in known)
    return {
        "null_transfer": Figure(Fraction(null), n),
        "lineage_advantage": Figure(Fraction(transfer - null), n),
        "lineage_detectable": Untold(),
    }


def _less(figure: Figure | None, other: Figure | None) -> Figure | None:
    if figure is None or other is None:
        return None
    return Figure(figure.value - other.value, figure.n)


def _weights(cells: Sequence[Cell]) -> list[Fraction]:
    """Return what each sample of the data sets adds to the mean of the cells' deltas."""
    weights: dict[tuple[str, str], Fraction] = {}
    for one in cells:
        for sample, part in one.shares.items():
            place = one.dataset, sample
            weights[place] = weights.get(place, Fraction(0)) + part / len(one.shares)
    return [weight / len(cells) for weight in weights.values()]


def _scenarios(pairs: Sequence[Pair], subset: str) -> Iterator[dict[str, Any]]:
    for one in pairs:
        if not one.delta.shares:
            continue
        up, down = one.upstream.shares, one.downstream.shares
        rates = [float(one.upstream.mean), float(one.downstream.mean)]
        deltas = list(one.delta.shares.values())
        tested = _tested(up, down, deltas)
        levels = (0.05, 0.05 / sum(bool(each.delta.shares) for each in pairs))
        alone, after_holm = (_shown(tested["test"], deltas, level) for level in levels)
        yield {
            "upstream": one.link[0],
            "downstream": one.link[1],
            "attack": one.attack,
            "dataset": one.dataset,
            "subset": subset,
            "n": len(up),
            "upstream_asr": one.upstream.mean,
            "downstream_asr": one.downstream.mean,
            "delta": Figure(one.delta.mean, len(up)),
            "p_holm": Untold(),
            "verdict": Untold(),
            "cohens_h": 2 * asin(sqrt(rates[1])) - 2 * asin(sqrt(rates[0])),
            "detectable": alone,
            "detectable_holm": after_holm,
            "sample_transfer": wilson(one.transfer),
            "text_transfer": wilson(one.text),
            "elsewhere": wilson(one.elsewhere),
            **tested,
        }


def _shown(test: str, deltas: Sequence[Fraction], level: float) -> float | None:
    """Return the delta that a scenario would show at a level with a power of 80 %."""
    n = len(deltas)
    if test == "exact McNemar":
        return scenario_reach(n, fmean(map(abs, deltas)), level)
    error = stdev(deltas) / sqrt(n)
    return mean_reach(n - 1, level) * error if error and 2.0 ** (1 - n) < level else None


def _tested(
    up: Mapping[str, Fraction], down: Mapping[str, Fraction], deltas: Sequence[Fraction]
) -> dict[str, Any]:
    if any(part not in {0, 1} for part in (*up.values(), *down.values())):
        unpaired = dict.fromkeys(("only_upstream", "only_downstream", "odds_ratio"))
        p_value: float | Between = exchange_p(deltas, len(up))
        return {"test": "paired permutation", "p_value": p_value, **unpaired}
    only_up, only_down = deltas.count(Fraction(-1)), deltas.count(Fraction(1))
    return {
        "test": "exact McNemar",
        "p_value": mcnemar_p(only_up, only_down),
        "only_upstream": only_up,
        "only_downstream": only_down,
        "odds_ratio": only_down / only_up if only_up else None,
    }


def _differing(one: Pair) -> float:
    """Return the share of a scenario's samples that differ between the ends."""
    return fmean(abs(part) for part in one.delta.shares.values())
