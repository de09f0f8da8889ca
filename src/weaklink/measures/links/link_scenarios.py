"""RQ3.1, Figure 9: every attack on every data set along every link, each with its own test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product
from statistics import fmean, median
from typing import Any, Literal, TypeAlias

import numpy as np

from weaklink.measures.arrays import Arrays, by_cell
from weaklink.measures.links.comparisons import Comparisons
from weaklink.measures.links.pairs import Pairs
from weaklink.measures.results import LinkScenario
from weaklink.measures.statistics import anytime
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats, mean_known
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
    subset: Literal["all", "both_correct"],
    *,
    seed: int,
    looked_at: bool = False,
) -> list[LinkScenario]:
    """Return every scenario that has a pair, with p-values adjusted over all of them.

    If somebody looked before all was done, intervals hold at every look.
    """
    rows = [*_rows(arrays, comparisons, seed, looked_at=looked_at)]
    adjusted = holm([row["p_value"] for row in rows])
    return [
        LinkScenario(
            **row,
            detectable=of_level(LEVEL),
            detectable_holm=of_level(LEVEL / len(rows)),
            p_holm=p_holm,
            subset=subset,
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
        for values in by_cell(pairs.delta)
        if not np.isnan(values).all()
    ]
    return fmean(found) if found else 0.0


def _rows(
    arrays: Arrays, comparisons: Comparisons, seed: int, *, looked_at: bool
) -> Iterator[dict[str, Any]]:
    deltas = _deltas(comparisons, looked_at=looked_at)
    estimates = anytime.of_rates if looked_at else wilson
    for dataset, pairs in zip(arrays.datasets, comparisons.pairs, strict=True):
        rates = {
            "sample_transfer": estimates(by_cell(pairs.sample_transfer)),
            "text_transfer": estimates(by_cell(pairs.text_transfer)),
            "elsewhere": estimates(by_cell(pairs.elsewhere)),
        }
        scenarios = product(arrays.links, arrays.attacks)
        tests = _tests(pairs, seed)
        for (link, attack), test, *told in zip(scenarios, tests, *rates.values(), strict=True):
            delta = next(deltas)
            if delta is not None:
                yield {
                    "upstream": link[0],
                    "downstream": link[1],
                    "attack": attack,
                    "dataset": dataset.dataset,
                    "n": delta.n,
                    "delta": delta,
                    "verdict": verdict(delta, test["p_value"]),
                    **test,
                    **dict(zip(rates, told, strict=True)),
                }


def _deltas(comparisons: Comparisons, *, looked_at: bool) -> Iterator[Estimate | None]:
    """Yield delta of each scenario, data set by data set."""
    if not looked_at:
        yield from comparisons.deltas()
        return
    for pairs in comparisons.pairs:
        yield from anytime.of_differences(by_cell(pairs.delta))


def _tests(pairs: Pairs, seed: int) -> Iterator[dict[str, Any]]:
    """Yield rates, test and effect sizes of each scenario, link by link."""
    above, below = by_cell(pairs.upstream_asr), by_cell(pairs.downstream_asr)
    known = ~np.isnan(above)
    whole = ~known | (np.isin(above, (0, 1)) & np.isin(below, (0, 1)))
    upstream, downstream = mean_known(above), mean_known(below)
    deviations = (below - above - (downstream - upstream)[:, None]) ** 2
    columns = {
        "upstream_asr": upstream,
        "downstream_asr": downstream,
        "cohens_h": cohens_h(upstream, downstream),
        "differing": mean_known(np.abs(below - above)),
        "error": np.sqrt(mean_known(deviations) / np.maximum(known.sum(axis=1) - 1, 1)),
    }
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    counts = zip((above > below).sum(axis=1), (below > above).sum(axis=1), strict=True)
    exactly, p_values = np.atleast_1d(whole.all(axis=1)), _permuted(pairs, seed)
    for row, exact, only, p_value in zip(rows, exactly, counts, p_values, strict=True):
        test = _by_counts(*map(int, only)) if exact else _by_exchange(float(p_value))
        yield dict(zip(columns, row, strict=True)) | test


def _by_counts(upstream: int, downstream: int) -> dict[str, Any]:
    """Return McNemar's test from the numbers of samples on which one of the two falls."""
    return {
        "test": _MCNEMAR,
        "p_value": mcnemar(upstream, downstream),
        "only_upstream": upstream,
        "only_downstream": downstream,
        "odds_ratio": downstream / upstream if upstream else None,
    }


def _by_exchange(p_value: float) -> dict[str, Any]:
    """Return the paired permutation test of repeated attempts, which fall in part."""
    nothing = dict.fromkeys(("only_upstream", "only_downstream", "odds_ratio"))
    return {"test": "paired permutation", "p_value": p_value, **nothing}


def _permuted(pairs: Pairs, seed: int) -> Floats:
    """Return the p-value of the paired permutation test for each link and attack."""
    deltas = by_cell(pairs.delta)
    if not pairs.repeated:
        return np.full(len(deltas), np.nan)
    return permutation(np.nan_to_num(deltas).T, seed=seed)
