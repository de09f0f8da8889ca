"""``weaklink report``: the report of an audit or a study, from what is stored alone."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weaklink.cli.bounds import read_bounds
from weaklink.cli.options import (
    Baseline,
    FailOver,
    FailUnder,
    JUnit,
    Margin,
    MaxPerplexityRatio,
    MaxWordsChanged,
    MinSimilarity,
    Sarif,
    Source,
    Summary,
    Undecided,
    seed_option,
)
from weaklink.cli.results.gate import Files, read_gate
from weaklink.cli.results.outputs import spare_report
from weaklink.cli.terminal import wide_console
from weaklink.errors import WeaklinkError

if TYPE_CHECKING:
    from weaklink.store.studies import Study


def report(
    source: Source,
    *,
    campaign: Annotated[
        int | None, typer.Option(help="Id of the campaign in a store (default: the latest).")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The HTML file to write, or a folder for the page with its tables and charts "
            "(default: report.html; for a study, its folder)."
        ),
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option(help="Also write the tables as Markdown to this file.")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Also write every figure as JSON to this file.")
    ] = None,
    fail_over: FailOver = None,
    fail_under: FailUnder = None,
    undecided: Undecided = None,
    baseline: Baseline = None,
    margin: Margin = 0.05,
    junit: JUnit = None,
    sarif: Sarif = None,
    summary: Summary = None,
    min_similarity: MinSimilarity = None,
    max_perplexity_ratio: MaxPerplexityRatio = None,
    max_words_changed: MaxWordsChanged = None,
    seed: Annotated[int, seed_option("Seed of the resamples.")] = 0,
) -> None:
    """Write the report of a campaign again. No model is asked."""
    from weaklink import report as reports
    from weaklink.campaigns.figures import figures_of
    from weaklink.files import write_atomically
    from weaklink.measures import Options
    from weaklink.measures.gate import judged
    from weaklink.measures.options import stated_bounds

    given = {
        "min_similarity": min_similarity,
        "max_perplexity_ratio": max_perplexity_ratio,
        "max_words_changed": max_words_changed,
    }
    read_bounds(**given)  # refused before anything is read
    gate = read_gate(
        fail_over, fail_under, undecided, Files(junit, sarif, summary), baseline, margin
    )
    study = read_source(source, campaign)
    alone = figures_of(study, Options(read_bounds(stated_bounds(study.record), **given), seed=seed))
    judgements = gate.judge(study, alone)
    found = judged(alone, judgements, gate.undecided)
    place = out or (Path(source) if Path(source).is_dir() else Path("report.html"))
    command = shlex.join(study.record.command) or None
    console = wide_console()
    spare_report(place, study, console)
    written = reports.write_report(place, study, found, command=command)
    if markdown is not None:
        write_atomically(markdown, reports.markdown(study, found))
        written.append(markdown)
    if json is not None:
        write_atomically(json, found.to_json())
        written.append(json)
    console.print(
        f"Wrote {', '.join(map(str, written))}.", markup=False, soft_wrap=True, highlight=False
    )
    gate.enforce(study, found, judgements)


def read_source(source: str, campaign: int | None) -> Study:
    """Return the audit in a store, or the study in a folder.

    Raises:
        WeaklinkError: There is none, or a campaign is named of a study.
    """
    from weaklink.store.studies import read_study, study_of_audit

    if not Path(source).is_dir():
        return study_of_audit(source, campaign)
    if campaign is not None:
        raise WeaklinkError(
            "--campaign chooses one of a store, and a study is reported whole.",
            "Leave --campaign out, or give a store.",
        )
    return read_study(Path(source))
