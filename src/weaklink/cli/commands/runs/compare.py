"""``weaklink compare``: what changed from one run to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from weaklink.cli.options import seed_option
from weaklink.cli.terminal import tell

if TYPE_CHECKING:
    from weaklink.measures.runs.compare import RunComparison

_SHOWN = 10
_VERDICTS = {
    "less robust": "B is less robust than A.",
    "more robust": "B is more robust than A.",
    "undecided": "Whether B is less or more robust than A cannot be told.",
}
_WHAT = "Store of an audit, folder of a study, or JSON of the figures."


def compare_runs(
    first: Annotated[str, typer.Argument(metavar="A", help=f"The older run: {_WHAT}")],
    second: Annotated[str, typer.Argument(metavar="B", help=f"The newer run: {_WHAT}")],
    *,
    figure: Annotated[
        Literal["asr_all", "robust_accuracy"], typer.Option(help="The rate that is compared.")
    ] = "asr_all",
    seed: Annotated[int, seed_option("Seed of resamples and permutations.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON.")] = False,
) -> None:
    """Compare two runs, paired by sample where their outcomes are stored."""
    from weaklink.campaigns.python.compare import read_run
    from weaklink.measures.runs.compare import compare_runs

    found = compare_runs(read_run(first), read_run(second), figure, seed=seed)
    if as_json:
        typer.echo(found.to_json(), nl=False)
    else:
        _show(found)


def _show(found: RunComparison) -> None:
    how = (
        "paired by sample"
        if found.paired
        else "not paired, since outcomes are known of one run at most: intervals are wider"
    )
    tell(f"{found.figure} of B less that of A, {how}.")
    if found.verdict is not None:
        tell(_VERDICTS[found.verdict])
    for one in found.changes:
        models = one.models[0] if one.models[0] == one.models[1] else " -> ".join(one.models)
        change = one.difference
        tested = f", p {one.p_value:.3g}, by Holm {one.p_holm:.3g}"
        tell(
            f"{one.attack} on {one.dataset} against {models}: {one.first:.3f} to "
            f"{one.second:.3f}, difference {change.value:+.3f} "
            f"(95 % interval {change.low:+.3f} to {change.high:+.3f}, n={change.n}{tested})"
        )
        for what, samples in (("newly fall", one.fell), ("no longer fall", one.held)):
            if samples:
                more = "" if len(samples) <= _SHOWN else f" and {len(samples) - _SHOWN} more"
                tell(f"  {what}: {', '.join(samples[:_SHOWN])}{more}")
    for note in found.notes:
        tell(f"note: {note}")
    for reason in found.left_out:
        tell(f"not compared: {reason}")
