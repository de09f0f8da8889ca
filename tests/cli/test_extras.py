"""What a plain installation leaves out."""

import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from weaklink.errors import WeaklinkError
from weaklink.extras import EXTRAS, lack_of
from weaklink.guards.model_folder import loading

from .test_errors import audit

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
PLAIN = {Requirement(line).name for line in PROJECT["dependencies"]}
ASKED = PROJECT["optional-dependencies"]


def test_every_extra_for_users_is_known():
    assert {one.name for one in EXTRAS} == ASKED.keys() - {"dev", "docs"}


@pytest.mark.parametrize("extra", EXTRAS, ids=lambda one: one.name)
def test_an_extra_brings_its_modules_and_a_plain_installation_does_not(extra):
    brought = {canonicalize_name(Requirement(line).name) for line in ASKED[extra.name]}
    assert not brought & PLAIN
    known = packages_distributions()
    for module in extra.modules:
        for package in known.get(module, []):
            assert canonicalize_name(package) in brought


@pytest.mark.parametrize(
    ("module", "arguments", "extra"),
    [
        ("uvicorn", ("view", "audit.db"), "view"),
        ("starlette", ("view", "audit.db"), "view"),
        ("jmespath", audit(model="http:server.toml"), "remote"),
    ],
)
def test_a_command_tells_the_extra_that_it_lacks(cli, monkeypatch, module, arguments, extra):
    for name in [*sys.modules]:
        if name.startswith(("weaklink.cli.viewer", "weaklink.victims.remote", module)):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    Path("server.toml").write_text('url = "http://127.0.0.1:9/"\n')
    result = cli(*arguments)
    assert result.status == 1
    told = result.err[result.err.index("error: ") :].splitlines()
    assert told == [
        f"error: This needs {module}, which is not installed.",
        f"Install it: pip install 'weaklink[{extra}]'",
    ]


def made_of(error):
    """Return what a library raises in the place of what an import raised, as transformers does."""
    try:
        try:
            raise error
        except ModuleNotFoundError as inner:
            raise type(inner)("You need to install this.")  # noqa: B904 - as transformers does
    except ModuleNotFoundError as outer:
        return outer


def test_what_a_library_makes_of_a_missing_package_names_the_extra():
    error = made_of(ModuleNotFoundError("no", name="fugashi"))
    with (
        pytest.raises(WeaklinkError, match="a/b cannot be loaded. This needs fugashi") as told,
        loading("a/b", "Check that its files are complete."),
    ):
        raise error
    assert told.value.remedy == "Install it: pip install 'weaklink[japanese]'"


def test_other_modules_are_in_no_extra():
    assert lack_of(made_of(ModuleNotFoundError("no", name="nowhere"))) is None
    assert lack_of(ModuleNotFoundError("no", name="nowhere.at.all")) is None
    assert lack_of(ModuleNotFoundError("no", name="openai.types")).remedy.endswith("[remote]'")
