"""``weaklink report``: the report of a campaign, from its store alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from weaklink.cli.bounds import read_bounds
from weaklink.cli.options import MaxPerplexityRatio, MaxWordsChanged, MinSimilarity


def report(
    store: Annotated[Path, typer.Argument(help="The store that holds the campaign.")],
    campaign: Annotated[
        int | None, typer.Option(help="Id of the campaign; the latest one by default.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("report.html"),
    markdown: Annotated[
        Path | None, typer.Option(help="Also write the tables as Markdown to this file.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Also write every figure as JSON to this file.")
    ] = None,
    min_similarity: MinSimilarity = None,
    max_perplexity_ratio: MaxPerplexityRatio = None,
    max_words_changed: MaxWordsChanged = None,
) -> None:
    """Make the report of a campaign again, without asking any model anything."""
    from weaklink.measures import summarise
    from weaklink.report import to_markdown, write_atomically, write_report
    from weaklink.store import open_store
    from weaklink.store.reading import choose_campaign

    bounds = read_bounds(
        min_similarity=min_similarity,
        max_perplexity_ratio=max_perplexity_ratio,
        max_words_changed=max_words_changed,
    )
    with open_store(store, create=False) as opened:
        chosen = choose_campaign(opened, store, campaign)
        outcomes = list(opened.outcomes(chosen.campaign))
    summary = summarise(chosen.campaign, outcomes, bounds)
    write_report(out, summary, outcomes)
    if markdown is not None:
        write_atomically(markdown, to_markdown(summary))
    if json is not None:
        write_atomically(json, summary.model_dump_json(indent=2) + "\n")
    written = [str(path) for path in (out, markdown, json) if path is not None]
    Console().print(f"Wrote {', '.join(written)}.", markup=False)
