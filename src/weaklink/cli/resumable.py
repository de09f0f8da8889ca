"""Work that goes on when its command is given again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from weaklink.data.columns import Columns
    from weaklink.data.splits import Split
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


def load_for_training(data: str, split: str, columns: Columns, progress: Progress) -> Split:
    """Return a split, and tell where the columns leave out a text of each pair.

    Args:
        data: Name or file of the data set.
        split: Which split.
        columns: Its columns.
        progress: Is told of the work.

    Raises:
        WeaklinkError: There is no such data set, or it cannot be used as it is.
    """
    from weaklink.data.datasets import load_split

    progress.begin(f"Loading {data}")
    loaded = load_split(data, split, **columns.options)
    if loaded.half_read:
        progress.tell(f"{loaded.half_read} For such a model, give --pair-column.")
    return loaded
