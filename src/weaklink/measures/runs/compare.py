"""Two runs beside each other: two revisions of a model, or one model at two times.

Runs with stored outcomes are paired by sample: the same attack on the same sample of the same data,
against the one model and the other. Of runs whose figures alone are known, the rates are compared
as those of independent samples, which finds less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict

from weaklink.document import Document
from weaklink.measures.arrange import arrange
from weaklink.measures.results import GoalResult, Results, Verdict
from weaklink.measures.statistics import intervals
from weaklink.measures.statistics.drawn import estimates_of
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.paired import holm, mcnemar, permutation
from weaklink.measures.statistics.resampling import Resampling
from weaklink.measures.verdicts import verdict
from weaklink.store.campaign import Campaign
from weaklink.store.studies import Study

Measure: TypeAlias = Literal["asr_all", "robust_accuracy"]


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run: its figures, and its outcomes where they are stored."""

    results: Results
    study: Study | None = None


class Changed(BaseModel):
    """One attack on one data set against a model of each run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[str, str]
    """The first run's and the second's."""
    attack: str
    dataset: str
    first: float
    """The first run's rate, on the samples that are compared."""
    second: float
    """The second's."""
    difference: Estimate
    """Second less first."""
    p_value: float
    """Of the paired test that the difference is zero; where nothing is paired, that of its interval
    (Altman and Bland 2011)."""
    p_holm: float | None = None
    """Adjusted over all that is compared."""
    verdict: Verdict = "undecided"
    """What the second run's model is beside the first's, by the interval and the adjusted
    p-value."""
    fell: tuple[str, ...] = ()
    """Samples that fall in the second run alone."""
    held: tuple[str, ...] = ()
    """Samples that fall in the first run alone."""


class RunComparison(Document):
    """What changed from one run to another."""

    kind: Literal["run-comparison"] = "run-comparison"
    schema_version: Literal[2] = 2
    verdict: Verdict | None
    """What the second run is beside the first: that of the changes where those that are decided
    agree, else undecided; None where nothing is compared."""
    figure: Measure
    """The rate that is compared."""
    paired: bool
    """Whether samples are paired."""
    changes: tuple[Changed, ...]
    """Every attack on every data set that both runs have."""
    notes: tuple[str, ...]
    """What both runs have, and what is compared although they differ in it."""
    left_out: tuple[str, ...]
    """What cannot be compared, and why."""


def compare_runs(
    first: ComparedRun, second: ComparedRun, measure: Measure = "asr_all", *, seed: int = 0
) -> RunComparison:
    """Compare two runs.

    Models are paired by name, or as they are where each run audits one. Tests are exact McNemar, or
    the paired permutation with repetitions, and p-values are adjusted by Holm (1979).

    Args:
        first: The older run.
        second: The newer run.
        measure: The rate.
        seed: Chooses resamples and permutations.
    """
    pairs, left_out = _models(first, second)
    goals = [_told(run.results.goal) for run in (first, second)]
    if goals[0] != goals[1]:
        pairs, left_out = [], [f"The goals differ: {goals[0]}, then {goals[1]}."]
    paired = first.study is not None and second.study is not None
    found = (_paired if paired else _unpaired)(first, second, pairs, measure, seed)
    changes = []
    for one in found:
        if isinstance(one, str):
            left_out.append(one)
        else:
            changes.append(one)
    left_out += _samples_of_one(first, second, changes)
    adjusted = holm([one.p_value for one in changes])
    told = [_judged(one, p, measure) for one, p in zip(changes, adjusted, strict=True)]
    return RunComparison(
        verdict=_overall(told),
        figure=measure,
        paired=paired,
        changes=tuple(told),
        notes=(*_design(first, second, told), *_notes(first.results, second.results, pairs)),
        left_out=tuple(dict.fromkeys(left_out)),
    )


def _judged(change: Changed, p_holm: float | None, measure: Measure) -> Changed:
    """Return a change with what depends on how many are beside it."""
    found = change.difference
    if measure == "robust_accuracy":  # of which more is better
        found = Estimate(value=-found.value, low=-found.high, high=-found.low, n=found.n)
    return change.model_copy(update={"p_holm": p_holm, "verdict": verdict(found, p_holm)})


def _overall(changes: Sequence[Changed]) -> Verdict | None:
    if not changes:
        return None
    found = {one.verdict for one in changes} - {"undecided"}
    return found.pop() if len(found) == 1 else "undecided"


def _design(first: ComparedRun, second: ComparedRun, changes: Sequence[Changed]) -> Iterator[str]:
    """Say what both runs have in common: data, samples, attacks and the goal."""
    if not changes:
        return
    told = []
    for dataset in dict.fromkeys(one.dataset for one in changes):
        ids = [_sample_ids(run, dataset) for run in (first, second)]
        both, every = len(ids[0] & ids[1]), len(ids[0] | ids[1])
        told.append(f"{dataset} ({both:,} of {every:,} samples)" if all(ids) else dataset)
    attacks = ", ".join(dict.fromkeys(one.attack for one in changes))
    goal = _told(first.results.goal)
    yield f"Both runs have: data {', '.join(told)}; attacks {attacks}; goal {goal}."


def _samples_of_one(
    first: ComparedRun, second: ComparedRun, changes: Sequence[Changed]
) -> Iterator[str]:
    """Say how many samples of the data that are compared only one run has."""
    for dataset in dict.fromkeys(one.dataset for one in changes):
        old, new = (_sample_ids(run, dataset) for run in (first, second))
        for which, only in (("first", old - new), ("second", new - old)):
            if only and old and new:
                noun = "sample" if len(only) == 1 else "samples"
                yield f"{len(only):,} {noun} of {dataset} in the {which} run only."


def _sample_ids(run: ComparedRun, dataset: str) -> set[str]:
    """Return the samples of a data set; none where only figures are known."""
    if run.study is None:
        return set()
    return {
        sample
        for entry in run.study.record.campaigns
        if entry.dataset == dataset
        for sample in run.study.campaigns[entry.campaign].data.sample_ids
    }


def _notes(first: Results, second: Results, pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Say of each pair of models whether they are asked at different operating points."""
    for old, new in pairs:
        points = [_operating_point(one, name) for one, name in ((first, old), (second, new))]
        if points[0] != points[1]:
            yield f"{new} has another operating point: {points[0]}, then {points[1]}."


def _operating_point(results: Results, model: str) -> str:
    told = [
        f"{one.label} from {one.threshold:.3g}"
        for one in results.operating_points
        if one.model == model
    ]
    return ", ".join(told) or "the likeliest label"


def _told(goal: GoalResult) -> str:
    reached = "any other label" if goal.target is None else goal.target
    return f"from {goal.source or 'any label'} to {reached}"


def _models(first: ComparedRun, second: ComparedRun) -> tuple[list[tuple[str, str]], list[str]]:
    old, new = first.results.audited, second.results.audited
    if len(old) == len(new) == 1:
        return [(old[0], new[0])], []
    only = [
        f"{name} is in the {which} run only."
        for which, mine, other in (("first", old, new), ("second", new, old))
        for name in mine
        if name not in other
    ]
    return [(name, name) for name in old if name in new], only


def _paired(
    first: ComparedRun,
    second: ComparedRun,
    pairs: list[tuple[str, str]],
    measure: Measure,
    seed: int,
) -> Iterator[Changed | str]:
    runs = [_Run.of(side, measure) for side in (first, second)]
    old, new = runs
    for dataset in dict.fromkeys([*old.campaigns, *new.campaigns]):
        here = [run.campaigns.get(dataset) for run in runs]
        if here[0] is None or here[1] is None:
            yield f"{dataset} is in the {'second' if here[0] is None else 'first'} run only."
            continue
        if here[0].data.fingerprint != here[1].data.fingerprint:
            yield f"{dataset} has other texts or labels in the second run."
            continue
        prints = [
            {attack.name: attack.fingerprint for attack in one.attacks} for one in here if one
        ]
        for attack in dict.fromkeys([*prints[0], *prints[1]]):
            if attack not in prints[0] or attack not in prints[1]:
                yield f"{attack} is in the {'first' if attack in prints[0] else 'second'} run only."
            elif prints[0][attack] != prints[1][attack]:
                yield f"{attack} has another version or other parameters in the second run."
            else:
                for models in pairs:
                    yield _change(old, new, models, attack, dataset, seed)


@dataclass(frozen=True)
class _Run:
    """What each sample adds to the rate, by model, attack and data set."""

    campaigns: dict[str, Campaign]
    shares: dict[tuple[str, str, str], Floats]
    fallen: dict[tuple[str, str, str], Floats]

    @classmethod
    def of(cls, side: ComparedRun, measure: Measure) -> _Run:
        assert side.study is not None  # noqa: S101  the caller pairs stored runs only
        record = side.study.record
        campaigns = {e.dataset: side.study.campaigns[e.campaign] for e in record.campaigns}
        arrays = arrange(side.study, side.results.bounds)
        shares, fallen = {}, {}
        for one in arrays.datasets:
            rates = one.rate(measure, one.correct)
            for m, model in enumerate(arrays.models):
                for a, attack in enumerate(arrays.attacks):
                    shares[model, attack, one.dataset] = rates[m, a]
                    fallen[model, attack, one.dataset] = one.share[m, a]
        return cls(campaigns, shares, fallen)


def _change(
    old: _Run, new: _Run, models: tuple[str, str], attack: str, dataset: str, seed: int
) -> Changed | str:
    places = [
        {s: i for i, s in enumerate(r.campaigns[dataset].data.sample_ids)} for r in (old, new)
    ]
    both = [sample for sample in places[0] if sample in places[1]]
    keys = [(model, attack, dataset) for model in models]
    taken = [[place[sample] for sample in both] for place in places]
    before, after = (r.shares[k][t] for r, k, t in zip((old, new), keys, taken, strict=True))
    known = ~np.isnan(before) & ~np.isnan(after)
    if not known.any():
        return f"{attack} on {dataset} has no sample that was attacked in both runs."
    names = [sample for sample, there in zip(both, known, strict=True) if there]
    fell = [r.fallen[k][t][known] for r, k, t in zip((old, new), keys, taken, strict=True)]
    before, after = before[known], after[known]
    resampling = Resampling([len(names)], seed=seed)
    totals = [resampling.totals([values[None, :]]) for values in (after, before)]
    (difference,) = totals[0].differences(totals[1])
    assert difference is not None  # noqa: S101  there are samples
    return Changed(
        models=models,
        attack=attack,
        dataset=dataset,
        first=float(before.mean()),
        second=float(after.mean()),
        difference=difference,
        p_value=_tested(before, after, seed),
        fell=tuple(name for name, a, b in zip(names, *fell, strict=True) if b > 0 and a == 0),
        held=tuple(name for name, a, b in zip(names, *fell, strict=True) if a > 0 and b == 0),
    )


def _tested(before: Floats, after: Floats, seed: int) -> float:
    if np.isin(before, (0, 1)).all() and np.isin(after, (0, 1)).all():
        return mcnemar(int((before > after).sum()), int((after > before).sum()))
    return float(permutation((after - before)[:, None], seed=seed)[0])


def _unpaired(
    first: ComparedRun, second: ComparedRun, pairs: list[tuple[str, str]], measure: Measure, _: int
) -> Iterator[Changed | str]:
    known = [
        {
            (one.model, one.attack, one.dataset): getattr(one, measure)
            for one in side.results.scenarios
        }
        for side in (first, second)
    ]
    places = dict.fromkeys(key[1:] for found in known for key in found)
    for models in pairs:
        for attack, dataset in places:
            old, new = (f.get((m, attack, dataset)) for f, m in zip(known, models, strict=True))
            if old is None or new is None:
                yield f"{attack} on {dataset} has no {measure} in both runs."
                continue
            ends = [tuple(np.array([v]) for v in (e.value, e.low, e.high)) for e in (new, old)]
            values = new.value - old.value
            low, high = intervals.of_differences(
                (ends[0][0], ends[0][1], ends[0][2]), (ends[1][0], ends[1][1], ends[1][2]),
                np.zeros(1),
            )  # fmt: skip
            (difference,) = estimates_of(
                np.array([values]), low, high, np.array([min(old.n, new.n)])
            )
            assert difference is not None  # noqa: S101  both rates are known
            yield Changed(
                models=models,
                attack=attack,
                dataset=dataset,
                first=old.value,
                second=new.value,
                difference=difference,
                p_value=intervals.p_value_of(difference),
            )
