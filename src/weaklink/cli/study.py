"""``weaklink study``: the paper's study, from a specification to its tables."""

from __future__ import annotations

import typer

study = typer.Typer(no_args_is_help=True, help="Measure many chains: from a file to a report.")


@study.command()
def presets() -> None:
    """List the studies that come with weaklink."""
    from rich.table import Table

    from weaklink.cli.terminal import wide_console
    from weaklink.study.presets import presets as names
    from weaklink.study.specification import read_specification

    table = Table("preset", "what it is")
    for name in names():
        table.add_row(name, read_specification(name).description)
    wide_console().print(table)
