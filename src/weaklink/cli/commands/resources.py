"""``weaklink resources``: where each resource is, and building those that can be built."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from weaklink.cli.terminal import print_table

resources_app = typer.Typer(
    no_args_is_help=True, help="List lexicons, vectors, encoders and data sets, or build one."
)


@resources_app.command("list")
def list_resources(
    *, json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False
) -> None:
    """List every resource: where it is or how to get it, its digest and its licence."""
    from weaklink.doctor.listing import found_resources

    listed = found_resources()
    if json:
        typer.echo(listed.to_json(), nl=False)
        return
    table = Table()
    for heading in ("resource", "kind", "for", "where, or how to get it", "digest", "licence"):
        table.add_column(heading)
    for row in listed.resources:
        place = escape(row.found or f"missing: {row.command}")
        digest = (row.digest or "on first use")[:12] if row.found else ""
        table.add_row(row.name, row.kind, row.purpose, place, digest, row.licence)
    print_table(table, Console())


@resources_app.command("build")
def build(
    name: Annotated[str, typer.Argument(help="What to build: counter-fitted, scpn or gan.")],
    *,
    corpus: Annotated[
        Path | None,
        typer.Option(help="Train a network on this file: UTF-8, one sentence a line."),
    ] = None,
    device: Annotated[
        str, typer.Option(help="Where to train a network: auto, cpu, cuda, cuda:1, mps.")
    ] = "auto",
    force: Annotated[
        bool, typer.Option("--force", help="Build it again even if it exists.")
    ] = False,
) -> None:
    """Build a resource and print its manifest.

    After an interruption, the same command resumes the training of a network.
    """
    from weaklink.cli.progress import Terminal
    from weaklink.training.builders import build_resource
    from weaklink.training.building import BuildOptions

    options = BuildOptions(again=force, corpus=corpus, device=device)
    with Terminal() as progress:
        folder = build_resource(name, options, progress)
    console = Console()
    console.print(f"{name} is in {folder}.", markup=False, soft_wrap=True)
    console.print_json((folder / "manifest.json").read_text("utf-8"))
