"""What an audit can say in so many minutes of a large victim: how wide each attack's interval is.

The victim has the size of BERT-base and random weights, so that its rates mean nothing.

    python -m benchmarks.speed.minutes [--minutes 10] [--size bert-base] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from benchmarks.speed.random_victims import SIZES, make_victim

FIGURES = ("asr_all", "asr_correct")


def audit(victim: Path, minutes: float, folder: Path) -> dict[str, Any]:
    """Audit a victim in a process of its own; return its results."""
    results = folder / "results.json"
    command = [sys.executable, "-m", "weaklink", "audit", str(victim), "--json", str(results)]
    command += ["--max-minutes", str(minutes), "--store", str(folder / "audit.db")]
    subprocess.run([*command, "--report", str(folder / "report.html")], check=True)
    read: dict[str, Any] = json.loads(results.read_text(encoding="utf-8"))
    return read


def table(results: dict[str, Any]) -> str:
    """Return each attack's rates and the widths of their intervals, as Markdown."""
    heads = ["attack", *(head for name in FIGURES for head in (name, "n", "width"))]
    lines = [heads, ["---"] * len(heads)]
    lines += [
        [row["attack"], *(cell for name in FIGURES for cell in _cells(row[name]))]
        for row in results["scenarios"]
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(rate: dict[str, float] | None) -> tuple[str, str, str]:
    """Return a rate with its interval, its samples and the width of the interval."""
    if rate is None:
        return "unknown", "0", ""
    low, high = rate["low"], rate["high"]
    told = f"{rate['value']:.2f} ({low:.2f} to {high:.2f})"
    return told, str(rate["n"]), f"{high - low:.2f}"


def main() -> None:
    """Make the victim, audit it, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--size", choices=SIZES, default="bert-base")
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    folder = arguments.folder or Path(mkdtemp())
    victim = make_victim(arguments.size, folder / "victim")
    began, before = time.monotonic(), os.getloadavg()[0]
    results = audit(victim, arguments.minutes, folder)
    print(table(results))
    loads = " and ".join(f"{load:.1f}" for load in (before, os.getloadavg()[0]))
    print(f"\n{time.monotonic() - began:.0f} s in all, load averages {loads} before and after")


if __name__ == "__main__":
    main()
