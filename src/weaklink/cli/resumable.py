"""Work that goes on when its command is given again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from weaklink.progress import Progress
    from weaklink.store.databases import Location

T = TypeVar("T")

_INTERRUPTED = 130


def run_resumably(
    work: Callable[[Progress], T], place: Location, done: str = "Finished outcomes"
) -> T:
    """Do the work with progress on the terminal; when interrupted, say how it goes on.

    Args:
        work: What to do.
        place: Where what is done so far is kept.
        done: What that is.
    """
    from weaklink.cli.progress import Terminal

    try:
        with Terminal() as progress:
            return work(progress)
    except KeyboardInterrupt:
        typer.echo(
            f"Interrupted. {done} are in {place}. Run the same command again to resume.",
            err=True,
        )
        raise typer.Exit(_INTERRUPTED) from None
