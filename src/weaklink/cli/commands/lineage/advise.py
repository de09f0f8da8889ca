"""``weaklink lineage advise``: a recall notice for what descends from a weak model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from weaklink.cli.terminal import print_table

if TYPE_CHECKING:
    import polars as pl

    from weaklink.lineage.graph.notice import MeasuredTransfer


def advise(
    model: Annotated[str, typer.Argument(help="Id of the weak model.")],
    edges: Annotated[Path, typer.Option("--edges", help="Folder of `lineage build`.")],
    snapshot: Annotated[Path, typer.Option(help="Folder of the snapshot, for downloads.")],
    results: Annotated[
        list[Path] | None,
        typer.Option(help="results.json with measured links; repeatable."),
    ] = None,
    weakness: Annotated[str, typer.Option(help="What is wrong with it, for the VEX.")] = (
        "Adversarial texts change its predictions."
    ),
    csv: Annotated[Path | None, typer.Option(help="Write the list to this file.")] = None,
    vex: Annotated[Path | None, typer.Option(help="Write CycloneDX VEX to this file.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Descendants to print.")] = 20,
) -> None:
    """List what descends from a weak model, by downloads times measured transfer.

    Transfer comes from the results of audits and studies: of the link itself where it was measured,
    and else the mean of all links that were.
    """
    from weaklink.files import write_atomically
    from weaklink.hub import Snapshot
    from weaklink.lineage import EdgeTable, surroundings
    from weaklink.lineage.exports.vex import to_vex
    from weaklink.lineage.graph.notice import notice
    from weaklink.report.tables.table import for_spreadsheets

    around = surroundings(EdgeTable.open(edges), model)
    rows = notice(around, Snapshot.open(snapshot).models, _transfer(results or []))
    if csv:
        write_atomically(csv, for_spreadsheets(rows).write_csv())
    if vex:
        downstream = around.downstreams([around.model])
        revision = next(iter(downstream["upstream_sha"].head(1)), None)
        write_atomically(vex, to_vex(around.model, revision, rows, weakness))
    _print(around.model, rows, most)


def _transfer(files: list[Path]) -> dict[tuple[str, str], MeasuredTransfer]:
    """Return the sample transfer of each link, of several figures the one of most samples."""
    from weaklink.lineage.graph.notice import MeasuredTransfer
    from weaklink.measures.saved.read import read_results

    measured = dict[tuple[str, str], MeasuredTransfer]()
    for file in files:
        for link in read_results(file).links:
            ends, share = (link.upstream, link.downstream), link.all.sample_transfer
            if share is not None and (ends not in measured or share.n > measured[ends].n):
                measured[ends] = MeasuredTransfer(share.value, share.high, share.n)
    return measured


def _print(model: str, rows: pl.DataFrame, most: int) -> None:
    table = Table("model", "downloads", "transfer", "exposed", "known from")
    for row in rows.head(most).iter_rows(named=True):
        share = "unknown" if row["transfer"] is None else f"{row['transfer']:.0%}"
        if row["transfer"] is not None and not row["measured"]:
            share = f"{share} (mean of others)"
        cells = (
            row["id"], _count(row["downloads"]), share, _count(row["exposed"]),
            f"{row['tier']}: {row['quote'][:80]}",
        )  # fmt: skip
        table.add_row(*map(escape, cells))
    console = Console()
    print_table(table, console)
    total, measured = rows["exposed"].sum(), int(rows["measured"].sum())
    console.print(
        f"{len(rows):,} models descend from {model}; transfer was measured for {measured:,} of "
        f"them. Some {total:,.0f} downloads in 30 days are exposed, as far as figures are known.",
        markup=False,
    )


def _count(number: float | None) -> str:
    return "unknown" if number is None else f"{number:,.0f}"
