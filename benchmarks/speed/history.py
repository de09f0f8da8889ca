"""Compare a benchmark's ratios with those recorded before, and record them.

    python -m benchmarks.speed.history RESULTS.json [--add] [--commit HEAD]

Seconds differ from day to day; ratios taken within one run differ little on the same processor,
and much between processors. The status is 1 if a ratio has fallen by more than a fifth since it was
last recorded on a machine of the same description.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

HISTORY = Path(__file__).with_name("history.jsonl")
LEAST = 0.8


def last_ratios(
    entries: Iterable[Mapping[str, Any]], benchmark: str, machine: str
) -> dict[str, float]:
    """Return each ratio of a benchmark as it was last recorded on such a machine."""
    found: dict[str, float] = {}
    for entry in entries:
        if (entry["benchmark"], entry["machine"]) == (benchmark, machine):
            found |= entry["ratios"]
    return found


def fallen(before: Mapping[str, float], now: Mapping[str, float]) -> list[str]:
    """Return the names of the ratios that have fallen by more than a fifth."""
    return [name for name in now if name in before and now[name] < LEAST * before[name]]


def entry_of(results: Mapping[str, Any], measured: str) -> dict[str, Any]:
    """Return what is recorded of a benchmark's results, and of the commit that was measured."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", measured], check=True, capture_output=True, text=True
    )
    kept = ("benchmark", "machine", "samples", "rounds", "ratios")
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "commit": commit.stdout.strip(),
        **{key: results[key] for key in kept},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--add", action="store_true", help="record them")
    parser.add_argument("--commit", default="HEAD", help="what was measured; HEAD by default")
    options = parser.parse_args()
    results = json.loads(options.results.read_text())
    lines = HISTORY.read_text().splitlines() if HISTORY.exists() else []
    before = last_ratios(map(json.loads, lines), results["benchmark"], results["machine"])
    for name, value in results["ratios"].items():
        known = f"{before[name]:.2f}" if name in before else "new"
        print(f"{name}: {value:.2f} (before: {known})")
    if options.add:
        with HISTORY.open("a") as file:
            file.write(json.dumps(entry_of(results, options.commit)) + "\n")
    worse = fallen(before, results["ratios"])
    if worse:
        print(f"fallen by more than a fifth: {', '.join(worse)}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
