"""``weaklink audit``: attack a model, or both ends of a chain."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weaklink.cli.options import (
    OUTPUT,
    Baseline,
    FailOver,
    FailUnder,
    JUnit,
    Margin,
    Sarif,
    Summary,
    Undecided,
)
from weaklink.cli.results.gate import Files, read_gate
from weaklink.cli.results.outputs import require_writable, spare_report
from weaklink.cli.results.spending import print_spending
from weaklink.cli.resumable import run_resumably
from weaklink.cli.terminal import say, wide_console

if TYPE_CHECKING:
    from weaklink.campaigns import AuditResult, Specification
    from weaklink.measures import Results


def audit() -> None:
    """Attack a model, or both ends of a chain, and report how robust it is."""


def run_command(
    spec: Specification,
    *,
    report: Annotated[
        Path, typer.Option(help="The HTML report to write.", rich_help_panel=OUTPUT)
    ] = Path("report.html"),
    json: Annotated[
        Path | None,
        typer.Option(
            help="Also write every figure as JSON to this file. -: standard output.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    fail_over: FailOver = None,
    fail_under: FailUnder = None,
    undecided: Undecided = None,
    baseline: Baseline = None,
    margin: Margin = 0.05,
    junit: JUnit = None,
    sarif: Sarif = None,
    summary: Summary = None,
    forecast: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STORE|STUDY",
            help="Attack nothing: say what success rates to expect, from the upstream's outcomes "
            "and the measured links in this store or folder of a study. Repeatable.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
) -> None:
    """Do what ``weaklink audit`` does; the options of the specification are made from it."""
    from weaklink.campaigns import run_audit
    from weaklink.campaigns.prepare.call_arguments import CallArguments
    from weaklink.campaigns.specification import AUTO
    from weaklink.campaigns.start import check_gates
    from weaklink.measures.gate import judged

    gate = read_gate(
        fail_over, fail_under, undecided, Files(junit, sarif, summary), baseline, margin
    )
    require_writable([report, json, junit, sarif, summary])
    if forecast:
        from weaklink.cli.results.forecast import show_forecast

        gate.refuse("a forecast, which measures nothing")
        show_forecast(spec, forecast, json)
        return
    upstream = spec.link and spec.link.upstream
    check_gates(spec, gate.gates)
    if upstream == AUTO:
        from weaklink.campaigns import find_upstream
        from weaklink.cli.ancestry import show_ancestry

        ancestry = find_upstream(spec)
        show_ancestry(ancestry, stderr=json == Path("-"))
        spec = ancestry.spec
    result = run_resumably(
        lambda progress: run_audit(spec, progress, CallArguments(gates=gate.gates)), spec.store
    )
    judgements = gate.judge(result.study, result.results)
    figures = judged(result.results, judgements, gate.undecided)
    show(result, figures, report, json)
    print_spending(wide_console(stderr=json == Path("-")), spec, Path(), alone=True)
    gate.enforce(result.study, figures, judgements)


def show(result: AuditResult, figures: Results, report: Path, json: Path | None) -> None:
    """Print the tables, write the report, and say where everything is.

    Args:
        result: The audit.
        figures: Its figures, with what gates say of them.
        report: The page, or the folder of a report.
        json: The file of the figures; ``-``: standard output; None: none.
    """
    from weaklink.files import write_atomically
    from weaklink.report import answer, notices, terminal_tables, to_rich, write_report

    console = wide_console(stderr=json == Path("-"))
    for place, sentence in enumerate(answer(result.study, figures)):
        style = "bold" if place == 0 else ""
        say(console, sentence, style)
    console.print()
    for notice in notices(result.study, figures):
        say(console, f"warning: {notice.about}: {notice.message}", "yellow")
    for table in terminal_tables(result.study, figures):
        console.print(to_rich(table))
    spare_report(report, result.study, console)
    write_report(report, result.study, figures, command=result.command)
    console.print(f"Report: {report.resolve()}", markup=False, soft_wrap=True)
    store = shlex.quote(str(result.store))
    console.print(f"Outcomes: weaklink outcomes {store}", markup=False, soft_wrap=True)
    if json is None:
        return
    if json == Path("-"):
        typer.echo(figures.to_json(), nl=False)
    else:
        write_atomically(json, figures.to_json())
