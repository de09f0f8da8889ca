"""A user's mistake is one clear line, never a traceback; an unexpected error is one line too."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import cli  # noqa: F401 - a fixture
from weaklink.errors import WeaklinkError
from weaklink.files import whole_file, whole_folder
from weaklink.store import open_store
from weaklink.testing.outcomes import a_campaign, an_outcome

AUDIT = ("audit", "toy:classify", "--data", "data.csv", "--samples", 2, "--attacks", "pwws")
LONG = "x" * 5_000

MISTAKES = {
    "a folder of reports that is a file": (*AUDIT, "--out", "data.csv/report.html"),
    "a home of nobody": ("report", "~nouser/audit.db"),
    "a store of a long name": ("report", f"{LONG}.db"),
    "a store of a long path": ("outcomes", "/".join([LONG] * 3)),
    "data of a long name": (*AUDIT[:3], f"{LONG}.csv"),
    "a model of a long name": ("audit", LONG, *AUDIT[2:]),
    "a model of an odd name": ("audit", "\ud800/\x1b[31m", *AUDIT[2:]),
    "a model at nobody's": ("audit", "~nouser/model", *AUDIT[2:]),
    "data at nobody's": (*AUDIT[:3], "~nouser/x.csv"),
    "a limit past 64 bits": ("outcomes", "audit.db", "--limit", 2**70),
    "a snapshot of a long name": ("lineage", "build", LONG, "--out", "edges"),
    "a study of a long name": ("study", "run", LONG),
    "an export to a file's folder": ("outcomes", "audit.db", "--out", "data.csv/x.parquet"),
    "a callable that exits": ("audit", "quits:f", *AUDIT[2:]),
    "a seed past 64 bits": (*AUDIT, "--seed", 2**70),
    "a study of many levels": ("study", "run", "deep.toml"),
    "a study of a huge number": ("study", "run", "huge.toml"),
    "parameters of many levels": (*AUDIT, "--parameters", "deep.toml"),
    "parameters of a huge number": (*AUDIT, "--parameters", "huge.toml"),
    "a server described in many levels": ("audit", "http:deep.toml", *AUDIT[2:]),
    "a server described by a huge number": ("audit", "http:huge.toml", *AUDIT[2:]),
}


@pytest.fixture
def run(cli, tmp_path):  # noqa: F811 - the fixture
    """Run a command in a folder with a store and a module that exits."""
    (tmp_path / "quits.py").write_text("raise SystemExit(0)")
    (tmp_path / "deep.toml").write_text(f"x = {'[' * 5_000}{']' * 5_000}")
    (tmp_path / "huge.toml").write_text(f"x = {'9' * 5_000}")
    return cli


@pytest.mark.parametrize("arguments", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_in_a_line(arguments, run, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    ran = run(*arguments)
    told = ran.out + ran.err
    assert ran.status != 0
    assert "Traceback" not in told
    assert "Unexpected error" not in told
    assert "\x1b" not in told


def test_a_callable_that_exits_with_0_passes_no_gate(run, tmp_path):
    source = "def f(texts):\n    raise SystemExit(0)\n"
    (tmp_path / "leaves.py").write_text(source)
    ran = run("audit", "leaves:f", *AUDIT[2:], "--fail-over", "asr_all=0.5")
    assert ran.status == 1
    assert "SystemExit" in ran.err
    assert not Path("report.html").exists()


def test_an_unexpected_error_is_one_line_with_its_traceback_in_a_file(run, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def broken(*_):
        raise LookupError("what \x1b[31m")

    monkeypatch.setattr("weaklink.store.studies.study_of_audit", broken)
    ran = run("report", "audit.db")
    assert ran.status == 1
    assert ran.err.count("\n") == 2
    assert r"Unexpected error: LookupError: what \x1b[31m" in ran.err
    (kept,) = tmp_path.glob("weaklink-error-*.txt")
    assert kept.name in ran.err
    assert "Traceback" in kept.read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "none.db"),
        ("outcomes", "planted.db", "--limit", 3),
        ("lineage", "no-such-command"),
    ],
)
def test_no_command_uses_colours_where_the_user_wants_none(arguments, run, monkeypatch, tmp_path):
    with open_store(tmp_path / "planted.db") as store:
        store.add_campaign(a_campaign())
        store.put(an_outcome())
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("typer.rich_utils.FORCE_TERMINAL", True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = run(*arguments)
    monkeypatch.setenv("NO_COLOR", "1")
    plain = run(*arguments)
    assert _colours(coloured)
    assert _colours(plain) == []
    assert _STYLE.sub("", coloured.out) == _STYLE.sub("", plain.out)


_STYLE = re.compile("\x1b\\[([0-9;]*)m")


def _colours(ran):
    """Return the codes that set a colour, in front or behind."""
    codes = [int(code) for some in _STYLE.findall(ran.out + ran.err) for code in some.split(";")
             if code]  # fmt: skip
    return [code for code in codes if code in {*range(30, 50), *range(90, 108)}]


@pytest.mark.parametrize("write", [whole_file, whole_folder])
def test_the_root_is_no_name(write):
    with pytest.raises(WeaklinkError, match="is not a f[a-z]* name"), write(Path("/")):
        pass


def test_a_disk_that_refuses_is_no_defect(run, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", "audit.db")

    monkeypatch.setattr("weaklink.store.studies.study_of_audit", full)
    ran = run("report", "audit.db")
    assert "audit.db: No space left on device" in ran.err


def test_a_working_directory_that_is_gone_is_told(run, tmp_path, monkeypatch):
    """Intel's libraries end the process there, in the middle of work."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    ran = run("plan")
    assert ran.status == 1
    assert "The working directory is gone." in ran.err


def test_a_terminal_of_ascii_and_no_docstrings(tmp_path):
    settings = {
        "PYTHONIOENCODING": "ascii",
        "NO_COLOR": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-OO", "-m", "weaklink", "audit", "modèle→x", "--data", "ré.csv"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode != 0
    assert "mod\\xe8le" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "Unexpected error" not in done.stderr
    assert "\x1b" not in done.stderr
    assert WeaklinkError.__doc__
