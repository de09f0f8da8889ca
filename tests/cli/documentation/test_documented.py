"""Every command and every option stands in docs/reference/commands.md."""

import re
from pathlib import Path

import click
import pytest
import typer

from weaklink.cli.app import app

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "commands.md").read_text("utf-8")
SECTIONS = dict(
    re.findall(r"^#+ `(weaklink[^`]*)`\n(.*?)(?=^#+ `|\Z)", PAGE, re.DOTALL | re.MULTILINE)
)


def commands(command, path="weaklink"):
    if isinstance(command, click.Group) or hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")
    else:
        yield path, command


ALL = dict(commands(typer.main.get_command(app)))


def test_there_are_commands():
    assert {"weaklink audit", "weaklink attacks show", "weaklink lineage build"} <= set(ALL)


@pytest.mark.parametrize("path", ALL)
def test_a_command_is_documented_with_all_its_options(path):
    section = SECTIONS[path]
    for parameter in ALL[path].params:
        shown = parameter.param_type_name == "argument" and parameter.metavar
        for name in [shown] if shown else parameter.opts:
            assert f"`{name}" in section or f"* `{name}" in section, name
    assert ALL[path].help
