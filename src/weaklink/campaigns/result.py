"""What an audit found."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Self

import polars as pl

from weaklink.campaigns.figures import figures_of
from weaklink.errors import refuse_path
from weaklink.measures import Bound, Bounds, Judgement, Options, Results, scenarios_frame
from weaklink.measures.gate import judged
from weaklink.store.record import StudyRecord
from weaklink.store.studies import Study, study_of_audit


@dataclass(frozen=True)
class AuditResult:
    """The figures of an audit; they and its outcomes are read from the store when asked for.

    Attributes:
        record: Its models, its chain, its campaign and its replays.
        store: The store that holds the outcomes.
        bounds: What makes an adversarial text valid.
        asked: Outcomes that this run made; the others were in the store already.
        gates: Bounds that it was asked to hold figures to.
    """

    record: StudyRecord
    store: str
    bounds: Bounds
    asked: int
    gates: tuple[Bound, ...] = ()

    def __new__(cls, *given: object, **_: object) -> Self:
        """Refuse a path, from which results are read.

        Raises:
            WeaklinkError: A path was given.
        """
        for one in given[:1]:
            refuse_path(one, "AuditResult", "weaklink.audit, or weaklink.read_results(path)")
        return object.__new__(cls)

    @cached_property
    def study(self) -> Study:
        """The record with its campaigns and their outcomes."""
        return study_of_audit(self.store, self.record.campaigns[0].campaign)

    @cached_property
    def results(self) -> Results:
        """Every figure, with intervals, and what becomes of the gates.

        ``results.to_json()`` is what ``--json`` has.
        """
        return judged(self._figures, self.judgements)

    @cached_property
    def _figures(self) -> Results:
        return figures_of(self.study, Options(self.bounds))

    @cached_property
    def judgements(self) -> list[Judgement]:
        """What becomes of every gate: passed, failed, undecided or unknown, with a sentence."""
        return [one for gate in self.gates for one in gate.judge(self._figures)]

    def _repr_html_(self) -> str:
        """Return the figures as notebooks show them."""
        from weaklink.report.notebook import html_of_figures

        return html_of_figures(self.results, self.study)

    def outcomes(self) -> pl.DataFrame:
        """Return the campaign's outcomes, one row each, without replays and references."""
        return self.study.attempts()

    def figures(self) -> pl.DataFrame:
        """Return the figures of each model, attack and data set, one row each."""
        return scenarios_frame(self.results)

    def write_report(self, path: str | PathLike[str]) -> Path:
        """Write the report and return its path.

        Args:
            path: A file that ends in ``.html``; or a folder, for tables and figures besides.
        """
        from weaklink.report import write_report

        write_report(Path(path), self.study, self.results, command=self.command)
        return Path(path)

    @property
    def command(self) -> str | None:
        """What runs the audit again; None if it is not known."""
        return shlex.join(self.record.command) or None
