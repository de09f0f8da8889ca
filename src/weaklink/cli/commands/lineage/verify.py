"""``weaklink lineage verify``: what weights say about where a model came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from weaklink.cli.terminal import print_table
from weaklink.errors import WeaklinkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from weaklink.lineage.weights.sources import Weights
    from weaklink.lineage.weights.verify import Verified


def verify(
    downstream: Annotated[str, typer.Argument(help="Id on the Hub (`ID@REVISION`) or folder.")],
    upstreams: Annotated[
        list[str] | None,
        typer.Argument(help="Candidates for its upstream (default: those that its card names)."),
    ] = None,
    fetch_bin: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--fetch-bin", help="Fetch pytorch_model.bin whole where there is no safetensors file."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all signals as JSON.")] = False,  # noqa: FBT002
) -> None:
    """Check by its weights what a model was made from.

    Reads headers and slices of safetensors files, by range requests where they are on the Hub:
    megabytes, and never config.json, so that no download is counted.
    """
    from weaklink.hub.client import HubClient
    from weaklink.lineage.tracing import trace
    from weaklink.lineage.weights.sources import open_weights
    from weaklink.lineage.weights.verify import verify as verify_weights

    client = HubClient(retries=3)
    named = upstreams or [step.model for step in trace(downstream, client)[1:]]
    if not named:
        raise WeaklinkError(
            f"The card of {downstream} names no upstream.", "Give candidates as further arguments."
        )
    mine = open_weights(downstream, client, pickled=fetch_bin)
    theirs = [open_weights(name, client, pickled=fetch_bin) for name in named]
    found = verify_weights(mine, theirs)
    if as_json:
        typer.echo(_document(mine, theirs, found), nl=False)
    else:
        _print(mine, theirs, found)


def _document(mine: Weights, theirs: Sequence[Weights], found: Sequence[Verified]) -> str:
    from weaklink.lineage.weights.document import document

    return document(mine, theirs, found).to_json()


def _print(mine: Weights, theirs: Sequence[Weights], found: Sequence[Verified]) -> None:
    console = Console()
    table = Table("candidate", "verdict", "probability", "which came first", "parent")
    for one in found:
        way = one.direction
        first = ""
        if way:
            older = {True: "candidate", False: mine.name, None: "unknown"}[way.downward]
            first = f"{older}: {way.decided}"
        cells = (one.upstream, one.verdict.kind, f"{one.verdict.probability:.1%}", first)
        table.add_row(*map(escape, cells), "yes" if one.parent else "")
    print_table(table, console)
    for one in found:
        console.print(f"{one.upstream}:", style="bold", markup=False)
        for signal in one.verdict.signals:
            console.print(f"  {signal}", markup=False)
    requests = sum(w.requests for w in (mine, *theirs))
    read = sum(w.bytes_read for w in (mine, *theirs))
    console.print(f"{read / 1e6:.1f} MB were read in {requests:,} requests.")
