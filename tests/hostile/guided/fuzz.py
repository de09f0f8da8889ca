"""Fuzzes one kind of reader by coverage, with atheris.

    python -m tests.hostile.guided.fuzz KIND [options of libFuzzer]

It begins with the corpus of that kind. An input that fails is written to the working directory:
give it a name that says its fault, and move it to the corpus, which every run of the suite replays.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["weaklink"]):
    from tests.hostile.guided.readers import READERS

kind, *options = sys.argv[1:]
folder = tempfile.mkdtemp(prefix="weaklink-fuzz-")
shutil.copytree(Path(__file__).parent / "corpus" / kind, folder, dirs_exist_ok=True)
atheris.Setup([sys.argv[0], folder, *options], READERS[kind])
atheris.Fuzz()
