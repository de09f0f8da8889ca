"""``weaklink store``: stores as a whole."""

from __future__ import annotations

from typing import Annotated

import typer

from weaklink.cli.resumable import run_resumably

store_app = typer.Typer(no_args_is_help=True, help="Copy stores, from one database to another.")


@store_app.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="A", help="The store to copy.")],
    target: Annotated[
        str,
        typer.Argument(
            metavar="B", help="Where to: a file or an address. What it holds already stays."
        ),
    ],
) -> None:
    """Copy the outcomes, campaigns and records of a store into another, new or not."""
    from weaklink.store import open_store
    from weaklink.store.copying import copy_store

    with open_store(source, create=False) as one, open_store(target) as other:
        copied = run_resumably(lambda progress: copy_store(one, other, progress), target)
    typer.echo(f"Copied {copied} outcomes to {target}.")
