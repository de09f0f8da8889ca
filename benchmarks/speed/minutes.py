"""What an audit can say in so many minutes of a large victim: how wide each attack's interval is.

The victim has the size of BERT-base and random weights, so that its rates mean nothing.

    python -m benchmarks.speed.minutes [--minutes 10] [--size bert-base] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from benchmarks.speed.random_victims import SIZES, make_victim

FIGURE = "asr_correct"


def audit(victim: Path, minutes: float, folder: Path) -> dict[str, Any]:
    """Audit a victim in a process of its own; return its results."""
    results = folder / "results.json"
    command = [sys.executable, "-m", "weaklink", "audit", str(victim), "--json", str(results)]
    command += ["--max-minutes", str(minutes), "--store", str(folder / "audit.db")]
    subprocess.run([*command, "--report", str(folder / "report.html")], check=True)
    read: dict[str, Any] = json.loads(results.read_text(encoding="utf-8"))
    return read


def table(results: dict[str, Any]) -> str:
    """Return each attack's rate and the width of its interval, as Markdown."""
    lines = ["| attack | n | asr_correct | width |", "| --- | --- | --- | --- |"]
    for row in results["scenarios"]:
        rate = row[FIGURE]
        low, high = rate["low"], rate["high"]
        told = f"{rate['value']:.2f} ({low:.2f} to {high:.2f})"
        lines.append(f"| {row['attack']} | {rate['n']} | {told} | {high - low:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Make the victim, audit it, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--size", choices=SIZES, default="bert-base")
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    folder = arguments.folder or Path(mkdtemp())
    victim = make_victim(arguments.size, folder / "victim")
    began = time.monotonic()
    results = audit(victim, arguments.minutes, folder)
    print(table(results))
    print(f"\n{time.monotonic() - began:.0f} s in all")


if __name__ == "__main__":
    main()
