"""The ``weaklink`` command: collects the command groups and turns errors into one clear line."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from weaklink.cli.hub import hub_app
from weaklink.cli.lineage import lineage_app
from weaklink.cli.lineage_stats import compare, stats
from weaklink.errors import WeaklinkError

app = typer.Typer(
    name="weaklink",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Adversarial robustness of text classifiers, measured along their fine-tuning chains.",
)
app.add_typer(hub_app, name="hub")
lineage_app.command()(stats)
lineage_app.command()(compare)
app.add_typer(lineage_app, name="lineage")


def main() -> None:
    """Run the command line; a ``WeaklinkError`` becomes its message and exit status 1."""
    try:
        app()
    except WeaklinkError as error:
        console = Console(stderr=True)
        console.print(f"error: {error.problem}", style="bold red", markup=False)
        console.print(error.remedy, markup=False)
        sys.exit(1)
