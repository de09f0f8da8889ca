"""RQ3: how robustness changes along the chains, and whether weakness is handed down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from weaklink.measures.grid import Floats
from weaklink.measures.paired import holm, permutation
from weaklink.measures.resampling import Drawn, Resampling, Totals
from weaklink.study.blocks import Blocks
from weaklink.study.pairs import Pairs, cells, pair
from weaklink.study.results import Comparison

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
        drawn = {name: totals.macro(groups) for name, totals in self._totals()}
        estimates = {name: figures.estimates() for name, figures in drawn.items()}
        advantages = {
            name: (drawn[name] - drawn["downstream"]).estimates() for name in ("transfer", "text")
        }
        delta = self.delta()
        micro = delta.micro(groups).estimates()
        p_values = self._p_values(delta.counts[0], groups)
        reach, counted = _detectable(drawn["delta"]), delta.counts[0] > 0
        found = []
        for i, group in enumerate(groups):
            told = estimates["delta"][i] is not None
            found.append(
                Comparison(
                    upstream=estimates["upstream"][i],
                    downstream=estimates["downstream"][i],
                    delta=estimates["delta"][i],
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

    def delta(self) -> Totals:
        """Return the sums that deltas are made of."""
        return self._resampling.totals(cells(pairs.delta for pairs in self.pairs), (-1.0, 1.0))

    def _totals(self) -> Iterator[tuple[str, Totals]]:
        """Yield the sums of each figure; one is let go before the next is made."""
        yield "delta", self.delta()
        for name in ("upstream", "downstream", "transfer", "text", "elsewhere"):
            yield name, self._resampling.totals(cells(getattr(p, name) for p in self.pairs))

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


def _detectable(delta: Drawn) -> list[float | None]:
    """Return, for each figure, the difference that its standard error would let show."""
    replicates = delta.values[1 : 1 + delta.resamples]
    return [
        None if np.isnan(column).all() or np.ptp(column[~np.isnan(column)]) == 0
        else _POWER * float(np.nanstd(column))
        for column in replicates.T
    ]  # fmt: skip
