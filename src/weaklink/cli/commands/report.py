"""``weaklink report``: the report of an audit, from its store alone."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from weaklink.cli.bounds import read_bounds
from weaklink.cli.options import MaxPerplexityRatio, MaxWordsChanged, MinSimilarity


def report(
    store: Annotated[Path, typer.Argument(help="The store that holds the campaign.")],
    campaign: Annotated[
        int | None, typer.Option(help="Id of the campaign (default: the latest).")
    ] = None,
    out: Annotated[
        Path,
        typer.Option(
            help="The HTML file to write, or a folder for the page with its tables and charts."
        ),
    ] = Path("report.html"),
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
    """Write the report of a campaign again. No model is asked."""
    from weaklink import report as reports
    from weaklink.campaigns.figures import figures_of
    from weaklink.files import write_atomically
    from weaklink.measures.options import Options, stated_bounds
    from weaklink.store.reading import study_of_audit

    given = {
        "min_similarity": min_similarity,
        "max_perplexity_ratio": max_perplexity_ratio,
        "max_words_changed": max_words_changed,
    }
    read_bounds(**given)  # refused before anything is read
    study = study_of_audit(store, campaign)
    bounds = read_bounds(stated_bounds(study.record), **given)
    found = figures_of(study, Options(bounds))
    command = shlex.join(study.record.command) or None
    written = reports.write_report(out, study, found, command=command)
    for path, text in (
        (markdown, reports.markdown(study, found)),
        (json, found.to_json()),
    ):
        if path is not None:
            write_atomically(path, text)
            written.append(path)
    Console().print(f"Wrote {', '.join(map(str, written))}.", markup=False, soft_wrap=True)
