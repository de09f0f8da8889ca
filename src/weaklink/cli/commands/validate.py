"""``weaklink validate``: people read adversarial texts, and rates say what they found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from weaklink.cli.options import Source, seed_option
from weaklink.errors import WeaklinkError

if TYPE_CHECKING:
    from weaklink.measures import Estimate
    from weaklink.measures.humans.readers import HumanValidity
    from weaklink.measures.results import GoalResult

validate_app = typer.Typer(
    no_args_is_help=True, help="Have adversarial texts read by people, and count with that."
)

_SHOWN = 5
"""Strata without a text read that are named."""
_KEY, _SHEET, _PAGE = "key.csv", "sheet.csv", "sheet.html"


@validate_app.command()
def sample(
    source: Source,
    out: Annotated[Path, typer.Option(help="Folder to write the sheets and their key to.")] = Path(
        "validation"
    ),
    texts: Annotated[int, typer.Option(min=1, help="Successes to draw, about.")] = 100,
    allocation: Annotated[
        Literal["proportional", "equal"],
        typer.Option(help="Texts of a stratum: by its successes, or as many as every other has."),
    ] = "proportional",
    seed: Annotated[int, seed_option("Chooses the texts.")] = 0,
) -> None:
    """Draw successes into a sheet that readers fill in, as HTML and as CSV. No model is asked."""
    from weaklink.cli.commands.report import read_source
    from weaklink.files import write_atomically
    from weaklink.measures.humans.population import ITEM, attempts_of, draw, strata_of
    from weaklink.measures.options import stated_bounds
    from weaklink.report.sheet import sheet_csv, sheet_page
    from weaklink.store.tables import KEY

    study = read_source(source, None)
    attempts = attempts_of(study, stated_bounds(study.record))
    strata = strata_of(attempts, texts)
    drawn = draw(attempts, texts, seed, allocation)
    if drawn.is_empty():
        raise WeaklinkError(f"{source} has no successful attack to read.", "Give another store.")
    if (out / _KEY).exists():
        raise WeaklinkError(f"{out / _KEY} exists.", "Give another folder with --out.")
    out.mkdir(parents=True, exist_ok=True)
    rows = [*drawn.select(ITEM, "original_text", "adversarial_text").iter_rows()]
    write_atomically(out / _KEY, drawn.select(ITEM, *KEY, *strata).write_csv())
    write_atomically(out / _SHEET, sheet_csv(rows))
    write_atomically(out / _PAGE, sheet_page(rows, f"{len(rows)} texts to read"))
    kinds = drawn.select(strata).n_unique()
    typer.echo(f"{len(rows)} texts in {out / _PAGE} and {out / _SHEET}.")
    typer.echo(f"Drawn from {kinds} strata ({' x '.join(strata)}).")
    typer.echo(f"Give each reader one of them, and keep {out / _KEY} from readers.")


@validate_app.command()
def read(
    source: Source,
    sheets: Annotated[list[Path], typer.Argument(help="Filled-in sheets, one a reader.")],
    key: Annotated[Path, typer.Option(help="The key that was written beside the sheet.")] = Path(
        "validation", _KEY
    ),
    llm: Annotated[
        list[Path] | None,
        typer.Option(help="Sheet that a language model filled in: for agreement only; repeatable."),
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Also write the figures as JSON to this file.")
    ] = None,
) -> None:
    """Take readers' sheets back: how far they agree, and asr_human. No model is asked."""
    from weaklink.cli.commands.report import read_source
    from weaklink.files import write_atomically
    from weaklink.measures.goals import goal_of
    from weaklink.measures.humans.population import attempts_of
    from weaklink.measures.humans.readers import human_validity, read_key, read_sheets
    from weaklink.measures.options import stated_bounds

    study = read_source(source, None)
    told = [*read_sheets(sheets, llm=False), *read_sheets(llm or (), llm=True)]
    attempts = attempts_of(study, stated_bounds(study.record))
    keys = read_key(key, attempts)
    found = human_validity(attempts, keys, told, study.record.digest)
    _show(found, goal_of(study))
    if json is not None:
        write_atomically(json, found.to_json())


def _show(found: HumanValidity, goal: GoalResult) -> None:
    from weaklink.measures.goals import measure_of
    from weaklink.text.display import visible

    for reader in found.readers:
        kind = " (a language model)" if reader.llm else ""
        typer.echo(f"{reader.name}{kind}: {reader.texts} texts")
    for name, value in (
        ("same label", found.alpha_same_label),
        ("same label, people alone", found.alpha_same_label_people),
        ("fluent", found.alpha_fluent),
    ):
        typer.echo(f"Krippendorff's alpha, {name}: {'none' if value is None else f'{value:.2f}'}")
    for name in ("asr_all", "asr_valid", "asr_same_label", "asr_human"):
        typer.echo(f"{measure_of(name, goal)}: {_written(getattr(found, name))}")
    if found.unread:
        typer.echo(f"No text was read of {len(found.unread)} strata ({' x '.join(found.strata)}):")
        for stratum in found.unread[:_SHOWN]:
            typer.echo(f"  {visible(', '.join(stratum))}")


def _written(figure: Estimate | None) -> str:
    from weaklink.report.written import estimate

    if figure is None:
        return "unknown: a stratum has successes and no text of it was read"
    return estimate(figure)
