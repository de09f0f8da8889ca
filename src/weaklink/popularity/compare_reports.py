"""What changed between two reports of popularity and reuse, figure by figure."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError, computed_field

from weaklink.document import Document
from weaklink.errors import WeaklinkError
from weaklink.popularity.downloads import Figures, Interval
from weaklink.popularity.measure import PopularityReport
from weaklink.popularity.reference import Reference
from weaklink.validation import fault

_WHAT = "Give two files that `weaklink lineage stats --json` printed."


class FigureChange(Figures):
    """One figure in both reports.

    Attributes:
        reference: Its definition.
        old: In the older report; None where that has no such figure.
        new: Likewise.
        old_interval: Where the older snapshot was a sample.
        new_interval: Likewise.
    """

    reference: Reference
    old: float | None
    new: float | None
    old_interval: Interval | None
    new_interval: Interval | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def difference(self) -> float | None:
        """The newer figure less the older one."""
        return None if self.old is None or self.new is None else self.new - self.old


class PopularityComparison(Document):
    """The older report of popularity and reuse against the newer."""

    kind: Literal["popularity-comparison"] = "popularity-comparison"
    schema_version: Literal[1] = 1
    task: str | None
    old_taken: datetime
    """When the older snapshot was taken."""
    new_taken: datetime
    old_tiers: tuple[str, ...]
    """Tiers of evidence that count in the older report. Where the newer one counts others, figures
    of reuse may differ for that alone."""
    new_tiers: tuple[str, ...]
    figures: tuple[FigureChange, ...]


def read_report(path: Path) -> PopularityReport:
    """Return a report from its JSON.

    Raises:
        WeaklinkError: The file cannot be read, or holds something else.
    """
    try:
        return PopularityReport.model_validate_json(path.read_bytes())
    except OSError as error:
        raise WeaklinkError(f"{path} cannot be read: {error.strerror or error}.", _WHAT) from error
    except ValidationError as error:
        wrong = fault(error, PopularityReport)
        raise WeaklinkError(
            f"{path} does not hold popularity and reuse: {wrong}.", _WHAT
        ) from error


def compare_reports(old: PopularityReport, new: PopularityReport) -> PopularityComparison:
    """Compare two reports.

    Args:
        old: The older one.
        new: The newer one.

    Raises:
        WeaklinkError: They are about different tasks.
    """
    if old.task != new.task:
        tasks = [one.task or "all" for one in (old, new)]
        raise WeaklinkError(
            f"The reports are about different tasks: {tasks[0]} and {tasks[1]}.",
            "Measure both with the same --task.",
        )
    return PopularityComparison(
        task=new.task,
        old_taken=old.taken,
        new_taken=new.taken,
        old_tiers=old.tiers,
        new_tiers=new.tiers,
        figures=tuple(
            FigureChange(
                reference=before.reference,
                old=before.ours,
                new=after.ours,
                old_interval=before.interval,
                new_interval=after.interval,
            )
            for before, after in zip(old.figures(), new.figures(), strict=True)
        ),
    )
