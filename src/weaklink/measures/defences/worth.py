"""What a defence is worth: the attacked model and the defended one, paired by sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from weaklink.measures.arrays import RATES, Arrays, DatasetArrays
from weaklink.measures.options import looked_at
from weaklink.measures.results import (
    Change,
    DefenceGroup,
    DefenceResult,
    DefenceScenario,
    Scenario,
)
from weaklink.measures.statistics import anytime
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats, mean_known
from weaklink.measures.statistics.paired import holm, permutation
from weaklink.measures.statistics.resampling import Cells, Resampling
from weaklink.measures.verdicts import verdict
from weaklink.store.record import DefenceEntry, StudyRecord

_Place = tuple[str, str, str]
"""Model, attack and data set."""


def worth_of_defences(
    record: StudyRecord,
    arrays: Arrays,
    resampling: Resampling,
    scenarios: Sequence[Scenario],
    seed: int,
) -> tuple[DefenceResult, ...]:
    """Return the figures of every defence whose two models were attacked.

    Args:
        record: Names the defences.
        arrays: The outcomes.
        resampling: The resamples that intervals rest on.
        scenarios: Each attack on each data set against each model.
        seed: Chooses the permutations.
    """
    defences = [one for one in record.defences if (one.model, one.defended) in arrays.defended]
    if not defences:
        return ()
    cells = _Cells(arrays, resampling, defences, seed, looked_at=looked_at(record))
    known = {(one.model, one.attack, one.dataset): one for one in scenarios}
    found = [cells.result(place, entry, known) for place, entry in enumerate(defences)]
    adjusted = holm([one.all.p_value for one in found])
    return tuple(
        one.model_copy(
            update={
                "p_holm": p_holm,
                "verdict": verdict(_difference(one.all), p_holm),
            }
        )
        for one, p_holm in zip(found, adjusted, strict=True)
    )


def _difference(group: DefenceGroup) -> Estimate | None:
    return None if group.asr_all is None else group.asr_all.difference


class _Sides(NamedTuple):
    """Of each data set, what samples add to a rate of both models: (cells, samples)."""

    before: list[Floats]
    after: list[Floats]


class _Cells:
    """Figures over cells: data set by data set, defence by defence, attack by attack."""

    def __init__(
        self,
        arrays: Arrays,
        resampling: Resampling,
        defences: Sequence[DefenceEntry],
        seed: int,
        *,
        looked_at: bool,
    ) -> None:
        self._arrays = arrays
        self._resampling = resampling
        self._defences = defences
        self._seed = seed
        self._looked_at = looked_at
        self._sides = {name: self._of_rate(name) for name in RATES}
        self._oblivious = [self._by_old_texts(one, every=True) for one in arrays.datasets]
        self._old_texts = [self._by_old_texts(one, every=False) for one in arrays.datasets]

    def result(
        self, place: int, entry: DefenceEntry, scenarios: Mapping[_Place, Scenario]
    ) -> DefenceResult:
        attacks = self._arrays.attacks
        unknown = [a for a, name in enumerate(attacks) if name not in entry.attacks]
        every = [*range(len(attacks))]
        return DefenceResult(
            kind=entry.kind,
            model=entry.model,
            defended=entry.defended,
            method=entry.method,
            learnt_on=entry.learnt_on,
            attacks=entry.attacks,
            accuracy=self._accuracy(entry),
            rejected=self._rejected(entry),
            all=self._group(self._numbers(place, every)),
            unknown=(
                self._group(self._numbers(place, unknown)) if entry.attacks and unknown else None
            ),
            scenarios=tuple(self._scenarios(place, entry, scenarios)),
            p_holm=None,
            verdict="undecided",
        )

    def _numbers(self, place: int, attacks: Sequence[int], dataset: int | None = None) -> Cells:
        shape = (len(self._arrays.datasets), len(self._defences), len(self._arrays.attacks))
        numbers = np.arange(int(np.prod(shape))).reshape(shape)[:, place][:, list(attacks)]
        picked = numbers if dataset is None else numbers[dataset]
        return np.asarray(picked.ravel(), dtype=np.int64)

    def _group(self, cells: Cells) -> DefenceGroup:
        oblivious, old_texts = (
            self._resampling.totals(part).macro([cells]).estimates()[0]
            for part in (self._oblivious, self._old_texts)
        )
        if self._looked_at and len(self._arrays.datasets) == 1:
            oblivious = anytime.of_average(oblivious, self._oblivious[0][list(cells)])
            old_texts = anytime.of_average(old_texts, self._old_texts[0][list(cells)], apart=True)
        changes = {name: self._change(self._sides[name], cells) for name in RATES}
        return DefenceGroup(
            **changes,
            asr_oblivious=oblivious,
            text_transfer=old_texts,
            p_value=None if changes["asr_all"] is None else self._p_value(cells),
        )

    def _change(self, sides: _Sides, cells: Cells) -> Change | None:
        before, after = (self._resampling.totals(part).macro([cells]) for part in sides)
        first, second, between = (one.estimates()[0] for one in (before, after, after - before))
        if self._looked_at and len(self._arrays.datasets) == 1:
            old, new = (part[0][list(cells)] for part in sides)
            first, second = anytime.of_average(first, old), anytime.of_average(second, new)
            between = anytime.of_average(between, new - old, differences=True)
        return _changed(first, second, between)

    def _scenarios(
        self, place: int, entry: DefenceEntry, scenarios: Mapping[_Place, Scenario]
    ) -> list[DefenceScenario]:
        found = []
        names = product(enumerate(self._arrays.dataset_names), enumerate(self._arrays.attacks))
        for (d, dataset), (a, attack) in names:
            both = [scenarios.get((m, attack, dataset)) for m in (entry.model, entry.defended)]
            if both[0] is None or both[1] is None:
                continue
            found.append(
                DefenceScenario(
                    attack=attack,
                    dataset=dataset,
                    learnt=attack in entry.attacks,
                    figures=self._alone(place, a, d),
                    words_changed=(both[0].words_changed_mean, both[1].words_changed_mean),
                    queries=(both[0].queries_mean, both[1].queries_mean),
                )
            )
        return found

    def _alone(self, place: int, attack: int, dataset: int) -> DefenceGroup:
        """Return one attack on one data set; its rates hold at every look if somebody looked."""
        group = self._group(self._numbers(place, [attack], dataset))
        if not self._looked_at:
            return group
        row = [place * len(self._arrays.attacks) + attack]
        changes: dict[str, Change | None] = {}
        for name in RATES:
            before, after = (side[dataset][row] for side in self._sides[name])
            known: Change | None = getattr(group, name)
            difference = None if known is None else known.difference
            if name == "asr_all":
                (difference,) = anytime.of_differences(after - before)
            (first,), (second,) = (anytime.of_rates(side) for side in (before, after))
            changes[name] = _changed(first, second, difference)
        old = {
            "asr_oblivious": anytime.of_rates(self._oblivious[dataset][row])[0],
            "text_transfer": anytime.of_rates(self._old_texts[dataset][row])[0],
        }
        return group.model_copy(update={**changes, **old})

    def _accuracy(self, entry: DefenceEntry) -> Change | None:
        both = [self._arrays.models.index(name) for name in (entry.model, entry.defended)]
        before, after = ([one.correct[m][None] for one in self._arrays.datasets] for m in both)
        group: Cells = np.arange(len(before), dtype=np.int64)
        first, second = (self._resampling.totals(part).macro([group]) for part in (before, after))
        return _changed(*(one.estimates()[0] for one in (first, second, second - first)))

    def _rejected(self, entry: DefenceEntry) -> Estimate | None:
        if entry.kind != "guard":
            return None
        model = self._arrays.models.index(entry.defended)
        shares = [one.rejected[model][None] for one in self._arrays.datasets]
        group: Cells = np.arange(len(shares), dtype=np.int64)
        return self._resampling.totals(shares).macro([group]).estimates()[0]

    def _of_rate(self, name: str) -> _Sides:
        sides = _Sides([], [])
        for one in self._arrays.datasets:
            rates = one.rate(name, one.correct)
            parts = [
                np.concatenate([rates[self._arrays.models.index(model)] for model in models])
                for models in zip(*((d.model, d.defended) for d in self._defences), strict=True)
            ]
            attempted = ~np.isnan(parts[0]) & ~np.isnan(parts[1])
            for side, part in zip(sides, parts, strict=True):
                side.append(np.where(attempted, part, np.nan) if name == "asr_all" else part)
        return sides

    def _by_old_texts(self, one: DatasetArrays, *, every: bool) -> Floats:
        """Return of each sample the share of texts found on the bare model that pass.

        Args:
            one: A data set.
            every: Whether attempts that found no text count, as ones that do not pass.
        """
        parts = []
        for entry in self._defences:
            bare = one.fell[self._arrays.models.index(entry.model)]
            passed = one.passed[self._arrays.defended.index((entry.model, entry.defended))]
            parts.append(passing(bare, passed, every=every))
        return np.concatenate(parts)

    def _p_value(self, cells: Cells) -> float:
        """Test the mean change of ``asr_all`` by exchanging both models on whole samples."""
        rows, start = [], 0
        before, after = self._sides["asr_all"]
        for first, second in zip(before, after, strict=True):
            here = [cell - start for cell in cells if start <= cell < start + len(first)]
            change = (second - first)[here]
            counts = np.maximum(1, (~np.isnan(change)).sum(axis=1))
            rows.append((np.nan_to_num(change) / counts[:, None]).sum(axis=0))
            start += len(first)
        return float(permutation(np.concatenate(rows)[:, None], seed=self._seed)[0])


def passing(bare: Floats, passed: Floats, *, every: bool) -> Floats:
    """Return of each sample the share of texts found on the bare model that pass the defended one.

    Args:
        bare: Whether attempts on the bare model succeeded: (attacks, samples, repetitions).
        passed: Whether their texts pass, likewise.
        every: Whether attempts that found no text count, as ones that do not pass.

    Returns:
        Shape (attacks, samples); NaN where nothing counts.
    """
    found = np.where(bare == 1, passed, np.nan)
    return mean_known(np.where(bare == 0, 0.0, found) if every else found)


def _changed(
    before: Estimate | None, after: Estimate | None, difference: Estimate | None
) -> Change | None:
    if before is None or after is None or difference is None:
        return None
    return Change(before=before, after=after, difference=difference)
