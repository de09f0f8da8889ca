"""``weaklink attack``: one attack on one text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from weaklink.cli.changes import mark_changes
from weaklink.cli.options import (
    AllowPickle,
    BaseUrl,
    Device,
    FunctionTimeout,
    LlmLabels,
    LlmPrompt,
    Model,
    Paraphraser,
    ParaphraserPrompt,
    Precision,
    Set,
    TrustRemoteCode,
    seed_option,
)
from weaklink.text import visible

if TYPE_CHECKING:
    from weaklink.store import Outcome


def attack(
    model: Model,
    text: Annotated[str, typer.Argument(help="The text to attack.")],
    *,
    name: Annotated[str, typer.Option("--attack", help="The attack to try.")] = "textfooler",
    set_: Set = None,
    target: Annotated[
        str | None,
        typer.Option(help="Label to reach (default: any label other than the predicted one)."),
    ] = None,
    threshold: Annotated[
        str | None,
        typer.Option(
            metavar="LABEL=PROBABILITY",
            help="The text gets this label from this probability up, only, as INJECTION=0.9.",
        ),
    ] = None,
    max_queries: Annotated[int | None, typer.Option(min=1, help="Most queries.")] = None,
    seed: Annotated[int, seed_option("Seed of random attacks.")] = 0,
    language: Annotated[
        str | None,
        typer.Option(help="Language of the text, by ISO 639-1 (default: told from the text)."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    paraphraser: Paraphraser = "network",
    paraphraser_prompt: ParaphraserPrompt = "paraphrase: {sentence} template: {template}",
    base_url: BaseUrl = None,
    llm_prompt: LlmPrompt = None,
    llm_labels: LlmLabels = "negative,positive",
    device: Device = "auto",
    precision: Precision = "float32",
    function_timeout: FunctionTimeout = None,
    allow_pickle: AllowPickle = False,
    trust_remote_code: TrustRemoteCode = False,
) -> None:
    """Try one attack on one text and show what changed, word by word."""
    from weaklink.campaigns import attack_text
    from weaklink.campaigns.prepare.resources import load_models
    from weaklink.campaigns.specification import Settings
    from weaklink.cli.parameters import read_parameters
    from weaklink.document import now
    from weaklink.store.outcome_document import outcome_document
    from weaklink.victims import load_victim

    given = {} if llm_prompt is None else {"llm_prompt": llm_prompt}
    settings = Settings.checked(
        {
            "paraphraser": paraphraser,
            "paraphraser_prompt": paraphraser_prompt,
            "base_url": base_url,
            "llm_labels": llm_labels,
            **given,
        },
        "Option",
        "See `weaklink attack --help`.",
    )
    victim = load_victim(
        model,
        device=device,
        precision=precision,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
        function_timeout=function_timeout,
        remote=settings.remote(),
    )
    outcome = attack_text(
        victim,
        text,
        attack=name,
        parameters=read_parameters(None, set_ or ()).get(name),
        target=target,
        max_queries=max_queries,
        seed=seed,
        models=load_models(settings, victim.details.get("device", "cpu")),
        paraphraser=paraphraser,
        language=language,
        threshold=threshold,
    )
    if json:
        typer.echo(outcome_document(outcome, now()).to_json(), nl=False)
        return
    _show(outcome)


def _show(outcome: Outcome) -> None:
    console = Console()
    console.print(f"{outcome.attack} {outcome.status}, {outcome.queries} queries", markup=False)
    if outcome.error is not None:
        console.print(visible(outcome.error), style="red", markup=False, highlight=False)
    if outcome.original_probability is not None:
        before = f"{outcome.original_label} {outcome.original_probability:.3f}"
        console.print(f"before: {before}", markup=False)
    if outcome.adversarial_text is not None:
        after = f"{outcome.original_label} {outcome.adversarial_probability:.3f}"
        console.print(f"after:  {after}, so {outcome.adversarial_label}", markup=False)
        console.print(f"similarity {outcome.similarity:.2f}, words changed {outcome.words_changed}")
        console.print(mark_changes(outcome.original_text, outcome.adversarial_text))
