"""``weaklink runs`` and ``weaklink rm``: what a store has, and taking it out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weaklink.cli.options import StoreArgument
from weaklink.errors import WeaklinkError
from weaklink.text import visible

if TYPE_CHECKING:
    from weaklink.store.runs import RunEntry


def runs(store: StoreArgument) -> None:
    """List the runs in a store: when, what, how many samples, and how far each is."""
    from rich.table import Table

    from weaklink.cli.terminal import print_table, wide_console
    from weaklink.store import open_store
    from weaklink.store.runs import runs_of

    with open_store(store, create=False) as opened:
        found = runs_of(opened)
    if not found:
        typer.echo("No runs.")
        return
    table = Table("id", "since (UTC)", "models", "data", "attacks", "state")
    for one in found:
        table.add_row(*map(visible, _row(one)))
    print_table(table, wide_console())


def _row(one: RunEntry) -> tuple[str, ...]:
    campaign = one.campaign
    return (
        str(one.id),
        f"{one.created:%Y-%m-%d %H:%M}",
        ", ".join(victim.name for victim in campaign.victims),
        f"{campaign.data.name}, {len(campaign.data.sample_ids):,} samples",
        ", ".join(attack.name for attack in campaign.attacks),
        one.state,
    )


def remove(
    store: StoreArgument,
    *,
    campaign: Annotated[
        int | None,
        typer.Option(help="Id of the only run to remove, as in `weaklink runs` (default: all)."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a run from a store, or the file of a whole store, after a question."""
    from weaklink.store import open_store
    from weaklink.store.runs import remove_run, require_run, runs_of

    with open_store(store, create=False) as opened:
        found, outcomes = runs_of(opened), opened.count()
        if campaign is not None:
            require_run(opened, campaign)
            _ask(f"Remove run {campaign} of {store}?", yes=yes)
            removed = remove_run(opened, campaign)
            typer.echo(f"Removed run {campaign} with {removed:,} outcomes.")
            return
    path = Path(store)
    if not path.is_file():
        raise WeaklinkError(
            f"{store} is not a file.", "Name a run with --campaign, or drop the database itself."
        )
    _ask(f"Remove {store} with {len(found)} runs and {outcomes:,} outcomes?", yes=yes)
    for beside in (path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm"))):
        beside.unlink(missing_ok=True)
    typer.echo(f"Removed {store}.")


def _ask(question: str, *, yes: bool) -> None:
    """Ask, and end if the answer is not yes."""
    if not yes:
        typer.confirm(visible(question), abort=True)
