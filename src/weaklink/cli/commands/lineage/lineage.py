"""``weaklink lineage``: where models came from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from weaklink.cli.commands.lineage.evaluate import evaluate
from weaklink.cli.lineage_llm import (
    AnswersFile,
    BaseUrl,
    Concurrency,
    Llm,
    LlmOptions,
    MaxCost,
    Price,
    counts_shown,
    print_asked,
)
from weaklink.cli.lineage_weights import print_weighed, weigher
from weaklink.cli.terminal import print_table
from weaklink.errors import WeaklinkError, instead

if TYPE_CHECKING:
    from weaklink.lineage.evidence import Tier
    from weaklink.lineage.graph.edges import EdgeTable
    from weaklink.lineage.graph.surroundings import Surroundings

lineage_app = typer.Typer(
    no_args_is_help=True, help="Find where models came from, and what descends from them."
)

_ALL, _SHOWN = 50, 3

SnapshotFolder = Annotated[Path, typer.Argument(help="Folder of a snapshot.")]
EdgesFolder = Annotated[Path, typer.Option("--edges", help="Folder of `lineage build`.")]
Model = Annotated[str, typer.Argument(help="Id of a model on the Hub.")]
Names = Annotated[bool, typer.Option("--names", help="Count edges guessed from models' names.")]


@lineage_app.command()
def build(  # noqa: PLR0917 - the options of a command
    snapshot: SnapshotFolder,
    out: Annotated[Path, typer.Option(help="Folder of edges to write; must not exist.")],
    tier: Annotated[
        list[str] | None,
        typer.Option(
            help="Evidence to use: declared, text, inferred or name; repeatable (default: all)."
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes to read cards with.")] = 1,
    ask_hub: Annotated[  # noqa: FBT002
        bool, typer.Option("--ask-hub", help="Look up declared bases that are not in the snapshot.")
    ] = False,
    weights: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--weights", help="Confirm, refute and find edges by weights, read from the Hub."
        ),
    ] = False,
    yes: Annotated[  # noqa: FBT002
        bool, typer.Option("--yes", help="Read weights without asking whether the price is right.")
    ] = False,
    llm: Llm = None,
    base_url: BaseUrl = None,
    max_cost: MaxCost = None,
    price: Price = (0.0, 0.0),
    concurrency: Concurrency = 8,
    cache: AnswersFile = None,
) -> None:
    """Find the edges of a snapshot in metadata, texts of cards and names, and with --llm by an LLM.

    The LLM's answers are kept, so that the same command again costs nothing. Its key is read from
    OPENAI_API_KEY.
    """
    from weaklink.hub import Snapshot
    from weaklink.lineage.build import build as build_edges

    opened = Snapshot.open(snapshot)
    with counts_shown() as progress:
        cards = progress.add_task("cards read", total=None)
        reader = None
        if llm:
            options = LlmOptions(llm, base_url, max_cost, price, concurrency, cache)
            reader = options.reader(opened, progress)
        table = build_edges(
            opened,
            out,
            tiers=_tiers(tier),
            workers=workers,
            reader=reader,
            lookup=_id_on_the_hub() if ask_hub else lambda _: None,
            weigher=weigher(opened, progress, yes=yes) if weights else None,
            watch=lambda count: progress.advance(cards, count),
        )
    _print_built(table)


@lineage_app.command()
def show(  # noqa: PLR0917 - the options of a command
    model: Model,
    edges: EdgesFolder,
    names: Names = False,  # noqa: FBT002
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Print a Mermaid chart.")] = False,  # noqa: FBT002
    graphml: Annotated[bool, typer.Option("--graphml", help="Print GraphML.")] = False,  # noqa: FBT002
    cypher: Annotated[bool, typer.Option("--cypher", help="Print Cypher statements.")] = False,  # noqa: FBT002
    cyclonedx: Annotated[  # noqa: FBT002
        bool, typer.Option("--cyclonedx", help="Print a CycloneDX 1.6 bill of materials.")
    ] = False,
    parquet: Annotated[Path | None, typer.Option(help="Write the edges to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a picture to this HTML file.")] = None,
    snapshot: Annotated[
        Path | None, typer.Option(help="Folder of the snapshot, for downloads in the picture.")
    ] = None,
    results: Annotated[
        list[Path] | None,
        typer.Option(help="results.json with success rates for the picture; repeatable."),
    ] = None,
    generations: Annotated[
        int | None,
        typer.Option(
            min=0, help="Generations of descendants to show (default: 3; files have all)."
        ),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Direct downstreams to print.")] = 20,
) -> None:
    """Show a model's ancestry and descendants, with the evidence for every edge."""
    from weaklink.lineage import exports

    formats = {
        exports.to_mermaid: mermaid,
        exports.to_graphml: graphml,
        exports.to_cypher: cypher,
        exports.to_cyclonedx: cyclonedx,
    }
    wanted = [export for export, asked in formats.items() if asked]
    if len(wanted) > 1:
        raise WeaklinkError(
            "Only one format can be printed at a time.", "Give one of the format options."
        )
    if generations is None:
        generations = 1 if cyclonedx else _ALL if wanted or parquet or html else _SHOWN
    tree = not wanted and not parquet and not html
    around = _surroundings(
        edges, model, names=names, generations=generations, most=most if tree else None
    )
    if parquet:
        around.edges.write_parquet(parquet)
    if html:
        _draw(html, around, snapshot, results or [])
    if wanted:
        typer.echo(wanted[0](around), nl=False)
    if tree:
        Console().print(exports.to_tree(around, most))


@lineage_app.command()
def exposure(
    model: Model,
    edges: EdgesFolder,
    snapshot: Annotated[Path, typer.Option(help="Folder of the snapshot, for downloads.")],
    names: Names = False,  # noqa: FBT002
    most: Annotated[int, typer.Option(min=1, help="Descendants to print.")] = 20,
) -> None:
    """Show every descendant of a model, the most downloaded first."""
    from weaklink.hub import Snapshot
    from weaklink.lineage.graph.exposure import exposure as exposed

    around = _surroundings(edges, model, names=names)
    found = exposed(around, Snapshot.open(snapshot).models)
    table = Table("model", "generation", "upstream", "downloads in 30 days", "of all time")
    for row in found.head(most).iter_rows(named=True):
        downloads = [_count(row["downloads"]), _count(row["downloads_all_time"])]
        table.add_row(escape(row["id"]), str(row["depth"]), escape(row["upstream"]), *downloads)
    console = Console()
    print_table(table, console)
    total, known = found["downloads"].sum(), found["downloads"].count()
    console.print(
        f"{len(found):,} models descend from {around.model}; {known:,} of them are in the "
        f"snapshot and were downloaded {total:,} times in 30 days.",
        markup=False,
    )


lineage_app.command("eval")(evaluate)


def _id_on_the_hub() -> Callable[[str], str | None]:
    from weaklink.hub.client import HubClient
    from weaklink.hub.single_model import fetch_row

    client = HubClient(retries=2)

    def lookup(model: str) -> str | None:
        row = fetch_row(client, model)
        return row["id"] if row else None

    return lookup


def _tiers(names: list[str] | None) -> list[Tier]:
    from weaklink.lineage.evidence import TIERS

    for name in names or ():
        if name not in TIERS:
            raise WeaklinkError(f"{name} is not a tier.", instead(name, TIERS))
    return [tier for tier in TIERS if not names or tier in names]


def _surroundings(
    edges: Path, model: str, *, names: bool, generations: int = _ALL, most: int | None = None
) -> Surroundings:
    from weaklink.lineage.evidence import COUNTED_TIERS, TIERS
    from weaklink.lineage.graph.edges import EdgeTable
    from weaklink.lineage.graph.surroundings import surroundings

    table, tiers = EdgeTable.open(edges), TIERS if names else COUNTED_TIERS
    return surroundings(table, model, tiers=tiers, generations=generations, most=most)


def _draw(file: Path, around: Surroundings, snapshot: Path | None, results: list[Path]) -> None:
    from weaklink.files import write_atomically
    from weaklink.hub import Snapshot
    from weaklink.measures.saved.read import read_results
    from weaklink.report.lineage.of_hub import lineage_around
    from weaklink.report.lineage.page import lineage_page

    models = Snapshot.open(snapshot).models if snapshot else None
    known = lineage_around(around, models, [*map(read_results, results)])
    write_atomically(file, lineage_page(around.model, known))


def _print_built(table: EdgeTable) -> None:
    console, manifest = Console(), table.manifest
    kinds = Table("evidence", "edges")
    for kind, count in manifest.kinds.items():
        kinds.add_row(kind, f"{count:,}")
    print_table(kinds, console)
    tiers = ", ".join(f"{count:,} {tier}" for tier, count in manifest.tiers.items())
    console.print(f"{manifest.edges:,} edges ({tiers}) in {table.folder}", markup=False)
    if manifest.unresolved:
        console.print(f"{manifest.unresolved:,} declared bases are not known models.")
    if manifest.weights:
        print_weighed(console, manifest.weights)
    if manifest.llm:
        print_asked(console, manifest.llm)


def _count(number: int | None) -> str:
    return "unknown" if number is None else f"{number:,}"
