"""What an audit found."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import polars as pl

from weaklink.measures import Bounds, Summary, attacks_frame, summarise
from weaklink.store import Store, open_store
from weaklink.store.record import StudyRecord


@dataclass(frozen=True)
class AuditResult:
    """The figures of an audit; its outcomes are read from the store when they are asked for.

    Attributes:
        summary: Every figure, with intervals; ``summary.model_dump_json()`` is what ``--json`` has.
        store: The store that holds the outcomes.
        asked: Outcomes that this run made; the others were in the store already.
    """

    summary: Summary
    store: Path
    asked: int

    def outcomes(self) -> pl.DataFrame:
        """Return the campaign's outcomes, one row each."""
        with open_store(self.store, create=False) as store:
            return store.frame(self.summary.campaign)

    def figures(self) -> pl.DataFrame:
        """Return the figures of each victim and attack, one row each."""
        return attacks_frame(self.summary)

    def write_report(self, path: str | PathLike[str]) -> Path:
        """Write the report as one HTML file and return its path."""
        from weaklink.report import write_report

        with open_store(self.store, create=False) as store:
            write_report(Path(path), self.summary, store.outcomes(self.summary.campaign))
        return Path(path)


def audit_result(
    record: StudyRecord, store: Store, path: Path, bounds: Bounds, asked: int
) -> AuditResult:
    """Return what an audit found.

    Args:
        record: Its record.
        store: Holds its outcomes.
        path: Where the store is.
        bounds: What makes an adversarial text valid.
        asked: Outcomes that were made just now.
    """
    number = record.campaigns[0].campaign
    campaign = next(one.campaign for one in store.campaigns() if one.id == number)
    return AuditResult(summarise(campaign, store.outcomes(campaign), bounds), path, asked)
