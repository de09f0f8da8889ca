"""``weaklink hub``: collect and import snapshots of the Hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from weaklink.cli.terminal import print_table

if TYPE_CHECKING:
    from weaklink.hub import Snapshot
    from weaklink.hub.listing import Watch

hub_app = typer.Typer(no_args_is_help=True, help="Collect or import dated snapshots of the Hub.")


@hub_app.command()
def collect(
    out: Annotated[Path, typer.Option(help="Folder of snapshots.")] = Path("snapshots"),
    task: Annotated[
        str, typer.Option(help="Pipeline tag; `all` for every model.")
    ] = "text-classification",
    before: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only models created before this day (UTC)."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Most models; the newest are taken.")
    ] = None,
    cards: Annotated[bool, typer.Option(help="Fetch model cards.")] = True,  # noqa: FBT002
    since: Annotated[
        Path | None, typer.Option(help="Older snapshot: fetch only cards that changed.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Cards fetched at once.")] = 8,
) -> None:
    """Collect a snapshot from the Hub. After an interruption, the same command resumes.

    Uses HF_ENDPOINT and the token of HF_TOKEN or `hf auth login`. Only the listing and README.md
    are fetched, so no download counts change.
    """
    from weaklink.hub import Snapshot
    from weaklink.hub.collect import collect as collect_snapshot
    from weaklink.hub.listing import ModelQuery

    query = ModelQuery(
        task=None if task == "all" else task,
        before=before.date() if before else None,
        limit=limit,
        cards=cards,
    )
    older = Snapshot.open(since) if since else None
    with _progress() as watch:
        snapshot = collect_snapshot(query, out, since=older, workers=workers, watch=watch)
    _print_snapshot(snapshot)


@hub_app.command("import")
def import_files(
    files: Annotated[
        list[Path], typer.Argument(help="JSON Lines (.jsonl, .jsonl.gz) or Parquet of records.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the new snapshot; must not exist.")],
    date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that the records are from (default: today)."),
    ] = None,
) -> None:
    """Make a snapshot of bulk data: Hub-stats Parquet, or Hub records as JSON Lines.

    If several files have a model, its first record counts. Its card may come from any of them.
    """
    from weaklink.hub.imports import import_records

    with _progress() as watch:
        snapshot = import_records(files, out, taken=date, watch=watch)
    _print_snapshot(snapshot)


class _FetchRate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


@contextmanager
def _progress() -> Iterator[Watch]:
    """Show one line for each kind of thing, with its rate and the time left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _FetchRate(),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def watch(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total, completed=done)
            progress.update(tasks[what], completed=done, total=total)

        yield watch


def _print_snapshot(snapshot: Snapshot) -> None:
    manifest = snapshot.manifest
    table = Table(title=escape(str(snapshot.folder)), title_justify="left")
    for heading in ("", "number", "of which"):
        table.add_column(heading)
    table.add_row("models", f"{manifest.models:,}", _counts(manifest.model_statuses))
    table.add_row("cards", f"{manifest.cards:,}", _counts(manifest.card_statuses))
    print_table(table, Console())


def _counts(statuses: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {status}" for status, count in statuses.items())
