"""Options and messages of the commands that can ask an LLM about cards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from weaklink.errors import WeaklinkError

if TYPE_CHECKING:
    from weaklink.hub import Snapshot
    from weaklink.lineage.llm import LlmReader

Llm = Annotated[str | None, typer.Option(help="LLM to ask where the rules find nothing.")]
BaseUrl = Annotated[
    str | None, typer.Option(help="Address of an OpenAI-compatible endpoint, ending in /v1.")
]
MaxCost = Annotated[
    float | None, typer.Option(help="Most that the LLM may cost, in the unit of --price.")
]
Price = Annotated[tuple[float, float], typer.Option(help="Prices of a million tokens, in and out.")]
Concurrency = Annotated[int, typer.Option(min=1, help="Requests to the LLM at once.")]
AnswersFile = Annotated[Path | None, typer.Option("--cache", help="File of the LLM's answers.")]


@dataclass(frozen=True)
class LlmOptions:
    """The options of a command that asks an LLM."""

    llm: str
    base_url: str | None
    max_cost: float | None
    price: tuple[float, float]
    concurrency: int
    cache: Path | None

    def reader(
        self, snapshot: Snapshot, progress: Progress, only: Collection[str] | None = None
    ) -> LlmReader:
        """Return what asks the LLM.

        Args:
            snapshot: The snapshot whose cards are read.
            progress: Shows how many have been asked about.
            only: The models whose cards are read; None: all.

        Raises:
            WeaklinkError: A limit on the cost is given, and no prices.
        """
        from weaklink.lineage.llm import LlmReader
        from weaklink.llm import Budget, Endpoint
        from weaklink.llm.answers import answers_file

        if self.max_cost is not None and not any(self.price):
            raise WeaklinkError(
                "--max-cost needs prices.", "Give --price IN OUT, the prices of a million tokens."
            )
        task = progress.add_task("cards asked about", total=None, visible=False)
        return LlmReader(
            snapshot=snapshot,
            endpoint=Endpoint(self.llm, self.base_url),
            cache=self.cache or answers_file(),
            budget=Budget(*self.price, limit=self.max_cost),
            concurrency=self.concurrency,
            only=only,
            watch=lambda done, of: progress.update(task, completed=done, total=of, visible=True),
        )


def counts_shown() -> Progress:
    """Return a display of how far tasks of known or unknown length are."""
    columns = TextColumn("{task.description}"), MofNCompleteColumn()
    return Progress(*columns, console=Console(stderr=True), transient=True)


def print_asked(console: Console, report: dict[str, Any]) -> None:
    """Print what an LLM was asked, what became of it, and what it cost."""
    answers = ", ".join(f"{count:,} {fate}" for fate, count in report["answers"].items())
    console.print(
        f"{report['model']}: {report['open_cards']:,} cards ({answers or 'none asked'}), "
        f"{report['edges']:,} edges, {report['tokens_in']:,} tokens in and "
        f"{report['tokens_out']:,} out, cost {report['cost']:.4f}",
        markup=False,
    )
