"""RQ3.1, Figure 9: every attack on every data set along every link, each with its own test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from statistics import fmean, median
from typing import Any, Literal, TypeAlias

import numpy as np

from weaklink.measures.arrays import Arrays
from weaklink.measures.links.comparisons import Comparisons
from weaklink.measures.links.pairs import Pairs
from weaklink.measures.results import LinkScenario
from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.paired import cohens_h, holm, mcnemar, permutation
from weaklink.measures.statistics.power import LEVEL, detectable, detectable_means
from weaklink.measures.statistics.shares import wilson
from weaklink.measures.verdicts import verdict

_MCNEMAR = "exact McNemar"
_DIGITS = 9
_Row: TypeAlias = tuple[dict[str, Any], Callable[[float], float | None]]


def link_scenarios(
    arrays: Arrays,
    comparisons: Comparisons,
    samples: Literal["all", "both_correct"],
    *,
    seed: int,
) -> list[LinkScenario]:
    """Return every scenario that has a pair, with p-values adjusted over all of them."""
    rows = [*_rows(arrays, comparisons, seed)]
    adjusted = holm([row["p_value"] for row in rows])
    return [
        LinkScenario(
            **row,
            detectable=of_level(LEVEL),
            detectable_holm=of_level(LEVEL / len(rows)),
            p_holm=p_holm,
            samples=samples,
        )
        for (row, of_level), p_holm in zip(_with_power(rows), adjusted, strict=True)
        if p_holm is not None
    ]


def typical_detectable(
    scenarios: list[LinkScenario], differing: float
) -> dict[str, int | float | None]:
    """Return the median number of samples, and the delta that would show with so many.

    Args:
        scenarios: At least one.
        differing: Mean share of samples on which upstream and downstream differ.
    """
    n = int(median(scenario.n for scenario in scenarios))
    return {
        "scenario_n": n,
        "scenario_detectable": _by_mcnemar(n, differing, LEVEL),
        "scenario_detectable_holm": _by_mcnemar(n, differing, LEVEL / len(scenarios)),
    }


def _with_power(rows: Iterable[dict[str, Any]]) -> Iterator[_Row]:
    """Yield each row with what gives its detectable delta at a level, by the test in use."""
    for row in rows:
        n, differing, error = row["n"], row.pop("differing"), row.pop("error")
        if row["test"] == _MCNEMAR:
            yield row, partial(_by_mcnemar, n, differing)
        else:
            yield row, partial(_by_permutation, n, error)


def _by_mcnemar(n: int, differing: float, level: float) -> float | None:
    return detectable(n, round(differing, _DIGITS), level=level)


def _by_permutation(n: int, error: float, level: float) -> float | None:
    (found,) = detectable_means(np.array([error]), np.array([n]), level=level)
    return found


def mean_differing(comparisons: Comparisons) -> float:
    """Return the mean over all scenarios of the share of samples that differ."""
    found = [
        float(np.abs(values[~np.isnan(values)]).mean())
        for pairs in comparisons.pairs
        for values in pairs.delta.reshape(-1, pairs.delta.shape[-1])
        if not np.isnan(values).all()
    ]
    return fmean(found) if found else 0.0


def _rows(arrays: Arrays, comparisons: Comparisons, seed: int) -> Iterator[dict[str, Any]]:
    deltas = iter(comparisons.deltas())
    for dataset, pairs in zip(arrays.datasets, comparisons.pairs, strict=True):
        repeated = _permuted(pairs, seed)
        rates = {
            name: iter(wilson(values.reshape(-1, values.shape[-1])))
            for name, values in (
                ("sample_transfer", pairs.transfer),
                ("text_transfer", pairs.text),
                ("elsewhere", pairs.elsewhere),
            )
        }
        for i, (upstream, downstream) in enumerate(arrays.links):
            for a, attack in enumerate(arrays.attacks):
                delta = next(deltas)
                told = {name: next(found) for name, found in rates.items()}
                if delta is None:
                    continue
                tested = _tested(pairs.upstream[i, a], pairs.downstream[i, a], repeated[i, a])
                yield {
                    "upstream": upstream,
                    "downstream": downstream,
                    "attack": attack,
                    "dataset": dataset.dataset,
                    "n": delta.n,
                    "delta": delta,
                    "verdict": verdict(delta, tested["p_value"]),
                    **tested,
                    **told,
                }


def _permuted(pairs: Pairs, seed: int) -> Floats:
    """Return the p-value of the paired permutation test for each link and attack."""
    links, attacks, samples = pairs.delta.shape
    if not pairs.repeated:
        return np.full((links, attacks), np.nan)
    columns = np.nan_to_num(pairs.delta.reshape(-1, samples)).T
    return permutation(columns, seed=seed).reshape(links, attacks)


def _tested(upstream: Floats, downstream: Floats, permuted: float) -> dict[str, Any]:
    """Return rates, test and effect sizes of one scenario."""
    known = ~np.isnan(upstream)
    above, below = upstream[known], downstream[known]
    rates = {"upstream_asr": float(above.mean()), "downstream_asr": float(below.mean())}
    whole = bool(np.isin(above, (0, 1)).all() and np.isin(below, (0, 1)).all())
    only = (int((above > below).sum()), int((below > above).sum())) if whole else (None, None)
    test = (
        {"test": "paired permutation", "p_value": float(permuted)}
        if only[0] is None or only[1] is None
        else {"test": _MCNEMAR, "p_value": mcnemar(only[0], only[1])}
    )
    return {
        **rates,
        **test,
        "cohens_h": cohens_h(rates["upstream_asr"], rates["downstream_asr"]),
        "only_upstream": only[0],
        "only_downstream": only[1],
        "odds_ratio": only[1] / only[0] if only[0] and only[1] is not None else None,
        "differing": float(np.abs(below - above).mean()),
        "error": float(np.std(below - above) / np.sqrt(max(len(above) - 1, 1))),
    }
