"""``weaklink lineage stats`` and ``compare``: popularity and reuse in one snapshot, and in two."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from weaklink.cli.terminal import print_table
from weaklink.text import visible

if TYPE_CHECKING:
    from weaklink.popularity.compare import Mover, SnapshotComparison
    from weaklink.popularity.compare_reports import PopularityComparison
    from weaklink.popularity.measure import PopularityReport
    from weaklink.popularity.reuse import Upstream

Task = Annotated[str, typer.Option(help="Pipeline tag of the set; `all` for all models.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print all figures as JSON.")]


def stats(
    snapshot: Annotated[Path, typer.Argument(help="Folder of the snapshot.")],
    edges: Annotated[
        Path | None,
        typer.Option(help="Folder of `lineage build`; without it, only downloads are measured."),
    ] = None,
    task: Task = "text-classification",
    names: Annotated[  # noqa: FBT002
        bool, typer.Option("--names", help="Count upstreams guessed from models' names.")
    ] = False,
    rows: Annotated[int, typer.Option(min=1, help="Rows of the tables of upstreams.")] = 10,
    report: Annotated[Path | None, typer.Option(help="Write the report to this HTML file.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Compute popularity and reuse (RQ1) of a snapshot, beside the paper's figures."""
    from weaklink.files import write_atomically
    from weaklink.hub import Snapshot
    from weaklink.lineage.graph.edges import EdgeTable
    from weaklink.popularity.measure import measure
    from weaklink.report.lineage.of_hub import lineage_of_popular
    from weaklink.report.popularity import popularity_page

    opened, table = Snapshot.open(snapshot), EdgeTable.open(edges) if edges else None
    pipeline = None if task == "all" else task
    measured = measure(opened, table, task=pipeline, names=names, rows=rows)
    if report:
        drawn = lineage_of_popular(opened, table, task=pipeline, names=names) if table else None
        write_atomically(report, popularity_page(measured, drawn))
    if as_json:
        typer.echo(measured.to_json(), nl=False)
    else:
        _print_figures(measured)


_EITHER = "snapshot, or JSON of its `lineage stats`."


def compare(
    old: Annotated[Path, typer.Argument(help=f"Folder of the older {_EITHER}")],
    new: Annotated[Path, typer.Argument(help=f"Folder of the newer {_EITHER}")],
    task: Task = "text-classification",
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Compare two snapshots, or two files of figures. A renamed model counts as the same model.

    --task is for snapshots: a file of figures says its task.
    """
    if old.suffix == new.suffix == ".json":
        _compare_figures(old, new, as_json=as_json)
    else:
        _compare_snapshots(old, new, task, as_json=as_json)


def _compare_figures(old: Path, new: Path, *, as_json: bool) -> None:
    from weaklink.popularity.compare_reports import compare_reports, read_report

    found = compare_reports(read_report(old), read_report(new))
    if as_json:
        typer.echo(found.to_json(), nl=False)
    else:
        _print_changes(found)


def _compare_snapshots(old: Path, new: Path, task: str, *, as_json: bool) -> None:
    from weaklink.hub import Snapshot
    from weaklink.popularity.compare import compare as compare_snapshots

    comparison = compare_snapshots(
        Snapshot.open(old), Snapshot.open(new), task=None if task == "all" else task
    )
    if as_json:
        typer.echo(comparison.to_json(), nl=False)
    else:
        _print_comparison(comparison)


def _print_figures(measured: PopularityReport) -> None:
    from weaklink.report.popularity import figure

    table = Table(
        "", "ours", "paper", "section", title="Popularity and reuse", title_justify="left"
    )
    for row in measured.figures():
        unit = row.reference.unit
        values = (figure(row.ours, unit), figure(row.reference.paper, unit))
        table.add_row(row.reference.label, *values, row.reference.section)
    console = Console()
    print_table(table, console)
    for scope, rows in measured.reuse.most_reused.items() if measured.reuse else ():
        print_table(_most_reused(scope, rows), console)


def _most_reused(scope: str, rows: Sequence[Upstream]) -> Table:
    """Return Table 1 of the paper beside ours."""
    from weaklink.report.popularity import percent, whole

    ends = "within the set" if scope == "within" else "with any upstream"
    table = Table(title=f"Most reused upstreams, {ends}", title_justify="left")
    table.add_column("upstream")
    for heading in ("models", "share", "rank", "paper: pairs", "share", "rank"):
        table.add_column(heading, justify="right")
    for row in rows:
        paper = row.paper
        table.add_row(
            Text(visible(row.id)),
            *(whole(row.reused.count), percent(row.reused.value), whole(row.rank)),
            *((whole(paper.pairs), percent(paper.share), whole(paper.rank)) if paper else "–––"),
        )
    return table


def _print_comparison(comparison: SnapshotComparison) -> None:
    from weaklink.report.popularity import figure

    console = Console(markup=False, highlight=False)
    table = Table("", "old", "new", title="Two snapshots", title_justify="left")
    old, new = comparison.old, comparison.new
    table.add_row("models", f"{old.models:,}", f"{new.models:,}")
    table.add_row("downloads", f"{old.downloads:,}", f"{new.downloads:,}")
    for label, before, after in (
        ("downloaded at least once", old.downloaded.value, new.downloaded.value),
        ("downloads of the top 20", old.top_20, new.top_20),
    ):
        table.add_row(label, figure(before, "share"), figure(after, "share"))
    print_table(table, console)
    console.print(
        f"{comparison.kept:,} kept, of these {len(comparison.renamed):,} renamed; "
        f"{len(comparison.added):,} added; {len(comparison.gone):,} gone"
    )
    console.print(
        "changed: " + ", ".join(f"{n:,} {name}" for name, n in comparison.changed.items())
    )
    _print_movers(console, "most risen", comparison.risen)
    _print_movers(console, "most fallen", comparison.fallen)


def _print_changes(found: PopularityComparison) -> None:
    from weaklink.report.popularity import change, figure

    table = Table(
        "", "old", "new", "difference", title="Popularity and reuse", title_justify="left"
    )
    for one in found.figures:
        if one.old is not None or one.new is not None:
            unit = one.reference.unit
            shown = (figure(one.old, unit), figure(one.new, unit), change(one.difference, unit))
            table.add_row(one.reference.label, *shown)
    console = Console()
    print_table(table, console)
    if set(found.old_tiers) != set(found.new_tiers):
        console.print(
            f"Other tiers of evidence count: {', '.join(found.old_tiers)}, then "
            f"{', '.join(found.new_tiers)}. Figures of reuse may differ for that alone."
        )


def _print_movers(console: Console, title: str, movers: tuple[Mover, ...]) -> None:
    for mover in movers[:5]:
        console.print(f"{title}: {mover.id} {mover.old:,} -> {mover.new:,}")
