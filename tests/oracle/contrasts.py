"""Two architectures against each other, by every assignment of their labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from itertools import combinations
from statistics import fmean
from typing import Any

from .facts import Facts, Link
from .figures import Untold


def family_of(architecture: str) -> str:
    """Return the family as the paper names it."""
    lower = architecture.lower()
    kin = {"electra": "ELECTRA", "bert": "BERT"}
    return next((kin[word] for word in kin if word in lower), architecture)


def expected_contrasts(
    facts: Facts, means: Mapping[Link, float], lineages: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    """Yield each pair of architectures, by class and family, over chains and lineages."""
    chains = [(link, name) for name, links in facts.chains.items() for link in links]
    for grouping in ("class", "family"):
        for unit, places in (
            ("chains", chains),
            ("lineages", [(link, lineages[link[0]]) for link in facts.links]),
        ):
            units: dict[str, dict[Hashable, list[float]]] = defaultdict(lambda: defaultdict(list))
            for link, key in places:
                kind = facts.models[link[1]]
                units[family_of(kind) if grouping == "family" else kind][key].append(means[link])
            for first, second in combinations(sorted(units), 2):
                one, two = (
                    [fmean(values) for values in units[name].values()] for name in (first, second)
                )
                yield {
                    "grouping": grouping, "unit": unit, "first": first, "second": second,
                    "n_first": len(one), "n_second": len(two), "p_holm": Untold(),
                    "detectable": Untold(), **_tested(one, two),
                }  # fmt: skip


def _tested(one: list[float], two: list[float]) -> dict[str, float]:
    values, every = [*one, *two], range(len(one) + len(two))
    told = fmean(one) - fmean(two)
    drawn = [
        fmean(values[i] for i in chosen) - fmean(values[i] for i in every if i not in chosen)
        for chosen in combinations(every, len(one))
    ]
    return {
        "difference": told,
        "p_value": fmean(abs(other) >= abs(told) - 1e-12 for other in drawn),
        "p_greater": fmean(other >= told - 1e-12 for other in drawn),
        "p_least": 1 / len(drawn),
    }
