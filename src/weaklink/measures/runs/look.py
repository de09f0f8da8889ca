"""A look at a campaign under way: its rates and gates so far, with intervals for every look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from weaklink.measures.arrange import arrange
from weaklink.measures.arrays import (
    RATES,
    Arrays,
    DatasetArrays,
    attacks_fallen_to,
    survives,
)
from weaklink.measures.bounds import Bounds
from weaklink.measures.defences.worth import passing
from weaklink.measures.gate import ANY, OF_DEFENCES, Bound, Judgement
from weaklink.measures.goals import goal_of
from weaklink.measures.links.pairs import Pairs, pair
from weaklink.measures.runs.baseline import Baseline
from weaklink.measures.runs.rows import Extreme, FigureRow, SampleRow
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats, mean_known
from weaklink.store.studies import Study


@dataclass(frozen=True, slots=True)
class Rate:
    """One figure of an audited model so far; None where no attempt counts."""

    model: str
    attack: str
    dataset: str
    figure: Estimate | None


@dataclass(frozen=True, slots=True)
class Prospects:
    """Whether it is worth going on for the gates of a campaign.

    Attributes:
        hopeful: How many figures the samples that are left may decide.
        hopeless: Why they cannot decide the others that are undecided, a sentence each.
    """

    hopeful: int
    hopeless: tuple[str, ...]


class Look:
    """What is known of a campaign so far.

    Args:
        study: The campaign, of the samples that are done alone.
        bounds: What makes an adversarial text valid.
        left: Ids of the samples that are not done yet, by data set.
        replayed: Samples, the first ones of each data set, whose texts were tried on other models.
    """

    def __init__(
        self,
        study: Study,
        bounds: Bounds,
        left: Mapping[str, Sequence[str]] | None = None,
        replayed: int = 0,
    ) -> None:
        self._study = study
        self._arrays = arrange(study, bounds)
        self._evasion = goal_of(study).kind == "evasion"
        self._left = left or {}
        self._replayed = replayed

    def rates(self, name: str = "asr_all") -> list[Rate]:
        """Return a rate of every audited model under every attack."""
        return [
            Rate(row.model, row.attack, row.dataset, row.figure()) for row in self._of_rate(name)
        ]

    def judge(self, gates: Sequence[Bound | Baseline]) -> list[Judgement]:
        """Hold every figure to its bound."""
        return [self._judged(gate, row) for gate in gates for row in self._rows(gate)]

    def prospects(self, gates: Sequence[Bound | Baseline]) -> Prospects:
        """Return which gates that are undecided may be decided by the samples that are left.

        All measures rise or fall with what a sample adds. So a gate cannot be decided any more if
        it is undecided both where all samples that are left add the least and where they add the
        most.
        """
        hopeful, hopeless = 0, list[str]()
        for gate in gates:
            for row in self._rows(gate):
                now = self._judged(gate, row)
                if now.is_decided:
                    continue
                ends = [self._judged(gate, row, end) for end in Extreme]
                if any(one.is_decided for one in ends):
                    hopeful += 1
                else:
                    hopeless.append(_why(ends, len(self._left.get(row.dataset, ()))))
        return Prospects(hopeful, tuple(hopeless))

    def _judged(
        self, gate: Bound | Baseline, row: FigureRow, end: Extreme | None = None
    ) -> Judgement:
        bound = gate.bound if isinstance(gate, Baseline) else gate
        figure = row.figure(end)
        return Judgement(bound, row.model, row.attack, row.dataset, figure, self._evasion)

    def _rows(self, gate: Bound | Baseline) -> Iterator[FigureRow]:
        if isinstance(gate, Baseline):
            rates = list(self._of_rate("asr_all"))
            yield from gate.rows(self._study, self._arrays, rates, self._left)
            return
        if gate.attack == ANY:
            rows = self._of_worst()
        elif gate.measure in RATES:
            rows = self._of_rate(gate.measure)
        elif gate.measure in OF_DEFENCES:
            rows = self._of_defences(gate.measure)
        else:
            rows = self._of_links(gate.measure)
        yield from (row for row in rows if gate.attack in (None, row.attack))

    def _of_rate(self, name: str) -> Iterator[SampleRow]:
        for dataset in self._arrays.datasets:
            shares = dataset.rate(name, dataset.correct)
            for m, model in enumerate(self._arrays.models):
                if model in audited(self._arrays):
                    yield from self._each(model, dataset, shares[m])

    def _of_worst(self) -> Iterator[SampleRow]:
        """Yield the robust accuracy of every audited model where any attack may succeed."""
        for dataset in self._arrays.datasets:
            stands = survives(attacks_fallen_to(dataset.fell), dataset.correct)
            for model, row in zip(self._arrays.models, stands, strict=True):
                if model in audited(self._arrays):
                    yield self._row(model, ANY, dataset, row)

    def _of_links(self, measure: str) -> Iterator[SampleRow]:
        for dataset in self._arrays.datasets:
            pairs = pair(self._arrays, dataset, both_correct=False)
            for place, (_, downstream) in enumerate(self._arrays.links):
                yield from self._of_link(measure, dataset, downstream, pairs, place)

    def _of_link(
        self, measure: str, dataset: DatasetArrays, downstream: str, pairs: Pairs, place: int
    ) -> Iterator[SampleRow]:
        if measure == "delta":
            yield from self._each(downstream, dataset, pairs.delta[place], difference=True)
        elif measure == "sample_transfer":
            yield from self._each(downstream, dataset, pairs.sample_transfer[place])
        else:
            counts = ~np.isnan(pairs.sample_transfer[place])
            ends = (np.where(counts, end, np.nan) for end in (0.0, 1.0))
            yield from self._of_replays(downstream, dataset, pairs.text_transfer[place], *ends)

    def _of_defences(self, measure: str) -> Iterator[SampleRow]:
        places = {model: m for m, model in enumerate(self._arrays.models)}
        for dataset in self._arrays.datasets:
            for place, (bare, defended) in enumerate(self._arrays.defended):
                before, after = (dataset.share[places[name]] for name in (bare, defended))
                if measure == "asr_adaptive":
                    both = ~np.isnan(before) & ~np.isnan(after)
                    yield from self._each(defended, dataset, np.where(both, after, np.nan))
                else:
                    found = dataset.fell[places[bare]]
                    known = passing(found, dataset.passed[place], every=True)
                    yield from self._of_replays(
                        defended, dataset, known, mean_known(0 * found), mean_known(found)
                    )

    def _of_replays(
        self,
        model: str,
        dataset: DatasetArrays,
        shares: Floats,
        lowest: Floats,
        highest: Floats,
    ) -> Iterator[SampleRow]:
        """Yield a rate of texts that are tried on another model, a few samples at a time.

        Samples whose texts were not tried yet do not count, those without a text included: what
        counts must not depend on what was found.
        """
        tried = np.arange(shares.shape[-1]) < self._replayed
        known = np.where(tried, shares, np.nan)
        ends = (np.where(tried, shares, end) for end in (lowest, highest))
        for attack, row, low, high in zip(self._arrays.attacks, known, *ends, strict=True):
            yield self._row(model, attack, dataset, row, (low, high))

    def _each(
        self, model: str, dataset: DatasetArrays, rows: Floats, *, difference: bool = False
    ) -> Iterator[SampleRow]:
        for attack, row in zip(self._arrays.attacks, rows, strict=True):
            yield self._row(model, attack, dataset, row, difference=difference)

    def _row(
        self,
        model: str,
        attack: str,
        dataset: DatasetArrays,
        known: Floats,
        ends: tuple[Floats, Floats] | None = None,
        *,
        difference: bool = False,
    ) -> SampleRow:
        left = len(self._left.get(dataset.dataset, ()))
        least = -1.0 if difference else 0.0
        lowest, highest = ends or (known, known)
        return SampleRow(
            model,
            attack,
            dataset.dataset,
            known,
            np.append(lowest, np.full(left, least)),
            np.append(highest, np.ones(left)),
            difference,
        )


def _why(ends: Sequence[Judgement], left: int) -> str:
    """Say why the samples that are left cannot decide a gate."""
    place, bound = ends[0].place, ends[0].bound
    intervals = [f"{one.figure.low:.3f} to {one.figure.high:.3f}" for one in ends if one.figure]
    if not intervals:
        return f"{place} stays unknown: no attempt counts."
    lowest, highest = intervals
    rest = "1 sample that is" if left == 1 else f"{left:,} samples that are"
    return (
        f"{place} stays undecided, whatever the {rest} left show: its 95 % interval would end as "
        f"{lowest} at the lowest and as {highest} at the highest, and the bound of "
        f"{bound.limit:g} is inside both."
    )


def audited(arrays: Arrays) -> set[str]:
    """Return the models that are not upstreams alone, and do not stand bare beside a defence."""
    downstreams = {downstream for _, downstream in arrays.links}
    before = {upstream for upstream, _ in arrays.links} | {bare for bare, _ in arrays.defended}
    return set(arrays.models) - (before - downstreams)
