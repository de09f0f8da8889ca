"""RQ3: how robustness changes along the chains, and whether weakness is handed down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from weaklink.measures.arrays import Arrays
from weaklink.measures.links.handed_down import handed_down, lineages_of_cells
from weaklink.measures.links.pairs import Pairs, cells, pair
from weaklink.measures.results import Comparison, General
from weaklink.measures.statistics.anytime import of_average
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.general import generals
from weaklink.measures.statistics.means import Floats, mean_known
from weaklink.measures.statistics.paired import holm, permutation
from weaklink.measures.statistics.power import LEVEL, detectable_means
from weaklink.measures.statistics.resampling import Cells, Resampling, Totals, members_of
from weaklink.measures.verdicts import verdict

_ENDS = ("upstream_asr", "downstream_asr")
_TRANSFERS = ("sample_transfer", "text_transfer")
_OF_FOUND = (*_TRANSFERS, "elsewhere")
"""Rates of the samples that fell upstream, and of those that did not."""


class Comparisons:
    """Figures of upstream against downstream, over any groups of scenarios.

    Cells are numbered data set by data set, link by link, attack by attack.

    Args:
        arrays: The outcomes.
        resampling: The resamples that intervals rest on.
        both_correct: Whether only samples that both models classified correctly count.
        seed: Chooses the permutations.
        looked_at: Whether intervals of rates, transfer and delta must hold at every look, where
            there is one data set.
    """

    def __init__(
        self,
        arrays: Arrays,
        resampling: Resampling,
        *,
        both_correct: bool,
        seed: int,
        looked_at: bool = False,
    ) -> None:
        self._arrays = arrays
        self._resampling = resampling
        self._seed = seed
        self._both_correct = both_correct
        self._looked_at = looked_at and len(arrays.datasets) == 1
        self.pairs: list[Pairs] = [
            pair(arrays, dataset, both_correct=both_correct) for dataset in arrays.datasets
        ]

    def where(
        self, *, links: Sequence[int] | None = None, attacks: Sequence[int] | None = None
    ) -> Cells:
        """Return the cells of some links under some attacks; None: all."""
        shape = (len(self._arrays.datasets), len(self._arrays.links), len(self._arrays.attacks))
        numbers = np.arange(int(np.prod(shape))).reshape(shape)
        picked = numbers if links is None else numbers[:, list(links)]
        return [
            int(c) for c in (picked if attacks is None else picked[:, :, list(attacks)]).ravel()
        ]

    def over(self, families: Sequence[Sequence[Cells]]) -> list[list[Comparison]]:
        """Return the figures of each group; p-values are adjusted within each family of groups."""
        groups = [group for family in families for group in family]
        upstream, downstream = (self._totals(name) for name in _ENDS)
        drawn, pooled = {}, {}
        for name, totals in zip(_ENDS, (upstream, downstream), strict=True):
            drawn[name], pooled[name] = totals.averages(groups)
        for name in _OF_FOUND:
            drawn[name] = self._totals(name).macro(groups)
        estimates = {
            name: self._at_every_look(name, figures.estimates(), groups)
            for name, figures in drawn.items()
        }
        advantages = {
            name: (drawn[name] - drawn["downstream_asr"]).estimates() for name in _TRANSFERS
        }
        delta = drawn["downstream_asr"] - drawn["upstream_asr"]
        macro = self._at_every_look("delta", delta.estimates(), groups)
        micro = self._at_every_look(
            "delta", (pooled["downstream_asr"] - pooled["upstream_asr"]).estimates(), groups,
            pooled=True,
        )  # fmt: skip
        p_values = self._p_values(upstream.observed_counts, groups)
        counted = upstream.observed_counts > 0
        general = self._generals(groups)
        handed = handed_down(
            self._arrays, groups, drawn["sample_transfer"].n, both_correct=self._both_correct
        )
        found = []
        for i, group in enumerate(groups):
            told = macro[i] is not None
            found.append(
                Comparison(
                    **{name: figures[i] for name, figures in estimates.items()},
                    delta=macro[i],
                    delta_micro=micro[i],
                    p_value=p_values[i] if told else None,
                    p_holm=None,
                    null_transfer=handed.null[i],
                    lineage_advantage=handed.advantage[i],
                    lineage_detectable=handed.detectable[i],
                    sample_advantage_over_all=advantages["sample_transfer"][i],
                    text_advantage_over_all=advantages["text_transfer"][i],
                    detectable=None,
                    detectable_holm=None,
                    verdict="undecided",
                    general=general[i],
                    n_scenarios=int(counted[list(group)].sum()),
                )
            )
        errors = delta.errors()
        return [_adjusted(found[part], errors[part]) for part in _parts(families)]

    def _at_every_look(
        self,
        name: str,
        found: list[Estimate | None],
        groups: Sequence[Cells],
        *,
        pooled: bool = False,
    ) -> list[Estimate | None]:
        """Return averages with intervals for every look, if somebody looked."""
        if not self._looked_at:
            return found
        (rows,) = cells(getattr(pairs, name) for pairs in self.pairs)
        return [
            of_average(
                one,
                rows[list(group)],
                pooled=pooled,
                differences=name == "delta",
                apart=name in _OF_FOUND,
            )
            for one, group in zip(found, groups, strict=True)
        ]

    def _generals(self, groups: Sequence[Cells]) -> list[General | None]:
        parts = [mean_known(part) for part in cells(pairs.delta for pairs in self.pairs)]
        values = np.concatenate([np.empty(0), *parts])
        return generals(groups, values, lineages_of_cells(self._arrays))

    def deltas(self) -> list[Estimate | None]:
        """Return the delta of every cell."""
        return self._totals("downstream_asr").differences(self._totals("upstream_asr"))

    def _totals(self, name: str) -> Totals:
        """Return the sums that a figure of the pairs is made of."""
        return self._resampling.totals(cells(getattr(pairs, name) for pairs in self.pairs))

    def _p_values(self, counts: Floats, groups: Sequence[Cells]) -> list[float]:
        """Test each group's macro delta by exchanging both models on whole samples."""
        known = [[cell for cell in group if counts[cell] > 0] for group in groups]
        members = members_of(known, len(counts))
        per_group = 1 / np.maximum(1, members.sum(axis=1))
        weights = members.multiply(per_group[:, None]).multiply(1 / np.maximum(1, counts)).tocsr()
        rows, start = [], 0
        for part in cells(pairs.delta for pairs in self.pairs):
            here = weights[:, start : start + len(part)]
            rows.append((here @ np.nan_to_num(part)).T)
            start += len(part)
        return permutation(np.vstack(rows), seed=self._seed).tolist() if rows else []


def _parts(families: Sequence[Sequence[Cells]]) -> Iterator[slice]:
    """Yield where each family stands among all groups."""
    start = 0
    for family in families:
        yield slice(start, start + len(family))
        start += len(family)


def _adjusted(family: list[Comparison], errors: Floats) -> list[Comparison]:
    """Return the figures with what depends on how many groups are beside each other."""
    adjusted = holm([found.p_value for found in family])
    tests = max(1, sum(p_value is not None for p_value in adjusted))
    n = np.array([0 if found.delta is None else found.delta.n for found in family], dtype=float)
    alone, corrected = (detectable_means(errors, n, level=LEVEL / m) for m in (1, tests))
    return [
        found.model_copy(
            update={
                "p_holm": p_holm,
                "verdict": verdict(found.delta, p_holm),
                "detectable": one,
                "detectable_holm": other,
            }
        )
        for found, p_holm, one, other in zip(family, adjusted, alone, corrected, strict=True)
    ]
