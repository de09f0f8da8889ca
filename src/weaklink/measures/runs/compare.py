"""Two runs beside each other: two revisions of a model, or one model at two times.

Runs with stored outcomes are paired by sample: the same attack on the same sample of the same data,
against the one model and the other. Of runs whose figures alone are known, the rates are compared
as those of independent samples, which finds less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from weaklink.document import Document
from weaklink.measures.arrange import arrange
from weaklink.measures.goals import evasion, told_goal
from weaklink.measures.results import Results, Verdict
from weaklink.measures.runs.pairing import (
    AuditedModels,
    Matched,
    Measure,
    RunShares,
    matched,
    paired_models,
)
from weaklink.measures.statistics import anytime, intervals
from weaklink.measures.statistics.drawn import estimates_of
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats
from weaklink.measures.statistics.paired import holm, mcnemar, permutation
from weaklink.measures.statistics.resampling import Resampling
from weaklink.measures.verdicts import verdict
from weaklink.store.studies import Study


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run: its figures, and its outcomes where they are stored."""

    results: Results
    study: Study | None = None

    @property
    def looked_at(self) -> bool:
        """Whether somebody looked at its figures before they decided to stop."""
        return self.results.intervals == "always-valid"


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

    def _repr_html_(self) -> str:
        """Return what changed as notebooks show it."""
        from weaklink.measures.runs.notebook import html_of_comparison

        return html_of_comparison(self)


def compare_runs(
    first: ComparedRun, second: ComparedRun, measure: Measure = "asr_all", *, seed: int = 0
) -> RunComparison:
    """Compare two runs.

    Models are paired by name, or as they are where each run audits one; a model that one run audits
    without a defence and the other with several is paired with each of them. Tests are exact
    McNemar, or the paired permutation with repetitions, and p-values are adjusted by Holm (1979).

    Args:
        first: The older run.
        second: The newer run.
        measure: The rate.
        seed: Chooses resamples and permutations.
    """
    pairs, left_out = paired_models(*(AuditedModels.of(run.results) for run in (first, second)))
    goals = [told_goal(run.results.goal) for run in (first, second)]
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
    goal = told_goal(first.results.goal)
    yield f"Both runs have: data {', '.join(told)}; attacks {attacks}; goal {goal}."
    if meant := evasion(first.results.goal):
        yield meant


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
    """Say which runs were looked at, and which models are asked at different operating points."""
    for which, one in (("first", first), ("second", second)):
        if one.intervals == "always-valid":
            yield (
                f"The {which} run was looked at until its gates were decided, so intervals of "
                "differences hold at every look, and p-values are not adjusted for them."
            )
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


def _paired(
    first: ComparedRun,
    second: ComparedRun,
    pairs: list[tuple[str, str]],
    measure: Measure,
    seed: int,
) -> Iterator[Changed | str]:
    looked_at = first.looked_at or second.looked_at
    old, new = (
        RunShares.of(one.study, arrange(one.study, one.results.bounds), measure)
        for one in (first, second)
        if one.study is not None
    )
    for one in matched(old, new, pairs):
        yield one if isinstance(one, str) else _change(one, seed, looked_at=looked_at)


def _change(one: Matched, seed: int, *, looked_at: bool) -> Changed | str:
    if not one.samples:
        return f"{one.attack} on {one.dataset} has no sample that was attacked in both runs."
    before, after = one.before, one.after
    if looked_at:
        (difference,) = anytime.of_differences((after - before)[None])
    else:
        resampling = Resampling([len(one.samples)], seed=seed)
        totals = [resampling.totals([values[None, :]]) for values in (after, before)]
        (difference,) = totals[0].differences(totals[1])
    assert difference is not None  # noqa: S101  there are samples
    named = [*zip(one.samples, *one.fell, strict=True)]
    return Changed(
        models=one.models,
        attack=one.attack,
        dataset=one.dataset,
        first=float(before.mean()),
        second=float(after.mean()),
        difference=difference,
        p_value=_tested(before, after, seed),
        fell=tuple(name for name, a, b in named if b > 0 and a == 0),
        held=tuple(name for name, a, b in named if a > 0 and b == 0),
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
            difference = difference_of(old, new, (first.looked_at, second.looked_at))
            yield Changed(
                models=models,
                attack=attack,
                dataset=dataset,
                first=old.value,
                second=new.value,
                difference=difference,
                p_value=intervals.p_value_of(difference),
            )


def difference_of(old: Estimate, new: Estimate, looked_at: tuple[bool, bool]) -> Estimate:
    """Return the second of two rates less the first, taken as independent.

    Args:
        old: The first rate.
        new: The second.
        looked_at: Whether somebody looked at each before they decided to stop; the interval then
            holds at every look, and does not need them to be independent.
    """
    if any(looked_at):
        return anytime.of_two_rates(old, new, looked_at)
    ends = [tuple(np.array([v]) for v in (e.value, e.low, e.high)) for e in (new, old)]
    low, high = intervals.of_differences(
        (ends[0][0], ends[0][1], ends[0][2]), (ends[1][0], ends[1][1], ends[1][2]), np.zeros(1)
    )
    n = np.array([min(old.n, new.n)])
    (difference,) = estimates_of(np.array([new.value - old.value]), low, high, n)
    assert difference is not None  # noqa: S101  both rates are known
    return difference
