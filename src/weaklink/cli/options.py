"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import typer

from weaklink.validation import check_seed

_DATA, _ATTACKS, _MODELS, _REMOTE = "Data", "Attacks", "Models", "Remote models"
BOUNDS = "Valid texts"
OUTPUT = "Output"
GATE = "Gate"
TRAINING = "Training"
FOR_PAIRS = "For such a model, give --pair-column."
"""What to do where a text of each pair is left out."""

Source: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="STORE|STUDY", help="Store of an audit (file or address), or folder of a study."
    ),
]
StoreArgument: TypeAlias = Annotated[str, typer.Argument(help="The store: a file or an address.")]
Model: TypeAlias = Annotated[
    str,
    typer.Argument(
        help="The model: a Hub id (owner/model or owner/model@revision), a local folder, "
        "package.module:function, or a remote model: hf:owner/model, tei:http://host:port, "
        "http:FILE.toml, llm:MODEL."
    ),
]
Data: TypeAlias = Annotated[
    str,
    typer.Option(
        help="A data set on the Hub (owner/name, owner/name:config; sst2, imdb, rotten_tomatoes, "
        "amazon_polarity), or a CSV, TSV, JSONL or Parquet file.",
        rich_help_panel=_DATA,
    ),
]
Split: TypeAlias = Annotated[str, typer.Option(help="Split to draw from.", rich_help_panel=_DATA)]
TextColumn: TypeAlias = Annotated[
    str | None,
    typer.Option(help="Column of the texts in a file (default: guessed).", rich_help_panel=_DATA),
]
PairColumn: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="Column of the second texts, for a model that reads pairs.", rich_help_panel=_DATA
    ),
]
AttackSegment: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="The column of a pair that attacks change (default: the text column).",
        rich_help_panel=_DATA,
    ),
]
LabelColumn: TypeAlias = Annotated[
    str | None,
    typer.Option(help="Column of the labels in a file (default: guessed).", rich_help_panel=_DATA),
]
Language: TypeAlias = Annotated[
    str,
    typer.Option(
        help="Language of the texts as an ISO 639-1 code (es, zh). auto: told from the texts.",
        rich_help_panel=_DATA,
    ),
]
TrainingSamples: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1, help="Samples to draw (default: all). A tenth is held out.", rich_help_panel=_DATA
    ),
]
Epochs: TypeAlias = Annotated[
    int, typer.Option(min=1, help="Passes over the samples.", rich_help_panel=TRAINING)
]
LearningRate: TypeAlias = Annotated[
    float, typer.Option(min=0, help="Peak learning rate.", rich_help_panel=TRAINING)
]
BatchSize: TypeAlias = Annotated[
    int, typer.Option(min=1, help="Samples in a step.", rich_help_panel=TRAINING)
]
MaxLength: TypeAlias = Annotated[
    int, typer.Option(min=1, help="Most tokens of a text.", rich_help_panel=TRAINING)
]
Set: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "-P",
        metavar="ATTACK.NAME=VALUE",
        help="Set a parameter of an attack, as in textfooler.min_word_cosine=0.6; repeatable.",
        rich_help_panel=_ATTACKS,
    ),
]
Paraphraser: TypeAlias = Annotated[
    str,
    typer.Option(
        help="Paraphraser of SCPN: network, seq2seq:ID (a text-to-text model), or llm:MODEL.",
        rich_help_panel=_MODELS,
    ),
]
ParaphraserPrompt: TypeAlias = Annotated[
    str,
    typer.Option(
        help="Prompt of a seq2seq paraphraser, with {sentence} and {template}.",
        rich_help_panel=_MODELS,
    ),
]
BaseUrl: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="Address of an LLM's OpenAI-compatible endpoint, ending in /v1 (victims llm:MODEL, "
        "paraphraser llm:MODEL), or of the endpoint that serves hf:owner/model.",
        rich_help_panel=_REMOTE,
    ),
]
LlmPrompt: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="What an LLM victim is asked, with {labels} and {text} (default: which label fits "
        "best).",
        rich_help_panel=_REMOTE,
    ),
]
LlmLabels: TypeAlias = Annotated[
    str,
    typer.Option(
        help="Labels that an LLM victim may answer, separated by commas.",
        rich_help_panel=_REMOTE,
    ),
]


def seed_option(help: str, panel: str | None = None) -> Any:  # noqa: A002, ANN401 - as typer's
    """Return an option for a seed, which says what it chooses."""
    return typer.Option(help=help, callback=check_seed, rich_help_panel=panel)


Device: TypeAlias = Annotated[
    str, typer.Option(help="auto, cpu, cuda, cuda:1, mps, ...", rich_help_panel=_MODELS)
]
Precision: TypeAlias = Annotated[
    Literal["float32", "bf16"],
    typer.Option(
        help="float32, or bf16: a faster search. Every success is verified in float32, but "
        "outcomes with a narrow margin may differ.",
        rich_help_panel=_MODELS,
    ),
]
LanguageModel: TypeAlias = Annotated[
    str,
    typer.Option(
        help="Causal language model that measures fluency: the packaged one, a Hub id or a folder.",
        rich_help_panel=_MODELS,
    ),
]
MinSimilarity: TypeAlias = Annotated[
    float | None,
    typer.Option(
        metavar="COSINE",
        help="Lowest similarity to the original (default: 0.9).",
        rich_help_panel=BOUNDS,
    ),
]
MaxPerplexityRatio: TypeAlias = Annotated[
    float | None,
    typer.Option(
        metavar="RATIO",
        help="Highest perplexity, as a multiple of the original's (default: 3).",
        rich_help_panel=BOUNDS,
    ),
]
MaxWordsChanged: TypeAlias = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="Largest share of words changed (default: 1, no bound).",
        rich_help_panel=BOUNDS,
    ),
]
FunctionTimeout: TypeAlias = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="Seconds that a Python function may take for one list of texts (default: no bound).",
        rich_help_panel=_MODELS,
    ),
]
AllowPickle: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-pickle",
        help="Also load weights that torch's restricted loader refuses, and heads of SetFit "
        "models. It can run code.",
        rich_help_panel=_MODELS,
    ),
]
TrustRemoteCode: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--trust-remote-code",
        help="Run code that is part of the model's repository.",
        rich_help_panel=_MODELS,
    ),
]
FailOver: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIGURE=BOUND",
        help="Exit with status 3 if the 95 % interval of a figure is above a bound, and with 4 if "
        "the bound is inside of it: asr_correct=0.5, pwws.asr_correct=0.5; repeatable.",
        rich_help_panel=GATE,
    ),
]
FailUnder: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIGURE=BOUND",
        help="The same for an interval below a bound: robust_accuracy=0.4; repeatable.",
        rich_help_panel=GATE,
    ),
]
Undecided: TypeAlias = Annotated[
    Literal["fail", "pass"] | None,
    typer.Option(
        help="What a bound inside of the interval means: fail (status 3) or pass (status 0) "
        "(default: status 4).",
        rich_help_panel=GATE,
    ),
]
JUnit: TypeAlias = Annotated[
    Path | None,
    typer.Option("--junit", help="Write the gate as JUnit XML to this file.", rich_help_panel=GATE),
]
Sarif: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="Write the gate as SARIF 2.1.0 to this file.", rich_help_panel=GATE),
]
Summary: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="Write the gate, the answer and the tables as Markdown to this file (default: where "
        "GITHUB_STEP_SUMMARY points).",
        rich_help_panel=GATE,
    ),
]
Baseline: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="Another run (a store, a study's folder, or JSON of figures): exit with status 3 if "
        "asr_all is above its by more than the margin.",
        rich_help_panel=GATE,
    ),
]
Margin: TypeAlias = Annotated[
    float,
    typer.Option(
        min=0, max=1, help="How much asr_all may be above the baseline's.", rich_help_panel=GATE
    ),
]
