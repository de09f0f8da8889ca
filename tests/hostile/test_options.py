"""Any value of any option of a command is told in a line, or does what it says."""

import random
from functools import cache

import pytest
import typer

from tests.cli.conftest import cli  # noqa: F401 - a fixture
from tests.victims.tiny import save_tiny
from weaklink.cli.app import app
from weaklink.store import open_store
from weaklink.testing.outcomes import a_campaign, an_outcome

from . import ROUNDS

LONG = "x" * 5_000
VALUES = [
    "", " ", LONG, "-1", "0", "1", "nan", "inf", "-inf", "1e400", "-0.0", "1e-320", str(2**63),
    str(2**70), "9" * 5_000, "½", "١", "true", "null", "none", "all", "auto", "/", ".", "..",
    "~nouser/x", "junk.bin", "audit.db", "data.csv", "tiny", "[1]*", "a,b", ",", "a/b", "a/b@c",
    "@", ":", "toy:", ":x", "toy:classify", "os:getcwd", "http://", "http://[::1", "sqlite://",
    "postgresql://", "hf:", "llm:", "tei:", "http:x", "=", "a=", "=b", "a=1", "pwws.x=1",
    "pwws.named_entities=2", "é→x", "\x1b[31m", "x\ny", "\u202ex", "-x", "--",
]  # fmt: skip
COMMANDS = {
    "compare": ["audit.db", "audit.db"],
    "harden": ["tiny", "--data", "data.csv", "--out", "made", "--defence", "freelb"],
    "outcomes": ["audit.db"],
    "plan": [],
    "publish": ["audit.db", "--benchmark", "us/robustness"],
    "runs": ["audit.db"],
    "study init": ["study.toml"],
    "study plan": ["study.toml", "--out", "study"],
    "validate sample": ["audit.db", "--out", "sheets"],
}
"""Words of a call that ends soon; ``harden`` ends as its data are too few."""


@cache
def options(name):
    """Return the flags of a command that take a value."""
    command = typer.main.get_command(app)
    for word in name.split():
        command = command.commands[word]
    found = [one for one in command.params if one.param_type_name == "option" and not one.is_flag]
    return [one.opts[0] for one in found]


@pytest.fixture
def run(cli, tmp_path, monkeypatch):  # noqa: F811 - the fixture
    """Run a command beside a store, a model and a file of bytes, without a probe of the machine."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("weaklink.campaigns.plan.planning.probed_seconds", lambda _: None)
    (tmp_path / "junk.bin").write_bytes(bytes(range(256)) * 9)
    save_tiny(tmp_path / "tiny")
    with open_store(tmp_path / "audit.db") as store:
        store.add_campaign(a_campaign())
        store.put(an_outcome())
    return cli


def test_any_value_of_any_option(run, tmp_path):
    """Fuzzing: a value in the place of an argument, or of one or two options, by a fixed seed."""
    draw = random.Random(26)
    for number in range(27 * ROUNDS):
        name = [*COMMANDS][number % len(COMMANDS)]
        words = list(COMMANDS[name])
        if words and draw.randrange(5) == 0:
            words[0] = draw.choice(VALUES).lstrip("-")
        for flag in draw.choices(options(name) or ["--json"], k=draw.choice([1, 1, 2])):
            words += [flag, draw.choice(VALUES)]
        (tmp_path / "study.toml").unlink(missing_ok=True)
        if name != "study init":
            lines = ['name = "s"', 'data = "data.csv"', 'models = ["toy:classify"]', "samples = 2"]
            (tmp_path / "study.toml").write_text("\n".join(lines))
        ran = run(*name.split(), *words)
        told = ran.out + ran.err
        asked = [word[:40] for word in (name, *words)]
        assert "Traceback" not in told, asked
        assert "Unexpected error" not in told, asked
        assert "\x1b" not in told, asked
        assert len(ran.err) < 20_000, asked
