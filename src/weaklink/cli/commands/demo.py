"""``weaklink demo``: an audit of two small models, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weaklink.cli.commands.audit import show
from weaklink.cli.commands.report import report
from weaklink.cli.options import seed_option
from weaklink.cli.resumable import run_resumably

if TYPE_CHECKING:
    from weaklink.campaigns import AuditResult
    from weaklink.defences.documents import DetectionReport
    from weaklink.progress import Progress


def demo(
    *,
    out: Annotated[
        Path, typer.Option(help="Folder for the models, the store and the report.")
    ] = Path("weaklink-demo"),
    samples: Annotated[int, typer.Option(min=1, help="Samples to attack.")] = 40,
    seed: Annotated[int, seed_option("Seed of the samples and of random attacks.")] = 0,
    max_minutes: Annotated[
        float,
        typer.Option(
            min=0.1, help="Attack for so long. The same command goes on where this one ended."
        ),
    ] = 10,
    defend: Annotated[
        bool,
        typer.Option(
            "--defend",
            help="Then measure defences for the chain: detectors, guards, hardened models.",
        ),
    ] = False,
    defend_samples: Annotated[
        int, typer.Option(min=1, help="Samples to attack models with defences on.")
    ] = 25,
) -> None:
    """Fine-tune a chain of two models, audit it with every attack, and write the report.

    The packaged MiniLM is fine-tuned on Rotten Tomatoes and then on IMDB. Both models are attacked
    on Rotten Tomatoes sentences that neither was trained on. It needs no network.
    """
    from weaklink.campaigns import (
        Specification,
        defence_study,
        evaluate_guards,
        make_chain,
        run_audit,
        run_study,
    )

    def work(progress: Progress) -> AuditResult:
        chain = make_chain(out, progress)
        spec = Specification.of_audit(
            str(chain.downstream),
            str(chain.upstream),
            samples=samples,
            seed=seed,
            unseen=True,
            max_minutes=max_minutes,
            attacks=("all",),
            store=out / "audit.db",
        )
        return run_audit(spec, progress)

    def work_on_defences(progress: Progress) -> list[DetectionReport]:
        spec = defence_study(make_chain(out, progress), defend_samples, seed)
        run_study(spec, out / "defence", progress)
        return evaluate_guards(spec, out / "defence", progress)

    out.mkdir(parents=True, exist_ok=True)
    result = run_resumably(work, out / "audit.db")
    show(result, result.results, out / "report.html", json=None)
    if defend:
        _show_defences(run_resumably(work_on_defences, out / "defence"), out / "defence")


def _show_defences(reports: list[DetectionReport], folder: Path) -> None:
    """Print what the detectors detect and what each defence is worth, and write the report."""
    from weaklink.cli.terminal import wide_console
    from weaklink.defences.tables import attacks_table, cost_table, detectors_table
    from weaklink.files import write_atomically
    from weaklink.measures import read_results
    from weaklink.report import to_rich
    from weaklink.report.tables.defence_tables import defence_tables

    report(str(folder))
    console = wide_console()
    for number, one in enumerate(reports, start=1):
        write_atomically(folder / f"detection-{number}.json", one.to_json())
        for table in (detectors_table(one), attacks_table(one), cost_table(one)):
            console.print(to_rich(table))
    for table in defence_tables(read_results(folder / "results.json")):
        console.print(to_rich(table))
