"""What ``lineage build --weights`` shows and asks before it reads weights from the Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    import polars as pl
    from rich.progress import Progress

    from weaklink.hub import Snapshot
    from weaklink.lineage.build import Weighed, Weigher

_WORKERS = 8


def weigher(snapshot: Snapshot, progress: Progress, *, yes: bool) -> Weigher:
    """Return what asks the weights of a snapshot's models, of their upstreams and known bases.

    Args:
        snapshot: The snapshot.
        progress: Shows how many have been read.
        yes: Whether to read them without asking whether the price is right.
    """
    import polars as pl

    from weaklink.hub.client import HubClient
    from weaklink.lineage.build import Weighed
    from weaklink.lineage.families import well_known
    from weaklink.lineage.weights.snapshot.claim_reader import BYTES, REQUESTS, ClaimReader
    from weaklink.lineage.weights.snapshot.kept import SignatureFile
    from weaklink.lineage.weights.snapshot.signature_reader import SignatureReader
    from weaklink.lineage.weights.snapshot.tier import weigh

    def weighed(edges: pl.DataFrame) -> Weighed:
        models = snapshot.models.filter(pl.col("status") == "ok").select("id", "sha").collect()
        bases = {model for family in well_known().families for model in family.ids()}
        others = {*edges["upstream"], *bases} - {*models["id"]}
        wanted = [*models.iter_rows(), *((name, None) for name in sorted(others))]
        task = progress.add_task("models weighed", total=len(wanted), visible=False)
        left = progress.add_task("links compared", total=None, visible=False)
        client, kept = HubClient(workers=_WORKERS), SignatureFile()
        reader = SignatureReader(
            client, kept, _WORKERS,
            lambda done, _: progress.update(task, completed=done, visible=True),
        )  # fmt: skip
        claims = ClaimReader(
            client, kept, dict(models.iter_rows()), _WORKERS,
            lambda done, of: progress.update(left, completed=done, total=of, visible=True),
        )  # fmt: skip
        price = reader.price(wanted)
        progress.console.print(
            f"Weights: {price}. A stated upstream that signatures do not confirm takes up to "
            f"{REQUESTS} requests and some {BYTES / 1e6:.0f} MB more.",
            markup=False,
        )
        if not yes:
            progress.stop()
            typer.confirm("Read them?", abort=True)
            progress.start()
        found = weigh(edges, reader.read(wanted), models["id"], claims.read)
        report = {
            "confirmed": found.confirmed,
            "refuted": len(found.refuted),
            "found": found.found,
            "silent": found.silent,
            "models": dict(sorted(reader.fates.items())),
            "requests": reader.requests + claims.requests,
            "bytes": reader.bytes_read + claims.bytes_read,
        }
        return Weighed(found.edges, found.refuted, report)

    return weighed


def print_weighed(console: Console, report: dict[str, Any]) -> None:
    """Print what weights said of edges, and what reading them cost."""
    fates = ", ".join(f"{count:,} {fate}" for fate, count in report["models"].items())
    console.print(
        f"weights: {report['confirmed']:,} edges confirmed, {report['refuted']:,} refuted, "
        f"{report['found']:,} found, {report['silent']:,} cannot be told; models: {fates}; "
        f"{report['requests']:,} requests, {report['bytes'] / 1e6:,.1f} MB",
        markup=False,
    )
