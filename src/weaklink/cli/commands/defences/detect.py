"""``weaklink detect``: detectors of adversarial text."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weaklink.cli.options import (
    AllowPickle,
    AttackSegment,
    Device,
    FunctionTimeout,
    LabelColumn,
    Language,
    PairColumn,
    TextColumn,
    seed_option,
)
from weaklink.cli.resumable import run_resumably
from weaklink.cli.terminal import wide_console
from weaklink.errors import WeaklinkError
from weaklink.text import visible
from weaklink.text.pairs import parted

if TYPE_CHECKING:
    from weaklink.defences.saved import Detector
    from weaklink.progress import Progress
    from weaklink.store.vulnerable import Attacked

detect = typer.Typer(no_args_is_help=True, help="Detect adversarial text, and measure how well.")

_SHOWN = 20

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of `detect train`.")]
ReadsWith = Annotated[
    list[str] | None,
    typer.Option(
        help="The function or the remote model that a detector reads texts with, if you trust it; "
        "repeatable."
    ),
]
Json = Annotated[
    Path | None, typer.Option(help="Also write JSON to this file. -: standard output.")
]


@detect.command()
def train(
    *,
    victim: Annotated[
        str, typer.Option(help="The model: a Hub id, a folder or package.module:function.")
    ],
    out: Annotated[Path, typer.Option(help="Folder to make.")],
    store: Annotated[
        str | None, typer.Option(help="Store with outcomes on the model to learn from.")
    ] = None,
    method: Annotated[
        str, typer.Option(help="classifier, rde, fgws, wdr, confidence, or the name of a plug-in.")
    ] = "classifier",
    attacks: Annotated[
        str | None,
        typer.Option(help="Attacks to learn from, separated by commas (default: all)."),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(help="Data set of unaltered texts (default: that of the store)."),
    ] = None,
    texts: Annotated[int, typer.Option(min=1, help="Unaltered texts to learn from.")] = 2000,
    share: Annotated[
        float,
        typer.Option(min=0, max=1, help="Share of the attacked samples to learn from."),
    ] = 0.5,
    false_positives: Annotated[
        float,
        typer.Option(min=0, max=0.5, help="Share of unaltered texts that a guard may reject."),
    ] = 0.05,
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    pair_column: PairColumn = None,
    attack_segment: AttackSegment = None,
    seed: Annotated[int, seed_option("Seed of samples and training.")] = 0,
    language: Language = "auto",
    device: Device = "auto",
    function_timeout: FunctionTimeout = None,
    allow_pickle: AllowPickle = False,
) -> None:
    """Make a detector from stored vulnerable samples, or from unaltered texts alone."""
    from weaklink.victims.load import check_name

    check_name(victim)
    from weaklink.data.columns import Columns
    from weaklink.defences.train import DetectorRecipe, train_detector
    from weaklink.victims import load_victim

    names = None if attacks is None else tuple(one.strip() for one in attacks.split(","))
    recipe = DetectorRecipe(
        method=method, attacks=names, data=data,
        columns=Columns.named(text_column, label_column, pair_column, attack_segment),
        texts=texts, share=share, false_positives=false_positives, seed=seed, device=device,
        language=language,
    )  # fmt: skip

    def work(progress: Progress) -> str:
        progress.begin(f"Loading {victim}")
        loaded = load_victim(
            victim, device=device, allow_pickle=allow_pickle, function_timeout=function_timeout
        )
        card = train_detector(loaded, out, recipe, store=store, progress=progress)
        return (
            f"{out}: {card.method}, from {card.texts} unaltered texts, {card.samples} attacked "
            f"samples and {card.adversarial} adversarial texts of them."
        )

    typer.echo(visible(run_resumably(work, out.with_name(f".{out.name}.training"))))


@detect.command()
def score(
    folder: Folder,
    texts: Annotated[Path, typer.Argument(help="CSV, TSV, JSONL or Parquet file of texts.")],
    *,
    text_column: TextColumn = None,
    pair_column: PairColumn = None,
    attack_segment: AttackSegment = None,
    reads_with: ReadsWith = None,
    json: Json = None,
    device: Device = "auto",
    function_timeout: FunctionTimeout = None,
) -> None:
    """Score texts of a file: how suspicious each is, and which ones a guard would reject."""
    from weaklink.data.columns import Columns
    from weaklink.data.files import read_texts
    from weaklink.defences.documents import DetectionScores, ScoredText

    pair = Columns.named(text_column, None, pair_column, attack_segment).pair
    found = read_texts(str(texts), text_column, pair)
    detector = _load(folder, reads_with, device, function_timeout)
    detector.check(found, str(texts))

    def work(progress: Progress) -> DetectionScores:
        progress.begin("Scoring", len(found))
        scored = []
        for text in found:
            (value,) = detector.score([text]).tolist()
            suspicion = float(detector.card.calibration.suspicion([value])[0])
            segment, beside = parted(text)
            scored.append(
                ScoredText(
                    text=segment, text_before=beside.before, text_after=beside.after,
                    score=value, suspicion=suspicion, flagged=suspicion > 1,
                )
            )  # fmt: skip
            progress.advance()
        return DetectionScores(
            detector=folder.name, method=detector.card.method, texts=tuple(scored)
        )

    document = run_resumably(work, folder)
    if json != Path("-"):
        flagged = [one for one in document.texts if one.flagged]
        typer.echo(f"{len(flagged)} of {len(document.texts)} texts are flagged.")
        for one in sorted(flagged, key=lambda one: -one.suspicion)[:_SHOWN]:
            typer.echo(visible(f"{one.suspicion:6.2f}  {one.text[:100]}"))
    _write(document.to_json(), json)


@detect.command("eval")
def evaluate_detectors(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of detectors.")],
    *,
    store: Annotated[
        str | None, typer.Option(help="Store with outcomes on the model that is attacked.")
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(help="Instead: a CSV file with original_text and adversarial_text."),
    ] = None,
    victim: Annotated[
        str | None,
        typer.Option(help="The attacked model in the store (default: the detector's)."),
    ] = None,
    reads_with: ReadsWith = None,
    seed: Annotated[int, seed_option("Seed of the resamples.")] = 0,
    json: Json = None,
    device: Device = "auto",
    function_timeout: FunctionTimeout = None,
) -> None:
    """Measure detectors on samples that they did not learn from, by attack, with intervals."""
    from weaklink.defences.evaluate import evaluate
    from weaklink.defences.tables import attacks_table, cost_table, detectors_table
    from weaklink.report import to_rich

    detectors = [_load(folder, reads_with, device, function_timeout) for folder in folders]
    name, samples = _samples(store, pairs, victim, detectors[0])
    report = run_resumably(
        lambda progress: evaluate(detectors, samples, name, seed=seed, progress=progress),
        store or str(pairs),
    )
    console = wide_console(stderr=json == Path("-"))
    for table in (detectors_table(report), attacks_table(report), cost_table(report)):
        console.print(to_rich(table))
    _write(report.to_json(), json)


def _samples(
    store: str | None, pairs: Path | None, victim: str | None, detector: Detector
) -> tuple[str, list[Attacked]]:
    from weaklink.defences.pairs import read_pairs
    from weaklink.store import open_store
    from weaklink.store.vulnerable import attacked_samples

    if (store is None) == (pairs is None):
        raise WeaklinkError("Either --store or --pairs is needed.", "Give one of them.")
    if pairs is not None:
        return pairs.name, read_pairs(pairs)
    assert store is not None  # noqa: S101
    with open_store(store, create=False) as opened:
        card = detector.card
        name = victim or card.victim
        wanted = card.victim_fingerprint if victim is None else victim
        return name, attacked_samples(opened, wanted)


def _load(
    folder: Path, reads_with: list[str] | None, device: str, timeout: float | None
) -> Detector:
    from weaklink.defences.saved import load_detector
    from weaklink.victims import load_victim

    load = partial(load_victim, device=device, function_timeout=timeout)
    return load_detector(folder, load=load, named=reads_with or ())


def _write(text: str, path: Path | None) -> None:
    from weaklink.files import write_atomically

    if path == Path("-"):
        typer.echo(text, nl=False)
    elif path is not None:
        write_atomically(path, text)
