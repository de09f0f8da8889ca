"""``weaklink lineage eval``: precision and recall of edges, with and without an LLM."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

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
from weaklink.cli.terminal import print_table
from weaklink.errors import WeaklinkError

if TYPE_CHECKING:
    from weaklink.lineage.evaluate import EvidenceScores, Proportion


def evaluate(  # noqa: PLR0917 - the options of a command
    labels: Annotated[Path, typer.Argument(help="Labels as JSON Lines.")],
    snapshot: Annotated[Path, typer.Argument(help="Folder of a snapshot.")],
    edges: Annotated[
        Path | None, typer.Option(help="Edges to judge (default: those that the rules find).")
    ] = None,
    certainty: Annotated[str, typer.Option(help="Labels to use: sure, likely, all.")] = "sure",
    llm: Llm = None,
    base_url: BaseUrl = None,
    max_cost: MaxCost = None,
    price: Price = (0.0, 0.0),
    concurrency: Concurrency = 8,
    cache: AnswersFile = None,
) -> None:
    """Compare edges with labels read by hand: precision, recall, accuracy, abstention, misses.

    With --llm, rules alone and rules with the LLM stand side by side.
    """
    import polars as pl

    from weaklink.hub import Snapshot
    from weaklink.lineage import evaluate as judge
    from weaklink.lineage.graph.edges import EdgeTable

    if edges and llm:
        raise WeaklinkError("--edges and --llm cannot be combined.", "Remove one of them.")
    opened = Snapshot.open(snapshot)
    read = judge.read_labels(labels, None if certainty == "all" else certainty)
    models = [label.model for label in read]
    found = EdgeTable.open(edges).frame.collect() if edges else judge.rule_edges(opened, models)
    scores = {"rules" if edges is None else "edges": judge.evaluate(read, opened, found)}
    if llm:
        options = LlmOptions(llm, base_url, max_cost, price, concurrency, cache)
        with counts_shown() as progress:
            answered, report = options.reader(opened, progress, models)(found)
        scores[f"with {llm}"] = judge.evaluate(read, opened, pl.concat([found, answered]))
    _print_scores(scores)
    if llm:
        print_asked(Console(), report)


def _print_scores(compared: dict[str, EvidenceScores]) -> None:
    """Print figures side by side, and the misses of the last."""
    table = Table("figure", caption="share [95 % interval by Wilson] counts")
    for title in compared:
        table.add_column(escape(title), no_wrap=True)
    rows = [_rates(scores) for scores in compared.values()]
    for name in dict.fromkeys(name for row in rows for name in row):
        table.add_row(escape(name), *(_cell(row.get(name)) for row in rows))
    console, last = Console(), [*compared.values()][-1]
    print_table(table, console)
    for miss in last.misses:
        stated = ", ".join(miss.label.upstreams) or "none"
        console.print(f"{miss.label.model}: {stated}", style="bold", markup=False, highlight=False)
        console.print(
            f"  proposed: {', '.join(miss.proposed) or 'none'}", markup=False, highlight=False
        )
        for quote in miss.quotes:
            console.print(f"  “{quote}”", style="dim", markup=False, highlight=False)
    if last.unknown:
        console.print(f"{len(last.unknown)} labelled models are not in the snapshot.")


def _rates(scores: EvidenceScores) -> dict[str, Proportion]:
    return {
        "precision": scores.precision,
        "recall": scores.recall,
        "accuracy": scores.accuracy,
        "abstention": scores.abstention,
        **{f"precision of {kind}": rate for kind, rate in scores.by_evidence.items()},
        **{f"accuracy where labelled {kind}": rate for kind, rate in scores.by_label.items()},
    }


def _cell(rate: Proportion | None) -> str:
    if rate is None:
        return ""
    low, high = rate.interval
    return escape(f"{rate.value:.1%} [{low:.1%}, {high:.1%}] {rate.hits} of {rate.of}")
