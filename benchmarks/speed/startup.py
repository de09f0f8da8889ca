"""Processor time of a small audit beside what the libraries that it uses take alone, as a table.

    python -m benchmarks.speed.startup [--runs 5]

The audit is of four sentences on a two-layer model with random weights, under PWWS and TextBugger.
Each run is a process of its own, warm: the first of each kind is not counted. *Libraries* imports
torch, transformers, spaCy, nltk and the rest, loads the model, the encoder and the tagger, lets
each read a sentence, and draws a chart: all of it by their own means.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.speed.random_victims import make_victim

from weaklink.packaged import MINILM, spacy_model

LIBRARIES = """
import sys
import torch
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer
victim, encoder, tagger = sys.argv[1:]
def ask(kind, place, texts):
    read = AutoTokenizer.from_pretrained(place)
    with torch.inference_mode():
        kind.from_pretrained(place)(**read(texts, return_tensors="pt"))
sentence = "the film is a good deal better than its title and its first few scenes would suggest ."
ask(AutoModelForSequenceClassification, victim, [sentence])
ask(AutoModel, encoder, [sentence])
import spacy
spacy.load(tagger, exclude=["parser", "lemmatizer"])(sentence)
from nltk.corpus.reader.wordnet import WordNetCorpusReader
import polars, pydantic, rich.console, scipy.sparse, scipy.stats, sqlalchemy, typer
import statsmodels.stats.proportion
import altair, vl_convert
chart = altair.Chart(altair.Data(values=[{"x": 1, "y": 2}])).mark_point().encode(x="x:Q", y="y:Q")
vl_convert.vegalite_to_svg(chart.to_dict())
"""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        kinds = commands(str(make_victim("tiny", Path("tiny"))))
        seconds: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(runs + 1):
            for name, command in kinds.items():
                if name.startswith("audit"):
                    Path("audit.db").unlink(missing_ok=True)
                seconds[name].append(processor_seconds(command))
                print(f"{name}: {seconds[name][-1]:.1f} s", file=sys.stderr, flush=True)
    print(
        f"Load: {os.getloadavg()[0]:.1f}.\n\n| | mean | least | most |\n| --- | --: | --: | --: |"
    )
    for name, every in seconds.items():
        warm = every[1:]
        cells = (f"{one:.1f} s" for one in (statistics.fmean(warm), min(warm), max(warm)))
        print(f"| {name} | {' | '.join(cells)} |")


def commands(victim: str) -> dict[str, Sequence[str]]:
    """Return what is timed, in the order of each round."""
    needed = [MINILM.require("MiniLM"), spacy_model()]
    audit = ["audit", victim, "--samples", "4", "--attacks", "pwws,textbugger"]
    weaklink = [sys.executable, "-m", "weaklink"]
    return {
        "libraries": [sys.executable, "-c", LIBRARIES, victim, *map(str, needed)],
        "audit without a language model": [*weaklink, *audit, "--language-model", "none"],
        "audit": [*weaklink, *audit],
        "the same again": [*weaklink, *audit],
        "report with a gate": [*weaklink, "report", "audit.db", "--fail-over", "asr_all=1"],
    }  # fmt: skip


def processor_seconds(command: Sequence[str]) -> float:
    """Run a command, and return the processor time of all of its threads.

    Raises:
        RuntimeError: It failed.
    """
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{command} ended with status {child.returncode}")
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
