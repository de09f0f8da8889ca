"""RQ2: how robust the models are, by model, attack and data set, and in the worst case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from weaklink.measures.arrays import (
    RATES,
    STATUSES,
    Arrays,
    DatasetArrays,
    attacks_fallen_to,
    by_cell,
    survives,
)
from weaklink.measures.results import Average, Group, Pick, Rates, Scenario, WorstCase
from weaklink.measures.statistics.anytime import of_average, of_rates
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats, mean_known
from weaklink.measures.statistics.resampling import Cells, Resampling, Totals
from weaklink.measures.statistics.shares import wilson

_Place: TypeAlias = tuple[int | None, int | None, int | None]
"""Indices of model, attack and data set; None: all of them."""


class Robustness:
    """The rates of all scenarios, and averages over any of them.

    Cells are numbered data set by data set, model by model, attack by attack.

    Args:
        arrays: The outcomes.
        resampling: The resamples that every interval rests on.
        mapped: Whether a model's labels are read as the specification says what they mean.
        looked_at: Whether the intervals of scenarios, and of the worst case on each data set, must
            hold at every look. With one data set, that is the worst case over all.
    """

    def __init__(
        self,
        arrays: Arrays,
        resampling: Resampling,
        *,
        mapped: bool = False,
        looked_at: bool = False,
    ) -> None:
        self._arrays = arrays
        self._resampling = resampling
        self._correct = [one.mapped if mapped else one.correct for one in arrays.datasets]
        self._looked_at = looked_at
        self._rates = self._all_rates()
        self._estimates = of_rates if looked_at else wilson
        self._alone = [
            {name: _by_cell(dataset.rate(name, correct), self._estimates) for name in RATES}
            for dataset, correct in zip(arrays.datasets, self._correct, strict=True)
        ]

    def overall(self) -> Rates:
        """Return the rates over all scenarios."""
        return self._rates[None, None, None]

    def by_model(self) -> tuple[Group, ...]:
        """Return RQ2.1, Figure 6: each model over all attacks and data sets."""
        groups = self._by_dataset()
        accuracy = averages(self._resampling.totals(self._correct), groups)
        accuracy = self._at_every_look(accuracy, self._correct, groups)
        return tuple(
            Group(model=name, rates=self._rates[m, None, None], accuracy=accuracy[m])
            for m, name in enumerate(self._arrays.models)
        )

    def over_attacks(self, attacks: Sequence[int]) -> tuple[Rates, tuple[Group, ...]]:
        """Return the rates over some attacks: of all scenarios, and of each model."""
        cells = self._cells()[:, :, list(attacks)]
        models = [cells[:, m].ravel() for m in range(len(self._arrays.models))]
        overall, *each = self._averages([cells.ravel(), *models])
        names = self._arrays.models
        return overall, tuple(Group(model=m, rates=r) for m, r in zip(names, each, strict=True))

    def by_attack(self) -> tuple[Group, ...]:
        """Return RQ2.2, Figure 7: each attack over all models and data sets."""
        names = enumerate(self._arrays.attacks)
        return tuple(Group(attack=name, rates=self._rates[None, a, None]) for a, name in names)

    def by_dataset(self) -> tuple[Group, ...]:
        """Return RQ2.2, Figure 8: each data set over all models and attacks."""
        names = enumerate(self._arrays.dataset_names)
        return tuple(Group(dataset=name, rates=self._rates[None, None, d]) for d, name in names)

    def by_cell(self) -> tuple[Group, ...]:
        """Return each attack on each data set, over all models."""
        names = product(enumerate(self._arrays.attacks), enumerate(self._arrays.dataset_names))
        return tuple(
            Group(attack=attack, dataset=dataset, rates=self._rates[None, a, d])
            for (a, attack), (d, dataset) in names
        )

    def scenarios(self) -> Iterator[Scenario]:
        """Yield each attack on each data set against each model."""
        names = product(enumerate(self._arrays.models), enumerate(self._arrays.attacks))
        for (m, model), (a, attack) in names:
            for dataset, rates in zip(self._arrays.datasets, self._alone, strict=True):
                yield Scenario(
                    model=model,
                    attack=attack,
                    dataset=dataset.dataset,
                    **_rates_of(rates, m, a),
                    **_attempts(dataset, m, a),
                    **_described(dataset, m, a),
                )

    def worst(self) -> Iterator[WorstCase]:
        """Yield each model under the union of all attacks, over all data sets and on each."""
        falls = [attacks_fallen_to(dataset.fell) for dataset in self._arrays.datasets]
        stands = [
            survives(fallen, correct) for fallen, correct in zip(falls, self._correct, strict=True)
        ]
        robust, accuracy = (
            self._resampling.totals(part).macro(self._by_dataset()).estimates()
            for part in (stands, self._correct)
        )
        alone, left = ([self._estimates(one) for one in part] for part in (self._correct, stands))
        if self._looked_at and len(self._arrays.datasets) == 1:
            accuracy, robust = alone[0], left[0]
        everywhere = (None, *range(len(self._arrays.datasets)))
        for m, d in product(range(len(self._arrays.models)), everywhere):
            chosen = slice(None) if d is None else slice(d, d + 1)
            cut = sum(int(np.nansum(one.cut[m])) for one in self._arrays.datasets[chosen])
            attack, leaves = self._worst_attack(m, d)
            yield WorstCase(
                model=self._arrays.models[m],
                dataset=None if d is None else self._arrays.dataset_names[d],
                accuracy=accuracy[m] if d is None else alone[d][m],
                texts_cut=cut,
                robust_accuracy=robust[m] if d is None else left[d][m],
                worst_attack=attack,
                worst_attack_leaves=leaves,
                fallen=self._counts([part[m] for part in falls[chosen]]),
            )

    def most_robust(self) -> Pick | None:
        """Return the model that keeps most in the worst case, of those that do not just guess."""
        falls = [attacks_fallen_to(dataset.fell) for dataset in self._arrays.datasets]
        stands = [survives(one, known) for one, known in zip(falls, self._correct, strict=True)]
        robust, accuracy = (
            self._resampling.totals(part).macro(self._by_dataset())
            for part in (stands, self._correct)
        )
        able = [m for m, one in enumerate(accuracy.estimates()) if one and one.low > _GUESSING]
        return _pick(robust.first_of(able), self._arrays.models, None)

    def strongest(self) -> Iterator[Pick]:
        """Yield the attack that succeeds most often against each model."""
        models, attacks = len(self._arrays.models), len(self._arrays.attacks)
        cells = self._cells()
        groups = [cells[:, m, a] for m, a in product(range(models), range(attacks))]
        drawn = [
            self._resampling.totals(
                [by_cell(one.rate(name, known))
                 for one, known in zip(self._arrays.datasets, self._correct, strict=True)]
            ).macro(groups)
            for name in ("asr_correct", "asr_all")
        ]  # fmt: skip
        names = self._arrays.attacks * models
        for m, model in enumerate(self._arrays.models):
            places = range(m * attacks, (m + 1) * attacks)
            found = drawn[0].first_of(places) or drawn[1].first_of(places)
            pick = _pick(found, names, model)
            if pick is not None:
                yield pick

    def _worst_attack(self, m: int, d: int | None) -> tuple[str | None, Estimate | None]:
        """Return the attack that leaves the lowest robust accuracy, and that accuracy."""
        known: list[tuple[float, str, Estimate]] = []
        for a, name in enumerate(self._arrays.attacks):
            if d is None:
                average = self._rates[m, a, None].robust_accuracy
                remains = None if average is None else average.macro
            else:
                remains = self._alone[d]["robust_accuracy"][m][a]
            if remains is not None:
                known.append((remains.value, name, remains))
        if not known:
            return None, None
        _, attack, leaves = min(known, key=lambda entry: entry[:2])
        return attack, leaves

    def _counts(self, falls: Sequence[Floats]) -> tuple[int, ...]:
        known = np.concatenate([np.empty(0), *falls])
        counts = np.bincount(
            known[~np.isnan(known)].astype(int), minlength=len(self._arrays.attacks) + 1
        )
        return tuple(counts.tolist())

    def _by_dataset(self) -> list[Cells]:
        """Return each model's cells where there is one for each data set and model."""
        models, datasets = len(self._arrays.models), len(self._arrays.datasets)
        return [[d * models + m for d in range(datasets)] for m in range(models)]

    def _all_rates(self) -> dict[_Place, Rates]:
        """Return the averages over every group that a figure shows, by its place."""
        models, attacks, datasets = (
            range(len(names))
            for names in (self._arrays.models, self._arrays.attacks, self._arrays.datasets)
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
        cells = self._cells()
        found = self._averages([_where(cells, place) for place in places])
        return dict(zip(places, found, strict=True))

    def _cells(self) -> NDArray[np.int64]:
        """Return the number of each cell, in the shape (data sets, models, attacks)."""
        one = self._arrays
        shape = (len(one.datasets), len(one.models), len(one.attacks))
        return np.arange(int(np.prod(shape))).reshape(shape)

    def _averages(self, groups: Sequence[Cells]) -> list[Rates]:
        """Return the averages over groups of cells."""
        found = {}
        for name in RATES:
            shares = [
                by_cell(dataset.rate(name, correct))
                for dataset, correct in zip(self._arrays.datasets, self._correct, strict=True)
            ]
            known = averages(self._resampling.totals(shares), groups)
            found[name] = self._at_every_look(known, shares, groups)
        return [Rates(**{name: found[name][i] for name in RATES}) for i in range(len(groups))]

    def _at_every_look(
        self, found: list[Average | None], shares: Sequence[Floats], groups: Sequence[Cells]
    ) -> list[Average | None]:
        """Return averages with intervals for every look, if somebody looked at one data set."""
        if not self._looked_at or len(shares) != 1:
            return found
        return [
            one
            and one.model_copy(
                update={
                    "macro": of_average(one.macro, shares[0][group]),
                    "micro": of_average(one.micro, shares[0][group], pooled=True),
                }
            )
            for one, group in zip(found, map(list, groups), strict=True)
        ]


_GUESSING = 0.5


def _pick(
    found: tuple[int, Sequence[int]] | None, names: Sequence[str], about: str | None
) -> Pick | None:
    if found is None:
        return None
    best, rivals = found
    return Pick(about=about, name=names[best], rivals=tuple(names[one] for one in rivals))


def _where(cells: NDArray[np.int64], place: _Place) -> NDArray[np.int64]:
    """Return the cells of a place; they have the shape (data sets, models, attacks)."""
    model, attack, dataset = (slice(None) if i is None else slice(i, i + 1) for i in place)
    return cells[dataset, model, attack].ravel()


def averages(totals: Totals, groups: Sequence[Cells]) -> list[Average | None]:
    """Return the macro and micro averages of each group; None where no cell has a rate."""
    macro, micro = (drawn.estimates() for drawn in totals.averages(groups))
    counted = totals.observed_counts > 0
    return [
        None
        if each is None or pooled is None
        else Average(
            macro=each,
            micro=pooled,
            n_scenarios=int(counted[np.asarray(group, dtype=np.int64)].sum()),
        )
        for each, pooled, group in zip(macro, micro, groups, strict=True)
    ]


def _rates_of(
    rates: Mapping[str, Sequence[Sequence[Estimate | None]]], m: int, a: int
) -> dict[str, Any]:
    return {name: found[m][a] for name, found in rates.items()}


def _attempts(dataset: DatasetArrays, m: int, a: int) -> dict[str, Any]:
    """Return how the attempts of a scenario ended, and its repetitions."""
    repeated = mean_known(dataset.fell[m, a].T)
    known = repeated[~np.isnan(repeated)]
    statuses = dict(zip(map(str, STATUSES), dataset.statuses[m, a].tolist(), strict=True))
    wanted = dataset.repetitions[a] * dataset.fell.shape[2]
    return {
        "by_repetition": tuple(known.tolist()),
        "variance": float(known.var(ddof=1)) if len(known) > 1 else None,
        "statuses": statuses,
        "missing": wanted - sum(statuses.values()),
    }


def _described(dataset: DatasetArrays, m: int, a: int) -> dict[str, Any]:
    """Return what a scenario cost and what became of its texts."""
    described = dataset.described
    figures = {name: _known(float(values[m, a])) for name, values in described.figures.items()}
    missing, seconds = figures.pop("fluency_missing", None), figures.pop("seconds", None)
    spread = described.percentiles[m, a]
    return {
        **{name: figures.get(name) for name in _DESCRIBED},
        "queries_of_successes": None if np.isnan(spread).any() else tuple(spread.tolist()),
        "fluency_missing": int(missing or 0),
        "seconds": seconds or 0.0,
        "notes": {
            name: float(values[m, a])
            for name, values in described.notes.items()
            if not np.isnan(values[m, a])
        },
    }


_DESCRIBED = (
    "queries_mean", "queries_median", "words_changed_mean", "characters_changed_mean",
    "similarity_mean", "perplexity_ratio_median",
)  # fmt: skip


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _by_cell(
    values: Floats, estimates: Callable[[Floats], list[Estimate | None]]
) -> list[list[Estimate | None]]:
    """Return the mean over samples with its interval, by model and attack."""
    models, attacks, _ = values.shape
    found = estimates(by_cell(values))
    return [found[m * attacks : (m + 1) * attacks] for m in range(models)]
