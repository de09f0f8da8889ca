"""RQ3: how robustness changes along the chains, and whether weakness is handed down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from weaklink.measures.blocks import Blocks
from weaklink.measures.grid import Floats
from weaklink.measures.paired import holm, permutation
from weaklink.measures.pairs import Pairs, cells, pair
from weaklink.measures.resampling import Difference, Resampling, Totals
from weaklink.measures.results import Comparison

_POWER = 1.959964 + 0.841621
"""Standard errors that a difference must have to show at 5 % with a power of 80 %."""

Cells: TypeAlias = list[int]


class Comparisons:
    """Figures of upstream against downstream, over any groups of scenarios.

    Cells are numbered data set by data set, link by link, attack by attack.
    """

    def __init__(
        self, blocks: Blocks, resampling: Resampling, *, both_correct: bool, seed: int
    ) -> None:
        self._blocks = blocks
        self._resampling = resampling
        self._seed = seed
        self.pairs: list[Pairs] = [
            pair(blocks, block, both_correct=both_correct) for block in blocks.blocks
        ]

    def where(self, *, links: Sequence[int] | None = None, attack: int | None = None) -> Cells:
        """Return the cells of some links under one attack; None: all."""
        shape = (len(self._blocks.blocks), len(self._blocks.links), len(self._blocks.attacks))
        numbers = np.arange(int(np.prod(shape))).reshape(shape)
        picked = numbers if links is None else numbers[:, list(links)]
        return [int(c) for c in (picked if attack is None else picked[:, :, attack]).ravel()]

    def over(self, families: Sequence[Sequence[Cells]]) -> list[list[Comparison]]:
        """Return the figures of each group; p-values are adjusted within each family of groups."""
        groups = [group for family in families for group in family]
        upstream, downstream = self._totals("upstream"), self._totals("downstream")
        drawn = {"upstream": upstream.macro(groups), "downstream": downstream.macro(groups)}
        for name in ("transfer", "text", "elsewhere"):
            drawn[name] = self._totals(name).macro(groups)
        estimates = {name: figures.estimates() for name, figures in drawn.items()}
        advantages = {
            name: (drawn[name] - drawn["downstream"]).estimates() for name in ("transfer", "text")
        }
        delta = drawn["downstream"] - drawn["upstream"]
        macro = delta.estimates()
        micro = (downstream.micro(groups) - upstream.micro(groups)).estimates()
        p_values = self._p_values(upstream.counts[0], groups)
        reach, counted = _detectable(delta), upstream.counts[0] > 0
        found = []
        for i, group in enumerate(groups):
            told = macro[i] is not None
            found.append(
                Comparison(
                    upstream=estimates["upstream"][i],
                    downstream=estimates["downstream"][i],
                    delta=macro[i],
                    delta_micro=micro[i],
                    p_value=p_values[i] if told else None,
                    p_holm=None,
                    sample_transfer=estimates["transfer"][i],
                    text_transfer=estimates["text"][i],
                    elsewhere=estimates["elsewhere"][i],
                    sample_advantage=advantages["transfer"][i],
                    text_advantage=advantages["text"][i],
                    detectable=reach[i],
                    scenarios=int(counted[group].sum()),
                )
            )
        return [_adjusted(found[part]) for part in _parts(families)]

    def deltas(self) -> Difference:
        """Return the delta of every cell."""
        return self._totals("downstream").each() - self._totals("upstream").each()

    def _totals(self, name: str) -> Totals:
        """Return the sums that a figure of the pairs is made of."""
        return self._resampling.totals(cells(getattr(pairs, name) for pairs in self.pairs))

    def _p_values(self, counts: Floats, groups: Sequence[Cells]) -> list[float]:
        """Test each group's macro delta by exchanging both models on whole samples."""
        weights = np.zeros((len(counts), len(groups)))
        for column, group in enumerate(groups):
            known = [cell for cell in group if counts[cell] > 0]
            weights[known, column] = 1 / (counts[known] * max(1, len(known)))
        rows, start = [], 0
        for part in cells(pairs.delta for pairs in self.pairs):
            rows.append(np.nan_to_num(part).T @ weights[start : start + len(part)])
            start += len(part)
        return permutation(np.vstack(rows), seed=self._seed).tolist() if rows else []


def _parts(families: Sequence[Sequence[Cells]]) -> Iterator[slice]:
    """Yield where each family stands among all groups."""
    start = 0
    for family in families:
        yield slice(start, start + len(family))
        start += len(family)


def _adjusted(family: list[Comparison]) -> list[Comparison]:
    adjusted = holm([found.p_value for found in family])
    return [
        found.model_copy(update={"p_holm": p_holm})
        for found, p_holm in zip(family, adjusted, strict=True)
    ]


def _detectable(delta: Difference) -> list[float | None]:
    """Return, for each figure, the difference that its standard error would let show."""
    return [_POWER * error if error else None for error in delta.errors().tolist()]
