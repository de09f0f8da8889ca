"""``weaklink compare``: what changed from one run to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from weaklink.text import visible

if TYPE_CHECKING:
    from weaklink.measures.runs.compare import ComparedRun, RunComparison

_SHOWN = 10
_WHAT = "Store of an audit, folder of a study, or JSON of the figures."


def compare_runs(
    first: Annotated[str, typer.Argument(metavar="A", help=f"The older run: {_WHAT}")],
    second: Annotated[str, typer.Argument(metavar="B", help=f"The newer run: {_WHAT}")],
    *,
    figure: Annotated[
        Literal["asr_all", "robust_accuracy"], typer.Option(help="The rate that is compared.")
    ] = "asr_all",
    seed: Annotated[int, typer.Option(help="Seed of resamples and permutations.")] = 0,
) -> None:
    """Compare two runs, paired by sample where their outcomes are stored."""
    from weaklink.measures.runs.compare import compare_runs as compare

    _show(compare(read_run(first), read_run(second), figure, seed=seed), figure)


def read_run(place: str) -> ComparedRun:
    """Read a run from its store, its folder, or the JSON of its figures.

    Raises:
        WeaklinkError: It is none of them, or cannot be read.
    """
    from weaklink.campaigns.figures import figures_of
    from weaklink.measures import Options, read_results
    from weaklink.measures.options import stated_bounds
    from weaklink.measures.runs.compare import ComparedRun
    from weaklink.store.reading import read_study, study_of_audit

    path = Path(place)
    if path.suffix == ".json":
        return ComparedRun(read_results(path))
    study = read_study(path) if path.is_dir() else study_of_audit(place)
    return ComparedRun(figures_of(study, Options(stated_bounds(study.record))), study)


def _show(found: RunComparison, figure: str) -> None:
    how = (
        "paired by sample"
        if found.paired
        else "not paired, since outcomes are known of one run at most: intervals are wider"
    )
    typer.echo(f"{figure} of B less that of A, {how}.")
    for one in found.changes:
        models = one.models[0] if one.models[0] == one.models[1] else " -> ".join(one.models)
        change = one.difference
        tested = "" if one.p_holm is None else f", p {one.p_value:.3g}, by Holm {one.p_holm:.3g}"
        typer.echo(
            visible(
                f"{one.attack} on {one.dataset} against {models}: {one.first:.3f} to "
                f"{one.second:.3f}, difference {change.value:+.3f} "
                f"(95 % interval {change.low:+.3f} to {change.high:+.3f}, n={change.n}{tested})"
            )
        )
        for what, samples in (("newly fall", one.fell), ("no longer fall", one.held)):
            if samples:
                more = "" if len(samples) <= _SHOWN else f" and {len(samples) - _SHOWN} more"
                typer.echo(visible(f"  {what}: {', '.join(samples[:_SHOWN])}{more}"))
    for reason in found.left_out:
        typer.echo(visible(f"not compared: {reason}"))
