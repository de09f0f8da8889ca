"""Non-inferiority: a run may be less robust than another one by a margin at most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from weaklink.errors import WeaklinkError
from weaklink.measures.arrange import arrange
from weaklink.measures.arrays import Arrays
from weaklink.measures.gate import FROM_BASELINE, Bound, Judgement
from weaklink.measures.results import Results
from weaklink.measures.runs.compare import ComparedRun, compare_runs, difference_of
from weaklink.measures.runs.pairing import (
    AuditedModels,
    Matched,
    RunShares,
    matched,
    paired_models,
)
from weaklink.measures.runs.rows import Extreme, FigureRow, SampleRow
from weaklink.measures.statistics.estimate import Estimate
from weaklink.store.studies import Study


@dataclass(frozen=True)
class Baseline:
    """Another run, above whose ``asr_all`` that of a campaign may be by a margin at most.

    Attributes:
        run: The other run.
        margin: Largest difference.
    """

    run: ComparedRun
    margin: float

    @property
    def bound(self) -> Bound:
        """The margin as a bound on the difference."""
        return Bound(FROM_BASELINE, self.margin)

    def judge(self, study: Study, results: Results) -> tuple[list[Judgement], Sequence[str]]:
        """Hold every difference to the margin, and say what cannot be compared and why.

        Raises:
            WeaklinkError: Nothing can be compared.
        """
        found = compare_runs(self.run, ComparedRun(results, study))
        if not found.changes:
            raise _nothing_in_common(found.left_out)
        evasion = results.goal.kind == "evasion"
        judgements = [
            Judgement(self.bound, one.models[1], one.attack, one.dataset, one.difference, evasion)
            for one in found.changes
        ]
        return judgements, found.left_out

    def rows(
        self,
        study: Study,
        arrays: Arrays,
        rates: Sequence[SampleRow],
        left: Mapping[str, Sequence[str]],
    ) -> list[FigureRow]:
        """Return the differences of a campaign under way.

        Args:
            study: The campaign, of the samples that are done.
            arrays: Its outcomes.
            rates: ``asr_all`` of its audited models.
            left: Ids of the samples that are left, by data set.

        Raises:
            WeaklinkError: Nothing can be compared.
        """
        names = list(dict.fromkeys(row.model for row in rates))
        under_way = AuditedModels(names, arrays.defended)
        pairs, reasons = paired_models(AuditedModels.of(self.run.results), under_way)
        found: list[FigureRow] = []
        if self._shares is None:
            found += self._unpaired(rates, pairs)
            reasons.append("It has no such attack on such data.")
        else:
            done = RunShares.of(study, arrays, "asr_all")
            runs = (done, done.completed(left, 0.0), done.completed(left, 1.0))
            told = [[*matched(self._shares, one, pairs)] for one in runs]
            found += self._paired(*told)
            reasons += [one for one in told[0] if isinstance(one, str)]
        if not found:
            raise _nothing_in_common(reasons)
        return found

    @staticmethod
    def _paired(*told: Sequence[Matched | str]) -> Iterator[SampleRow]:
        """Yield what is matched now, and at both ends."""
        counted = ([one for one in each if isinstance(one, Matched)] for each in told)
        for now, lowest, highest in zip(*counted, strict=True):
            yield SampleRow(
                now.models[1],
                now.attack,
                now.dataset,
                now.after - now.before,
                lowest.after - lowest.before,
                highest.after - highest.before,
                difference=True,
            )

    def _unpaired(
        self, rates: Sequence[SampleRow], pairs: Sequence[tuple[str, str]]
    ) -> Iterator[_UnpairedRow]:
        known = {
            (one.model, one.attack, one.dataset): one.asr_all for one in self.run.results.scenarios
        }
        for (older, newer), row in product(pairs, rates):
            old = known.get((older, row.attack, row.dataset))
            if old is not None and row.model == newer:
                yield _UnpairedRow(row.model, row.attack, row.dataset, row, old, self.run.looked_at)

    @cached_property
    def _shares(self) -> RunShares | None:
        """What each sample of the other run adds; None where its figures alone are known."""
        study = self.run.study
        if study is None:
            return None
        return RunShares.of(study, arrange(study, self.run.results.bounds), "asr_all")


@dataclass(frozen=True, slots=True, eq=False)
class _UnpairedRow:
    """The difference of a rate under way from one whose samples are not known."""

    model: str
    attack: str
    dataset: str
    row: SampleRow
    old: Estimate
    looked_at: bool
    """Whether somebody looked at the other run before they decided to stop."""

    def figure(self, end: Extreme | None = None) -> Estimate | None:
        """See ``FigureRow``."""
        new = self.row.figure(end)
        if new is None:
            return None
        return difference_of(self.old, new, (self.looked_at, True))


def _nothing_in_common(reasons: Sequence[str]) -> WeaklinkError:
    return WeaklinkError(
        f"The baseline has nothing to compare with: {' '.join(reasons)}",
        "Give a baseline of the same data and attacks.",
    )
