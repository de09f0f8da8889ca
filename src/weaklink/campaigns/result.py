"""What a campaign found."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import polars as pl

from weaklink.measures import Bounds, Options, Results, results, scenarios_frame
from weaklink.store.reading import Study, study_of_audit
from weaklink.store.record import StudyRecord


@dataclass(frozen=True)
class AuditResult:
    """The figures of an audit; its outcomes are read from the store when they are asked for.

    Attributes:
        results: Every figure, with intervals; ``results.model_dump_json()`` is what ``--json`` has.
        study: The record of the run, and its outcomes.
        store: The store that holds them.
        asked: Outcomes that this run made; the others were in the store already.
    """

    results: Results
    study: Study
    store: Path
    asked: int

    def outcomes(self) -> pl.DataFrame:
        """Return the campaign's outcomes, one row each, without the replays of its texts."""
        campaigns = (self.study.campaigns[one.campaign] for one in self.study.record.campaigns)
        attacks = {attack.fingerprint for campaign in campaigns for attack in campaign.attacks}
        return self.study.outcomes.frame(attacks=attacks)

    def figures(self) -> pl.DataFrame:
        """Return the figures of each model, attack and data set, one row each."""
        return scenarios_frame(self.results)

    def write_report(self, path: str | PathLike[str]) -> Path:
        """Write the report and return its path.

        Args:
            path: A file that ends in ``.html``; or a folder, for tables and figures besides.
        """
        from weaklink.report import write_report

        command = shlex.join(self.study.record.command) or None
        write_report(Path(path), self.study, self.results, command=command)
        return Path(path)


def audit_result(record: StudyRecord, path: Path, bounds: Bounds, asked: int) -> AuditResult:
    """Return what an audit found.

    Args:
        record: Its record.
        path: The store, which holds its outcomes.
        bounds: What makes an adversarial text valid.
        asked: Outcomes that were made just now.
    """
    study = study_of_audit(path, record.campaigns[0].campaign)
    return AuditResult(results(study, Options(bounds)), study, path, asked)
