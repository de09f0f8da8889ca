"""``weaklink study``: plan, run and report the study of a specification."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from weaklink.cli.commands.export import export
from weaklink.cli.commands.report import report

if TYPE_CHECKING:
    from weaklink.campaigns.specification import Specification
    from weaklink.store.record import StudyRecord

study = typer.Typer(no_args_is_help=True, help="Measure many models and chains from one file.")

_TEMPLATE = "template"

Source = Annotated[str, typer.Argument(help="TOML file, or the name of a preset.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the study (default: study-NAME).")]
Quick = Annotated[
    bool,
    typer.Option("--quick", help="A tenth of the samples, and a fifth of the training."),
]


@study.command()
def presets() -> None:
    """List the studies that come with weaklink."""
    from rich.table import Table

    from weaklink.campaigns.presets import presets as names
    from weaklink.campaigns.specification import read_specification
    from weaklink.cli.terminal import print_table, wide_console

    table = Table("preset", "what it is")
    for name in names():
        table.add_row(name, read_specification(name).description)
    print_table(table, wide_console())


@study.command()
def init(
    preset: Annotated[
        str, typer.Argument(help="The preset to start from; the default file has every key.")
    ] = _TEMPLATE,
) -> None:
    """Print a commented specification to save and change."""
    from weaklink.campaigns.presets import preset_text

    typer.echo(preset_text(preset), nl=False)


@study.command()
def plan(
    source: Source,
    out: Out = None,
    *,
    quick: Quick = False,
    probe: Annotated[
        bool, typer.Option(help="Time the sentence encoder on samples of each data set.")
    ] = True,
    register: Annotated[
        bool,
        typer.Option(
            "--register",
            help="Store the specification's digest in the folder now, before any outcome.",
        ),
    ] = False,
) -> None:
    """Show what a study would run, fetch, take and be able to detect. Nothing is attacked."""
    from weaklink.campaigns.plan.planning import plan_study
    from weaklink.cli.study_plan import show_plan

    spec, folder = _read(source, out, quick=quick)
    show_plan(plan_study(spec, folder, probe=probe), folder)
    if register:
        from weaklink.store import open_store
        from weaklink.store.studies import store_of

        folder.mkdir(parents=True, exist_ok=True)
        with open_store(store_of(folder)) as store:
            store.register(spec.digest, spec.canonical())
        typer.echo(f"Registered: {spec.digest} in {store_of(folder)}")


@study.command()
def run(
    source: Source,
    out: Out = None,
    *,
    quick: Quick = False,
    store: Annotated[
        str | None,
        typer.Option(
            help="Where outcomes are stored, such as postgresql://USER@HOST/DATABASE (default: a "
            "file in the study's folder). The folder remembers it."
        ),
    ] = None,
    executor: Annotated[
        Literal["local", "ray"] | None,
        typer.Option(
            help="local: this process; ray: workers of a Ray cluster (default: as the file says). "
            "It changes no outcome."
        ),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            help="Address of the Ray cluster; auto: the one on this machine (default: start one)."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Workers (default: as many as there is room for).")
    ] = None,
) -> None:
    """Run a study and write its report. The same command resumes."""
    from weaklink.campaigns import run_study
    from weaklink.cli.results.spending import print_spending
    from weaklink.cli.resumable import run_resumably
    from weaklink.cli.terminal import wide_console

    spec, folder = _read(source, out, quick=quick)
    given = {"kind": executor, "address": address, "workers": workers}
    asked = {name: value for name, value in given.items() if value is not None}
    spec = spec.model_copy(update={"executor": spec.executor.model_copy(update=asked)})
    record = run_resumably(
        lambda progress: run_study(spec, folder, progress, store=store), store or folder
    )
    _show(record)
    print_spending(wide_console(), spec, folder, alone=False)
    if record.campaigns:
        report(str(folder))


study.command()(report)
study.command()(export)


def _read(source: str, out: Path | None, *, quick: bool) -> tuple[Specification, Path]:
    """Return the specification, and the folder of its study."""
    from weaklink.campaigns.specification import read_specification

    spec = read_specification(source)
    folder = out or Path(f"study-{spec.name}{'-quick' if quick else ''}")
    return spec.quick() if quick else spec, folder


def _show(record: StudyRecord) -> None:
    """Say what was measured, and what could not be."""
    from weaklink.cli.terminal import say, wide_console

    console = wide_console()
    measured = sum(model.fingerprint is not None for model in record.models)
    pairs = sum(len(chain.measured) > 1 for chain in record.chains)
    console.print(
        f"{measured} of {len(record.models)} models and {pairs} of {len(record.chains)} chains "
        f"measured on {len(record.campaigns)} data sets.",
        highlight=False,
    )
    for missing in record.failures:
        say(console, f"missing: {missing.what}: {missing.reason}", "yellow")
