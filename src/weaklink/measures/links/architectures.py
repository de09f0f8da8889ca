"""Finding 4 of the paper: whether chains of one architecture change otherwise than another's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np

from weaklink.measures.results import Contrast
from weaklink.measures.statistics.contrast import permuted
from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.paired import holm

Grouping: TypeAlias = Literal["class", "family"]
Unit: TypeAlias = Literal["chains", "lineages"]

_HEAD = "ForSequenceClassification"


def family_of(architecture: str) -> str:
    """Return the family of an architecture, as the paper calls it.

    Section 6.2 counts RoBERTa and DistilBERT among BERT, and ELECTRA apart.

    >>> [family_of(f"{kind}ForSequenceClassification") for kind in ("DistilBert", "Electra", "T5")]
    ['BERT', 'ELECTRA', 'T5']
    """
    name = architecture.lower()
    if "electra" in name:
        return "ELECTRA"
    return "BERT" if "bert" in name else architecture.removesuffix(_HEAD)


def contrasts(
    chains: Mapping[str, Sequence[int]],
    architectures: Sequence[str],
    deltas: Floats,
    lineages: Sequence[int],
    *,
    seed: int,
) -> list[Contrast]:
    """Compare every two architectures, by class and by family, over chains and over lineages.

    Args:
        chains: The links of each chain.
        architectures: Of each link's downstream.
        deltas: Mean delta of each link over its scenarios; NaN where there is none.
        lineages: Of each link.
        seed: Chooses the assignments of labels where not all are tried.
    """
    groupings: dict[Grouping, Sequence[str]] = {
        "class": architectures,
        "family": [family_of(one) for one in architectures],
    }
    places: dict[Unit, Sequence[tuple[int, object]]] = {
        "chains": _by_chain(chains),
        "lineages": [*enumerate(lineages)],
    }
    return [
        contrast
        for grouping, named in groupings.items()
        for unit, keys in places.items()
        for contrast in _family(grouping, unit, _units(keys, named, deltas), seed)
    ]


def _by_chain(chains: Mapping[str, Sequence[int]]) -> list[tuple[int, object]]:
    """Return each link of each chain."""
    return [(link, name) for name, links in chains.items() for link in links]


def _units(
    keys: Sequence[tuple[int, object]], named: Sequence[str], deltas: Floats
) -> Mapping[str, Floats]:
    """Return the mean delta of each unit by architecture; one with two counts for each."""
    parts: dict[str, dict[object, list[float]]] = {}
    for link, key in keys:
        if not np.isnan(deltas[link]):
            parts.setdefault(named[link], {}).setdefault(key, []).append(float(deltas[link]))
    return {
        name: np.array([np.mean(values) for values in units.values()])
        for name, units in sorted(parts.items())
    }


def _family(
    grouping: Grouping, unit: Unit, units: Mapping[str, Floats], seed: int
) -> Iterator[Contrast]:
    pairs = [*combinations(units, 2)]
    tests = [permuted(units[first], units[second], seed=seed) for first, second in pairs]
    adjusted = holm([test.p_value for test in tests])
    for (first, second), test, p_holm in zip(pairs, tests, adjusted, strict=True):
        yield Contrast(
            grouping=grouping,
            unit=unit,
            first=first,
            second=second,
            n_first=len(units[first]),
            n_second=len(units[second]),
            p_holm=p_holm,
            **test._asdict(),
        )
