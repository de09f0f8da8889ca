"""``weaklink schema``: the JSON Schema of what commands print and write as JSON."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from weaklink.cli.terminal import print_table
from weaklink.errors import WeaklinkError, instead


def schema(
    kind: Annotated[
        str | None, typer.Argument(help="Kind of document; without it, all kinds are listed.")
    ] = None,
) -> None:
    """Print the JSON Schema of a kind of JSON document, or list the kinds."""
    from json import dumps

    from weaklink.cli.schemas import KINDS, WRITERS

    if kind is None:
        table = Table("kind", "version", "from")
        for name, document in KINDS.items():
            version = document.model_fields["schema_version"].default
            table.add_row(name, f"{version}", ", ".join(f"weaklink {one}" for one in WRITERS[name]))
        print_table(table, Console())
    elif kind in KINDS:
        typer.echo(dumps(KINDS[kind].json_schema(), indent=2))
    else:
        raise WeaklinkError(f"There is no kind of document named {kind!r}.", instead(kind, KINDS))
