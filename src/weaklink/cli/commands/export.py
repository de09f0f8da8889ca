"""``weaklink study export``: what a study found, for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weaklink.errors import WeaklinkError

if TYPE_CHECKING:
    from weaklink.store.studies import Study

Folder = Annotated[Path, typer.Argument(metavar="STUDY", help="Folder of the study.")]

_EXPORTS = "What to write"


def export(
    folder: Folder,
    about: Annotated[
        str | None, typer.Option(help="Model or chain, such as C1, to export.")
    ] = None,
    model_card: Annotated[
        Path | None,
        typer.Option(help="Section for a model card, as Markdown.", rich_help_panel=_EXPORTS),
    ] = None,
    model_index: Annotated[
        Path | None,
        typer.Option(help="model-index of a card's metadata, as YAML.", rich_help_panel=_EXPORTS),
    ] = None,
    cyclonedx: Annotated[
        Path | None,
        typer.Option(help="CycloneDX 1.6 bill of materials, as JSON.", rich_help_panel=_EXPORTS),
    ] = None,
    vulnerable_samples: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the vulnerable samples, as a data set with its card.",
            rich_help_panel=_EXPORTS,
        ),
    ] = None,
) -> None:
    """Export what a study found."""
    from weaklink.cli.terminal import wide_console
    from weaklink.report.exports.vulnerable_samples import export_vulnerable
    from weaklink.store.studies import read_study

    files = {
        "card": model_card, "index": model_index, "bom": cyclonedx,
    }  # fmt: skip
    asked = {kind: path for kind, path in files.items() if path is not None}
    if not asked and vulnerable_samples is None:
        raise WeaklinkError(
            "There is nothing to export.",
            "Give --model-card, --model-index, --cyclonedx or --vulnerable-samples with a path.",
        )
    study, written = read_study(folder), []
    if vulnerable_samples is not None:
        count = export_vulnerable(study, vulnerable_samples)
        written.append(f"{count} vulnerable samples to {vulnerable_samples}")
    if asked:
        written += _write(study, about, asked)
    wide_console().print(
        f"Wrote {', '.join(written)}.", markup=False, soft_wrap=True, highlight=False
    )


def _write(study: Study, about: str | None, asked: dict[str, Path]) -> list[str]:
    from weaklink.campaigns.figures import figures_of
    from weaklink.files import write_atomically
    from weaklink.report.exports.cyclonedx import to_bom
    from weaklink.report.exports.model_card import model_card_section
    from weaklink.report.exports.model_index import model_index
    from weaklink.report.exports.subject import subject

    if about is None:
        raise WeaklinkError(
            "These exports describe one model.", "Name a model or a chain with --about."
        )
    found = figures_of(study)
    chosen = subject(study, found, about)
    files: dict[Path, str] = {}
    for kind, path in asked.items():
        if kind == "card":
            files[path] = model_card_section(chosen, found)
        elif kind == "index":
            files[path] = model_index(chosen, study, found)
        else:
            files[path] = to_bom(chosen, found)
    for path, text in files.items():
        write_atomically(path, text)
    return [str(path) for path in files]
