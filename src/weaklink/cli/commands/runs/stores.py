"""``weaklink store``: stores as a whole."""

from __future__ import annotations

from typing import Annotated

import typer

from weaklink.cli.resumable import run_resumably
from weaklink.text import visible

store_app = typer.Typer(no_args_is_help=True, help="Copy stores and merge them.")


_SHOWN = 10
"""Conflicts that are named one by one."""


@store_app.command()
def merge(
    target: Annotated[str, typer.Argument(metavar="A", help="The store that takes the other.")],
    source: Annotated[str, typer.Argument(metavar="B", help="The store to take in.")],
) -> None:
    """Take the outcomes, campaigns and records of B into A; what A has already stays.

    The same outcome in both is one. Where they say different things, A's stays and is named, and
    the status is 1.
    """
    from weaklink.store import open_store
    from weaklink.store.copying import copy_store
    from weaklink.store.runs import conflicts

    with open_store(source, create=False) as one, open_store(target) as other:
        differing = conflicts(one, other)
        read = run_resumably(lambda progress: copy_store(one, other, progress), target)
    for theirs, ours in differing[:_SHOWN]:
        key = ours.key
        told = (
            f"conflict: {ours.attack} against {ours.victim} on {key.sample_id}, repetition "
            f"{key.repetition + 1}: {ours.status} in {target}, {theirs.status} in {source}"
        )
        typer.echo(visible(told), err=True)
    typer.echo(f"Merged {read:,} outcomes of {source} into {target}; {len(differing):,} conflicts.")
    if differing:
        raise typer.Exit(1)


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
