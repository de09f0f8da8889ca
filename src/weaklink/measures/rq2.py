"""RQ2: how robust the models are, by model, attack and data set, and in the worst case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

import numpy as np

from weaklink.measures import Estimate
from weaklink.measures.blocks import Block, Blocks
from weaklink.measures.grid import Floats, mean_known
from weaklink.measures.rates import mean_share
from weaklink.measures.resampling import Resampling, Totals
from weaklink.measures.results import Average, Group, Rates, Scenario, WorstCase
from weaklink.measures.worst import attacks_fallen_to, survives
from weaklink.store import Status

_MEASURES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")
_Cells: TypeAlias = list[int]
_Place: TypeAlias = tuple[int | None, int | None, int | None]
"""Indices of model, attack and data set; None: all of them."""


class Robustness:
    """The rates of all scenarios, and averages over any of them.

    Cells are numbered data set by data set, model by model, attack by attack.

    Args:
        blocks: The outcomes.
        resampling: The resamples that every interval rests on.
        mapped: Whether a model's labels are read as the specification says what they mean.
    """

    def __init__(self, blocks: Blocks, resampling: Resampling, *, mapped: bool = False) -> None:
        self._blocks = blocks
        self._resampling = resampling
        self._correct = [block.mapped if mapped else block.correct for block in blocks.blocks]
        self._shares = [
            shares(block, correct)
            for block, correct in zip(blocks.blocks, self._correct, strict=True)
        ]
        self._rates = self._all_rates(resampling)

    def overall(self) -> Rates:
        """Return the rates over all scenarios."""
        return self._rates[None, None, None]

    def by_model(self) -> tuple[Group, ...]:
        """Return RQ2.1, Figure 6: each model over all attacks and data sets."""
        accuracy = averages(self._resampling.totals(self._correct), self._by_dataset())
        return tuple(
            Group(model=name, rates=self._rates[m, None, None], accuracy=accuracy[m])
            for m, name in enumerate(self._blocks.models)
        )

    def by_attack(self) -> tuple[Group, ...]:
        """Return RQ2.2, Figure 7: each attack over all models and data sets."""
        names = enumerate(self._blocks.attacks)
        return tuple(Group(attack=name, rates=self._rates[None, a, None]) for a, name in names)

    def by_dataset(self) -> tuple[Group, ...]:
        """Return RQ2.2, Figure 8: each data set over all models and attacks."""
        names = enumerate(self._blocks.datasets)
        return tuple(Group(dataset=name, rates=self._rates[None, None, d]) for d, name in names)

    def by_cell(self) -> tuple[Group, ...]:
        """Return each attack on each data set, over all models."""
        names = product(enumerate(self._blocks.attacks), enumerate(self._blocks.datasets))
        return tuple(
            Group(attack=attack, dataset=dataset, rates=self._rates[None, a, d])
            for (a, attack), (d, dataset) in names
        )

    def scenarios(self) -> Iterator[Scenario]:
        """Yield each attack on each data set against each model."""
        names = product(enumerate(self._blocks.models), enumerate(self._blocks.attacks))
        for (m, model), (a, attack) in names:
            for block, rates in zip(self._blocks.blocks, self._shares, strict=True):
                repeated = mean_known(block.fell[m, a].T)
                known = repeated[~np.isnan(repeated)]
                statuses = {str(s): block.statuses.get((m, a, s), 0) for s in Status}
                wanted = block.repetitions[a] * block.fell.shape[2]
                yield Scenario(
                    model=model,
                    attack=attack,
                    dataset=block.dataset,
                    **{name: wilson(rates[name][m, a]) for name in _MEASURES},
                    by_repetition=tuple(known.tolist()),
                    variance=float(known.var(ddof=1)) if len(known) > 1 else None,
                    statuses=statuses,
                    missing=wanted - sum(statuses.values()),
                )  # fmt: skip

    def worst(self) -> Iterator[WorstCase]:
        """Yield each model under the union of all attacks, over all data sets and on each."""
        falls = [attacks_fallen_to(block.fell) for block in self._blocks.blocks]
        stands = [
            survives(fallen, correct) for fallen, correct in zip(falls, self._correct, strict=True)
        ]
        robust, accuracy = (
            self._resampling.totals(part).macro(self._by_dataset()).estimates()
            for part in (stands, self._correct)
        )
        everywhere = (None, *range(len(self._blocks.blocks)))
        for m, d in product(range(len(self._blocks.models)), everywhere):
            chosen = slice(None) if d is None else slice(d, d + 1)
            strongest, leaves = self._strongest(m, d)
            yield WorstCase(
                model=self._blocks.models[m],
                dataset=None if d is None else self._blocks.datasets[d],
                accuracy=accuracy[m] if d is None else wilson(self._correct[d][m]),
                robust_accuracy=robust[m] if d is None else wilson(stands[d][m]),
                strongest=strongest,
                strongest_leaves=leaves,
                fallen=self._counts([part[m] for part in falls[chosen]]),
            )

    def _strongest(self, m: int, d: int | None) -> tuple[str | None, Estimate | None]:
        """Return the attack that leaves the lowest robust accuracy, and that accuracy."""
        known: list[tuple[float, str, Estimate]] = []
        for a, name in enumerate(self._blocks.attacks):
            if d is None:
                average = self._rates[m, a, None].robust_accuracy
                left = None if average is None else average.macro
            else:
                left = wilson(self._shares[d]["robust_accuracy"][m, a])
            if left is not None:
                known.append((left.value, name, left))
        if not known:
            return None, None
        _, strongest, leaves = min(known, key=lambda entry: entry[:2])
        return strongest, leaves

    def _counts(self, falls: Sequence[Floats]) -> tuple[int, ...]:
        known = np.concatenate([np.empty(0), *falls])
        counts = np.bincount(
            known[~np.isnan(known)].astype(int), minlength=len(self._blocks.attacks) + 1
        )
        return tuple(counts.tolist())

    def _by_dataset(self) -> list[_Cells]:
        """Return each model's cells where there is one for each data set and model."""
        models, datasets = len(self._blocks.models), len(self._blocks.blocks)
        return [[d * models + m for d in range(datasets)] for m in range(models)]

    def _all_rates(self, resampling: Resampling) -> dict[_Place, Rates]:
        """Return the averages over every group that a figure shows, by its place."""
        models, attacks, datasets = (
            range(len(names))
            for names in (self._blocks.models, self._blocks.attacks, self._blocks.blocks)
        )
        none = (None,)
        places: list[_Place] = [
            (None, None, None),
            *product(models, none, none),
            *product(none, attacks, none),
            *product(none, none, datasets),
            *product(none, attacks, datasets),
            *product(models, attacks, none),
        ]
        groups = [self._where(place) for place in places]
        found = {}
        for measure in _MEASURES:
            totals = resampling.totals([_cells(part[measure]) for part in self._shares])
            found[measure] = averages(totals, groups)
        return {
            place: Rates(**{name: found[name][i] for name in _MEASURES})
            for i, place in enumerate(places)
        }

    def _where(self, place: _Place) -> _Cells:
        model, attack, dataset = place
        shape = (len(self._blocks.blocks), len(self._blocks.models), len(self._blocks.attacks))
        cells = np.arange(int(np.prod(shape))).reshape(shape)
        for axis, index in enumerate((dataset, model, attack)):
            if index is not None:
                cells = cells.take([index], axis=axis)
        return [int(cell) for cell in cells.ravel()]


def shares(block: Block, correct: Floats) -> dict[str, Floats]:
    """Return what each sample adds to each rate, of shape (models, attacks, samples)."""
    known = correct[:, None, :]
    return {
        "asr_all": block.share,
        "asr_correct": np.where(known == 1, block.share, np.nan),
        "robust_accuracy": known * (1 - block.share),
        "asr_valid": mean_known(block.valid),
    }


def averages(totals: Totals, groups: Sequence[_Cells]) -> list[Average | None]:
    """Return the macro and micro averages of each group; None where no cell has a rate."""
    macro, micro = totals.macro(groups).estimates(), totals.micro(groups).estimates()
    counted = totals.counts[0] > 0
    return [
        None
        if each is None or pooled is None
        else Average(macro=each, micro=pooled, scenarios=int(counted[group].sum()))
        for each, pooled, group in zip(macro, micro, groups, strict=True)
    ]


def wilson(values: Floats) -> Estimate | None:
    """Return the mean of all that is not NaN, with its Wilson interval."""
    return mean_share(values[~np.isnan(values)].tolist())


def _cells(values: Floats) -> Floats:
    return values.reshape(-1, values.shape[-1])
