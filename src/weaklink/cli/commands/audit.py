"""``weaklink audit``: attack a model, or both ends of a chain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from weaklink.cli.bounds import read_bounds
from weaklink.cli.options import (
    AllowPickle,
    Attacks,
    BaseUrl,
    Data,
    Device,
    LabelColumn,
    MaxPerplexityRatio,
    MaxWordsChanged,
    MinSimilarity,
    Model,
    Paraphraser,
    ParaphraserPrompt,
    Precision,
    Runtime,
    Set,
    Split,
    TextColumn,
    TrustRemoteCode,
)
from weaklink.cli.terminal import wide_console
from weaklink.errors import WeaklinkError
from weaklink.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from weaklink.campaigns import AuditResult
    from weaklink.measures import Bound
    from weaklink.progress import Progress

T = TypeVar("T")

_OVER_BOUND = 3
_INTERRUPTED = 130
_DATA, _ATTACKS, _OUTPUT, _MODELS = "Data", "Attacks", "Output", "Models"


def audit(
    downstream: Model,
    *,
    upstream: Annotated[
        str | None,
        typer.Option(
            help="The model that it was fine-tuned from; auto: found from model cards on the Hub."
        ),
    ] = None,
    data: Data = "rotten_tomatoes",
    split: Split = "train",
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    samples: Annotated[
        int, typer.Option(min=1, help="Samples to draw.", rich_help_panel=_DATA)
    ] = 100,
    replay: Annotated[
        Path | None,
        typer.Option(
            help="Try stored vulnerable samples, as `weaklink study export` writes them, in the "
            "place of data and attacks.",
            rich_help_panel=_DATA,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(help="Chooses the samples and the draws.", rich_help_panel=_DATA)
    ] = 0,
    unseen: Annotated[
        bool,
        typer.Option(
            "--unseen",
            help="Draw only samples that `weaklink finetune` did not train the models on.",
            rich_help_panel=_DATA,
        ),
    ] = False,
    attacks: Attacks = "textfooler,pwws,textbugger,hotflip,scpn,gan",
    set_: Set = None,
    parameters: Annotated[
        Path | None,
        typer.Option(
            help="TOML file with a table of parameters for each attack.", rich_help_panel=_ATTACKS
        ),
    ] = None,
    repetitions: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How often random attacks attack each sample; each attack's own default.",
            rich_help_panel=_ATTACKS,
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            help="Label to aim at; by default any other than the model's own prediction.",
            rich_help_panel=_ATTACKS,
        ),
    ] = None,
    max_queries: Annotated[
        int | None,
        typer.Option(min=1, help="Queries for each sample at most.", rich_help_panel=_ATTACKS),
    ] = None,
    store: Annotated[
        Path,
        typer.Option(
            help="Where outcomes are kept; the same command goes on where it stopped.",
            rich_help_panel=_OUTPUT,
        ),
    ] = Path("audit.db"),
    report: Annotated[
        Path, typer.Option(help="The HTML report to write.", rich_help_panel=_OUTPUT)
    ] = Path("report.html"),
    json: Annotated[
        Path | None,
        typer.Option(
            help="Also write every figure as JSON to this file; - for standard output.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    fail_over: Annotated[
        list[str] | None,
        typer.Option(
            help="End with status 3 if a measure exceeds a bound, as in asr_correct=0.5.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    paraphraser: Paraphraser = "network",
    paraphraser_prompt: ParaphraserPrompt = "paraphrase: {sentence} template: {template}",
    base_url: BaseUrl = None,
    device: Device = "auto",
    precision: Precision = "float32",
    runtime: Runtime = "auto",
    encoder: Annotated[
        str | None,
        typer.Option(
            help="Sentence encoder that measures similarity: a Hub id or folder; the packaged "
            "MiniLM by default.",
            rich_help_panel=_MODELS,
        ),
    ] = None,
    language_model: Annotated[
        str,
        typer.Option(
            help="Causal language model that measures fluency: the packaged one, a Hub id or a "
            "folder; none: it is not measured.",
            rich_help_panel=_MODELS,
        ),
    ] = "SmolLM2-135M-Instruct",
    width: Annotated[
        int,
        typer.Option(
            min=1,
            help="Attempts alive at once; outcomes do not depend on it.",
            rich_help_panel=_MODELS,
        ),
    ] = 64,
    refuse_warnings: Annotated[
        bool,
        typer.Option(
            "--refuse-warnings",
            help="End before any attack if a trust check warns.",
            rich_help_panel=_MODELS,
        ),
    ] = False,
    allow_pickle: AllowPickle = False,
    trust_remote_code: TrustRemoteCode = False,
    min_similarity: MinSimilarity = None,
    max_perplexity_ratio: MaxPerplexityRatio = None,
    max_words_changed: MaxWordsChanged = None,
) -> None:
    """Attack a model, or both ends of a chain, and report how robust it is."""
    from weaklink.campaigns import Specification, find_upstream, run_audit
    from weaklink.cli.ancestry import show_ancestry
    from weaklink.cli.parameters import read_parameters
    from weaklink.measures import parse_bound
    from weaklink.models.encoder import DEFAULT_ENCODER

    bounds = [parse_bound(text) for text in fail_over or ()]
    for bound in bounds:
        if bound.needs_chain and upstream is None:
            raise WeaklinkError(
                f"{bound.measure} needs a chain, and no upstream was given.",
                "Give --upstream, or bound another measure.",
            )
    spec = Specification.make(
        downstream=downstream,
        upstream=upstream,
        data=data,
        split=split,
        text_column=text_column,
        label_column=label_column,
        replay=replay,
        samples=samples,
        seed=seed,
        unseen=unseen,
        attacks=tuple(name.strip() for name in attacks.split(",") if name.strip()),
        parameters=read_parameters(parameters, set_ or ()),
        repetitions=repetitions,
        target=target,
        max_queries=max_queries,
        store=store,
        encoder=encoder or DEFAULT_ENCODER,
        language_model=None if language_model == "none" else language_model,
        bounds=read_bounds(
            min_similarity=min_similarity,
            max_perplexity_ratio=max_perplexity_ratio,
            max_words_changed=max_words_changed,
        ),
        paraphraser=paraphraser,
        paraphraser_prompt=paraphraser_prompt,
        base_url=base_url,
        device=device,
        precision=precision,
        runtime=runtime,
        width=width,
        refuse_warnings=refuse_warnings,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
    )
    ancestry = find_upstream(spec)
    show_ancestry(ancestry, stderr=json == Path("-"))
    result = run_resumably(lambda progress: run_audit(ancestry.spec, progress), store)
    show(result, report, json)
    enforce(result, bounds)


def run_resumably(work: Callable[[Progress], T], store: Path) -> T:
    """Do the work with progress on the terminal; when interrupted, say how it goes on."""
    from weaklink.cli.progress import Terminal

    try:
        with Terminal() as progress:
            return work(progress)
    except KeyboardInterrupt:
        typer.echo(
            f"Interrupted. What has ended is in {store}; "
            "run the same command again and it goes on where it stopped.",
            err=True,
        )
        raise typer.Exit(_INTERRUPTED) from None


def show(result: AuditResult, report: Path, json: Path | None) -> None:
    """Print the tables, write the report, and say where everything is."""
    from weaklink.report import attack_table, chain_tables, notices, to_rich, write_atomically

    console = wide_console(stderr=json == Path("-"))
    for notice in notices(result.summary):
        text = visible(f"warning: {notice.about}: {notice.message}")
        console.print(text, style="yellow", markup=False)
    for table in (attack_table(result.summary), *chain_tables(result.summary)):
        console.print(to_rich(table))
    result.write_report(report)
    console.print(f"Report: {report.resolve()}", markup=False, soft_wrap=True)
    console.print(f"Outcomes: weaklink outcomes {result.store}", markup=False, soft_wrap=True)
    if json is None:
        return
    figures = result.summary.model_dump_json(indent=2) + "\n"
    if json == Path("-"):
        typer.echo(figures, nl=False)
    else:
        write_atomically(json, figures)


def enforce(result: AuditResult, bounds: list[Bound]) -> None:
    """End with status 3 if a figure is over its bound."""
    breaches = [(bound, breach) for bound in bounds for breach in bound.breaches(result.summary)]
    for bound, breach in breaches:
        found = "unknown" if breach.value is None else f"{breach.value:.3f}"
        typer.echo(
            f"{bound.measure} of {breach.victim} under {breach.attack} is {found}, "
            f"over the bound of {bound.limit}",
            err=True,
        )
    if breaches:
        raise typer.Exit(_OVER_BOUND)
