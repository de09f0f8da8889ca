"""``weaklink demo``: an audit of two small models, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weaklink.cli.commands.audit import show
from weaklink.cli.resumable import run_resumably

if TYPE_CHECKING:
    from weaklink.campaigns import AuditResult
    from weaklink.progress import Progress


def demo(
    *,
    out: Annotated[
        Path, typer.Option(help="Folder for the models, the store and the report.")
    ] = Path("weaklink-demo"),
    samples: Annotated[int, typer.Option(min=1, help="Samples to attack.")] = 40,
    seed: Annotated[int, typer.Option(help="Seed of the samples and of random attacks.")] = 0,
    max_minutes: Annotated[
        float,
        typer.Option(
            min=0.1, help="Attack for so long. The same command goes on where this one ended."
        ),
    ] = 10,
) -> None:
    """Fine-tune a chain of two models, audit it with every attack, and write the report.

    The packaged MiniLM is fine-tuned on Rotten Tomatoes and then on IMDB. Both models are attacked
    on Rotten Tomatoes sentences that neither was trained on. It needs no network.
    """
    from weaklink.campaigns import Specification, make_chain, run_audit

    def work(progress: Progress) -> AuditResult:
        chain = make_chain(out, progress)
        spec = Specification.of_audit(
            str(chain.downstream),
            str(chain.upstream),
            samples=samples,
            seed=seed,
            unseen=True,
            max_minutes=max_minutes,
            attacks=("all",),
            store=out / "audit.db",
        )
        return run_audit(spec, progress)

    out.mkdir(parents=True, exist_ok=True)
    show(run_resumably(work, out / "audit.db"), out / "report.html", json=None)
