"""Two runs beside each other, wherever each is."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TypeAlias, get_args

from weaklink.campaigns.figures import figures_of
from weaklink.campaigns.python.errors import in_python
from weaklink.campaigns.result import AuditResult
from weaklink.errors import WeaklinkError, instead
from weaklink.measures import Options, Results, read_results
from weaklink.measures.options import stated_bounds
from weaklink.measures.runs.compare import ComparedRun, RunComparison, compare_runs
from weaklink.measures.runs.pairing import Measure
from weaklink.store.studies import Study, read_study, study_of_audit
from weaklink.validation import check_seed

Run: TypeAlias = AuditResult | Study | Results | str | PathLike[str]
"""The result of an audit, a study, figures, or the path of a store, a folder or a JSON file."""


def compare(
    first: Run, second: Run, *, figure: Measure = "asr_all", seed: int = 0
) -> RunComparison:
    """Compare two runs, paired by sample where the outcomes of both are stored.

    Args:
        first: The older run.
        second: The newer run.
        figure: The rate that is compared: ``asr_all`` or ``robust_accuracy``.
        seed: Chooses resamples and permutations.

    Raises:
        WeaklinkError: A run cannot be read, or there is no such figure or seed.
    """
    with in_python():
        if figure not in get_args(Measure):
            told = instead(str(figure), get_args(Measure))
            raise WeaklinkError(f"There is no figure {figure!r} to compare.", told)
        check_seed(seed)
        return compare_runs(read_run(first), read_run(second), figure, seed=seed)


def read_run(run: Run) -> ComparedRun:
    """Return the figures of a run, with its outcomes if they are stored.

    Raises:
        WeaklinkError: It cannot be read.
    """
    if isinstance(run, Results):
        return ComparedRun(run)
    if isinstance(run, AuditResult):
        return ComparedRun(run.results, run.study)
    if not isinstance(run, Study):
        if str(run).endswith(".json"):
            return ComparedRun(read_results(run))
        run = read_study(Path(run)) if Path(run).is_dir() else study_of_audit(str(run))
    return ComparedRun(figures_of(run, Options(stated_bounds(run.record))), run)
