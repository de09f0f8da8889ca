"""The gate that a command was given: bounds, and how the command ends where one does not hold."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from weaklink.cli.terminal import tell
from weaklink.errors import WeaklinkError

if TYPE_CHECKING:
    from weaklink.measures import Bound, Judgement, Results
    from weaklink.measures.gate import Policy
    from weaklink.measures.results import State
    from weaklink.measures.runs.baseline import Baseline
    from weaklink.store.studies import Study

_STATUSES: dict[State, int] = {"failed": 3, "undecided": 4, "unknown": 5}
"""Exit statuses of gates that are not passed."""


@dataclass(frozen=True)
class Files:
    """What is written for a build server; None: not written.

    ``summary`` is written where GitHub's ``GITHUB_STEP_SUMMARY`` points if it is None.
    """

    junit: Path | None = None
    sarif: Path | None = None
    summary: Path | None = None

    def write(
        self, study: Study, results: Results, judgements: Sequence[Judgement], *, strict: bool
    ) -> None:
        """Write the files that were asked for."""
        from weaklink.files import write_atomically

        if self.junit is not None:
            from weaklink.report.exports.junit import to_junit

            write_atomically(self.junit, to_junit(judgements, strict=strict))
        if self.sarif is not None:
            from weaklink.report.exports.sarif import to_sarif

            write_atomically(self.sarif, to_sarif(judgements, strict=strict))
        step = os.environ.get("GITHUB_STEP_SUMMARY")
        if self.summary is None and not step:
            return
        from weaklink.report.exports.step_summary import step_summary

        summary = step_summary(study, results, judgements)
        if self.summary is not None:
            write_atomically(self.summary, summary)
        else:
            with Path(str(step)).open("a", encoding="utf-8") as file:
                file.write(summary)


@dataclass(frozen=True)
class Gate:
    """Bounds, what an undecided one means (None: a status of its own), and what is written.

    With a baseline, ``asr_all`` may be above that run's by the margin at most (non-inferiority).
    """

    bounds: Sequence[Bound]
    undecided: Policy | None = None
    files: Files = field(default_factory=Files)
    baseline: Baseline | None = None

    @property
    def gates(self) -> list[Bound | Baseline]:
        """All that a run is held to."""
        return [*self.bounds, *([] if self.baseline is None else [self.baseline])]

    def refuse(self, what: str) -> None:
        """Refuse to hold a gate to something that has no such figures.

        Raises:
            WeaklinkError: There are bounds, a baseline or files to write.
        """
        if self.bounds or self.baseline is not None or self.files != Files():
            raise WeaklinkError(f"There is no gate on {what}.", "Leave the options of gates out.")

    def judge(self, study: Study, results: Results) -> list[Judgement]:
        """Hold figures to their bounds and to the baseline.

        Raises:
            WeaklinkError: The campaign cannot have a figure, or has nothing that the baseline has.
        """
        judgements = [judgement for bound in self.bounds for judgement in bound.judge(results)]
        return judgements + self._against_baseline(study, results)

    def enforce(self, study: Study, results: Results, judgements: Sequence[Judgement]) -> None:
        """Write what is asked for, tell what does not pass, and end with the status of the gate.

        Args:
            study: What was run.
            results: Its figures, with the gate's state.
            judgements: What the gate says of each.
        """
        self.files.write(study, results, judgements, strict=self.undecided == "fail")
        for judgement in judgements:
            if judgement.state != "passed":
                tell(f"gate {judgement.state}: {judgement.sentence}", err=True)
        if results.gate_state not in (None, "passed"):
            raise typer.Exit(_STATUSES[results.gate_state])

    def _against_baseline(self, study: Study, results: Results) -> list[Judgement]:
        if self.baseline is None or _is_empty(results):
            return []
        judgements, left_out = self.baseline.judge(study, results)
        for reason in left_out:
            tell(f"not compared with the baseline: {reason}", err=True)
        return judgements


def _is_empty(results: Results) -> bool:
    """Return whether the time was up before a single sample was done."""
    return results.stopped is not None and not results.stopped.samples


def read_gate(
    over: Sequence[str] | None,
    under: Sequence[str] | None,
    undecided: Policy | None,
    files: Files,
    baseline: str | None = None,
    margin: float = 0.0,
) -> Gate:
    """Return the gate that options ask for.

    Raises:
        WeaklinkError: A bound is none, or the baseline is not a run.
    """
    from weaklink.measures import parse_bound

    bounds = [parse_bound(text, "over") for text in over or ()]
    bounds += [parse_bound(text, "under") for text in under or ()]
    known = None
    if baseline is not None:
        from weaklink.campaigns.python.compare import read_run
        from weaklink.measures.runs.baseline import Baseline

        known = Baseline(read_run(baseline), margin)
    return Gate(bounds, undecided, files, known)
