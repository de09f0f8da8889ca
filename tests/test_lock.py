"""The locked packages are those that the project asks for."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
BY_ITSELF = {"torch"}
"""Installed first, from ``constraints.txt``."""


def locked(name):
    text = (ROOT / "requirements" / name).read_text()
    found = {}
    for package, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(package), []).append(version)
    return found, text


def asked(extra):
    """Return what an extra asks for, extras within it unfolded."""
    for line in PROJECT["optional-dependencies"][extra]:
        requirement = Requirement(line)
        if requirement.name == PROJECT["name"]:
            for inner in sorted(requirement.extras):
                yield from asked(inner)
        else:
            yield requirement


@pytest.mark.parametrize(
    ("name", "extra"),
    [("demo.txt", "fast"), ("demo.txt", "remote"), ("demo.txt", "view"), ("dev.txt", "dev")],
)
def test_the_lock_has_every_dependency_within_its_bounds(name, extra):
    versions, text = locked(name)
    wanted = [*map(Requirement, PROJECT["dependencies"]), *asked(extra)]
    missing = [
        str(one)
        for one in wanted
        if one.name not in BY_ITSELF
        and not any(
            one.specifier.contains(version, prereleases=True)
            for version in versions.get(canonicalize_name(one.name), [])
        )
    ]
    assert missing == [], "make lock"
    assert text.count("--hash=sha256:") >= sum(map(len, versions.values()))


def test_what_is_in_both_locks_is_the_same():
    demo, dev = (locked(name)[0] for name in ("demo.txt", "dev.txt"))
    assert {package: dev.get(package) for package in demo} == demo


@pytest.mark.parametrize(
    ("audit", "status"), [("exit 0", 0), ("echo 'ERROR: not found'; exit 1", 2)]
)
def test_advisories_pass_only_where_each_package_was_looked_up(audit, status, tmp_path):
    """pip-audit skips what its source does not know, unless it is strict."""
    (tmp_path / "bin").mkdir()
    tool, asked = tmp_path / "bin" / "uv", tmp_path / "asked"
    tool.write_text(f'#!/bin/sh\necho "$@" > {asked}\n{audit}\n')
    tool.chmod(0o755)
    (tmp_path / ".torch").touch()
    command = ["make", "-C", ROOT, f"VENV={tmp_path}", "advisories"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == status
    assert "--strict" in asked.read_text().split()
    told = [line for line in ran.stdout.splitlines() if line.startswith("Advisories were found")]
    assert bool(told) == bool(status)
