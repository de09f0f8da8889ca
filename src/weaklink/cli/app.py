"""The ``weaklink`` command: collects the command groups and turns errors into one clear line."""

from __future__ import annotations

import gc
import re
import sys
import traceback
from collections.abc import Sequence
from inspect import getdoc
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from weaklink.cli.commands.attack import attack
from weaklink.cli.commands.attacks import attacks_app
from weaklink.cli.commands.audit import audit
from weaklink.cli.commands.defences.detect import detect
from weaklink.cli.commands.defences.harden import harden
from weaklink.cli.commands.demo import demo
from weaklink.cli.commands.doctor import doctor
from weaklink.cli.commands.finetune import finetune
from weaklink.cli.commands.fluency import fluency
from weaklink.cli.commands.hub import hub_app
from weaklink.cli.commands.lineage.advise import advise
from weaklink.cli.commands.lineage.lineage import lineage_app
from weaklink.cli.commands.lineage.stats import compare, stats
from weaklink.cli.commands.lineage.verify import verify
from weaklink.cli.commands.outcomes import outcomes
from weaklink.cli.commands.report import report
from weaklink.cli.commands.resources import resources_app
from weaklink.cli.commands.runs.compare import compare_runs
from weaklink.cli.commands.runs.listing import remove, runs
from weaklink.cli.commands.runs.plan import plan
from weaklink.cli.commands.runs.publish import publish
from weaklink.cli.commands.runs.site import site_app, view
from weaklink.cli.commands.runs.stores import store_app
from weaklink.cli.commands.schema import schema
from weaklink.cli.commands.study import study
from weaklink.cli.commands.validate import validate_app
from weaklink.cli.from_specification import FromSpecification
from weaklink.cli.terminal import show_what_the_terminal_can
from weaklink.errors import WeaklinkError, guess
from weaklink.extras import lack_of
from weaklink.text import visible
from weaklink.version import __version__

_LONGEST = 2_000
"""Characters of a message that are shown."""
_NO_CHOICE = re.compile(r"(?:Value error, )?('(.*)' is not one of (.*))", re.DOTALL)
"""What is said of a value, and the value and the choices in it."""
_MADE_BEFORE_COLLECTION = 100_000
"""Objects: to look for cycles after every 700, as Python does, takes a tenth of the time that the
libraries are imported in, and finds next to nothing."""
_IN_A_PARAGRAPH = re.compile(r"(?<!\n)\n(?!\n)")
"""A line break that begins no paragraph."""
_QUOTED = re.compile(r"'([^']*)'")


class GuessingGroup(TyperGroup):
    """Commands that answer a misspelt choice with the nearest one."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own copy of click
        """Run the command that is asked for."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            if found := _NO_CHOICE.fullmatch(error.message):
                said, given, choices = found.groups()
                error.message = f"{said} {guess(given, _QUOTED.findall(choices))}".rstrip()
            raise


app = typer.Typer(
    name="weaklink",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=FromSpecification)(audit)
for command in (attack, report, outcomes, fluency, finetune, harden, demo, doctor, schema):
    app.command()(command)
app.command("compare")(compare_runs)
app.command("plan")(plan)
app.command("publish")(publish)
app.command("runs")(runs)
app.command("rm")(remove)
lineage_app.command()(verify)
lineage_app.command()(advise)
lineage_app.command()(stats)
lineage_app.command()(compare)
app.add_typer(attacks_app, name="attacks")
app.add_typer(detect, name="detect")
app.add_typer(resources_app, name="resources")
app.add_typer(hub_app, name="hub")
app.add_typer(lineage_app, name="lineage")
app.add_typer(study, name="study")
app.add_typer(store_app, name="store")
app.add_typer(site_app, name="site")
app.command()(view)
app.add_typer(validate_app, name="validate")


def _print_version(asked: bool) -> None:  # noqa: FBT001 - typer calls it with the flag
    if asked:
        typer.echo(f"weaklink {__version__}")
        raise typer.Exit


@app.callback(cls=GuessingGroup)
def weaklink(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Adversarial robustness of text classifiers, measured along their fine-tuning chains."""


def _wrap_where_the_terminal_ends(group: typer.Typer) -> None:
    """Join the lines of what help says of each command; paragraphs stay."""
    for command in group.registered_commands:
        said = command.help or getdoc(command.callback) or ""
        command.help = _IN_A_PARAGRAPH.sub(" ", said)
    for one in group.registered_groups:
        if one.typer_instance is not None:
            _wrap_where_the_terminal_ends(one.typer_instance)


_wrap_where_the_terminal_ends(app)


def main() -> None:
    """Run the command line; an error becomes its message and exit status 1, never a traceback."""
    gc.set_threshold(_MADE_BEFORE_COLLECTION)
    show_what_the_terminal_can()
    try:
        _require_text(sys.argv)
        _require_folder()
        app()
    except WeaklinkError as error:
        _end(error.problem, error.remedy)
    except OSError as error:
        what = f"{error.filename}: " if error.filename is not None else ""
        _end(f"{what}{error.strerror or error}.", "Check the path, its permissions and the disk.")
    except ModuleNotFoundError as error:
        lack = lack_of(error)
        _end(lack.problem, lack.remedy) if lack else _defect(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, a traceback helps no user
        _defect(error)


def _require_folder() -> None:
    """Refuse a working directory that is gone: libraries end the process in the middle of work."""
    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise WeaklinkError(
            "The working directory is gone.", "Change to a folder that exists, and try again."
        ) from error


def _require_text(words: Sequence[str]) -> None:
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError as error:
            raise WeaklinkError(f"{word} is not UTF-8.", "Rename it.") from error


def _defect(error: Exception) -> None:
    _end(
        f"Unexpected error: {type(error).__name__}: {str(error)[:300]}",
        f"This is a defect of weaklink. Please report it with {_kept(error)}.",
    )


def _end(problem: str, remedy: str) -> None:
    console = Console(stderr=True)
    told = visible(problem[:_LONGEST])
    console.print(f"error: {told}", style="bold red", markup=False, highlight=False, soft_wrap=True)
    console.print(visible(remedy[:_LONGEST]), markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)


def _kept(error: Exception) -> str:
    """Write the traceback to a file of its own, and return what to name it."""
    lines = traceback.format_exception(error)
    try:
        with NamedTemporaryFile(
            "w", prefix="weaklink-error-", suffix=".txt", delete=False, encoding="utf-8",
            errors="backslashreplace",
        ) as file:  # fmt: skip
            file.writelines([f"weaklink {__version__}\n", *lines])
    except OSError:
        return "this line: " + lines[-2].strip()
    return f"the traceback in {file.name}"
