"""The tools as they are run, and a job for one of them in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PUBLISHED = ("pwws", "textfooler", "textbugger", "hotflip")
SANITY = "deepwordbug"
"""Both peers have it and weaklink does not: whether the harness treats them alike."""

RULES = ("textattack-pwws", "textattack-textfooler", "openattack-pwws", "openattack-textfooler")


@dataclass(frozen=True)
class Entrant:
    """A tool as it is run.

    Attributes:
        name: What the tables call it.
        tool: Whose worker runs it.
        attacks: What it can do.
        settings: What of a job is its own.
        at_most: How many samples it is given; None for all. weaklink is then timed on as many, too.
    """

    name: str
    tool: str
    attacks: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    at_most: int | None = None


OWN = {"runtime": "auto", "precision": "float32", "width": 64}
BEST = {"textattack": "TextAttack at its best", "openattack": "OpenAttack at its best"}
BF16 = "weaklink in bf16"
OURS = Entrant("weaklink", "weaklink", (*PUBLISHED, *RULES), OWN)
OTHERS = (
    replace(OURS, name="weaklink on torch", settings={**OWN, "runtime": "torch"}),
    replace(OURS, name=BF16, settings={**OWN, "precision": "bf16"}),
    Entrant(
        BEST["textattack"],
        "textattack",
        (*PUBLISHED[:3], SANITY),
        {"padding": "dynamic", "batch": 64},
    ),
    Entrant("TextAttack stock", "textattack", PUBLISHED[:3], {"padding": "stock", "batch": 32}, 16),
    Entrant(BEST["openattack"], "openattack", (*PUBLISHED, SANITY), {"batch": 64}),
    Entrant("OpenAttack stock", "openattack", PUBLISHED, {"batch": 8}, 16),
)


def run(
    entrant: Entrant, job: Mapping[str, Any], python: Path, resources: Path, threads: int
) -> dict[str, Any]:
    """Run one job in a process of its own and return its results, or what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        given, taken = Path(folder, "job.json"), Path(folder, "results.json")
        own = {"resources": str(resources), "threads": threads}
        given.write_text(json.dumps({**job, **own, **entrant.settings}))
        worker = HERE / "workers" / f"{entrant.tool}_worker.py"
        done = subprocess.run(
            [python, worker, given, taken],
            env=os.environ | _variables(entrant.tool, threads),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return {"error": done.stderr[-2000:]}
        found: dict[str, Any] = json.loads(taken.read_text())
        return found


def _variables(tool: str, threads: int) -> dict[str, str]:
    """Return what a worker's environment has."""
    own = [HERE, HERE.parents[1]] if tool == "weaklink" else [HERE / "stubs"]
    return {
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_THREAD_TIMEOUT": "4",
        "PYTHONHASHSEED": "0",
        "RAYON_NUM_THREADS": str(threads),
        "TOKENIZERS_PARALLELISM": "true",
        "PYTHONPATH": os.pathsep.join(map(str, [*own, HERE / "workers"])),
    }


def counts(entrants: Sequence[Entrant], samples: int) -> list[int]:
    """Return on how many samples weaklink is timed: all, and as many as the limited ones get."""
    limits = {min(e.at_most or samples, samples) for e in entrants}
    return sorted({samples, *limits}, reverse=True)
