"""Cost per sample against words per sample, and throughput against the number of live attempts.

    python benchmarks/peers/growth.py MODEL [--lengths 20 50 100 200 400]

Texts are the beginnings of IMDB reviews. Exponents are those of the least-squares line through the
logarithms of seconds, and of queries, and of words.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from entrants import BEST, OTHERS, OURS, Entrant
from ground import HERE, WARM_UP, Ground

ATTACKS = ("pwws", "textfooler")
RULES = ("textattack-pwws", "openattack-textfooler")
WIDTHS = (1, 4, 16, 64)


def main() -> None:
    options = arguments()
    ours = replace(OURS, settings={**OURS.settings, "runtime": options.runtime})
    ground = Ground(options.model, "imdb", options.work.absolute(), options.threads)
    drawn = {n: ground.draw(options.samples + WARM_UP, n) for n in options.lengths}
    pythons = ground.prepare([sample for samples in drawn.values() for sample in samples])
    record = {"benchmark": "growth", **ground.describe(pythons), "lengths": [], "widths": []}
    for words in options.lengths:
        for entrant, attack, count in turns(ours, options):
            job = ground.job(attack, drawn[words], count) | {"limit": False}
            record["lengths"].append({"words": words} | ground.run(entrant, job, pythons))
        write(options.out, record)
    short = Ground(options.model, "rotten_tomatoes", ground.work, options.threads)
    samples = short.draw(options.live + WARM_UP)
    for attack in ATTACKS if options.live else ():
        job = short.job(attack, samples, options.live) | {"limit": False}
        runs = [{"width": w} | short.run(narrowed(ours, w), job, pythons) for w in WIDTHS]
        record["widths"] += runs
    write(options.out, record)


def write(out: Path, record: dict[str, Any]) -> None:
    """Write what is measured so far."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "growth.json").write_text(json.dumps(record, indent=1))
    (out / "growth.md").write_text(markdown(record))
    print(markdown(record))


def turns(ours: Entrant, options: argparse.Namespace) -> list[tuple[Entrant, str, int]]:
    """What runs at each length: weaklink with algorithms and rules, peers on fewer samples."""
    own = [(ours, attack, options.samples) for attack in (*ATTACKS, *RULES)]
    peers = {entrant.name: entrant for entrant in OTHERS}
    split = [rule.split("-") for rule in RULES]
    theirs = [(peers[BEST[peer]], attack, options.peers) for peer, attack in split]
    return own + (theirs if options.peers else [])


def narrowed(entrant: Entrant, width: int) -> Entrant:
    return replace(entrant, settings={**entrant.settings, "width": width})


def exponent(runs: Sequence[dict[str, Any]], cost: str) -> float:
    """Return the slope of log(cost per sample) over log(words)."""
    words = np.log([run["words"] for run in runs])
    costs = np.log([run[cost] / run["count"] for run in runs])
    return float(np.polyfit(words, costs, 1)[0])


def markdown(record: dict[str, Any]) -> str:
    """Return both tables."""
    runs = [run for run in record["lengths"] if "error" not in run]
    lengths = sorted({run["words"] for run in runs})
    head = ["attack", "tool", *(f"{n} words" for n in lengths), "seconds grow as", "queries as"]
    rows = [head, ["---"] * len(head)]
    for key in dict.fromkeys((run["attack"], run["entrant"]) for run in runs):
        of = [run for run in runs if (run["attack"], run["entrant"]) == key]
        seconds = [f"{run['seconds'] / run['count']:.2f}" for run in of]
        seconds += [""] * (len(lengths) - len(seconds))
        grow = [_power(of, cost) for cost in ("seconds", "queries")]
        rows.append([*key, *seconds, *grow])
    lines = ["Seconds a sample.\n", *_lines(rows), "\nWith few and many live attempts.\n"]
    widths = [["attack", "live attempts", "queries/s"], ["---"] * 3]
    for run in record["widths"]:
        rate = f"{run['queries'] / run['seconds']:.0f}"
        widths.append([run["attack"], str(run["width"]), rate])
    return "\n".join([*lines, *_lines(widths)]) + "\n"


def _power(runs: Sequence[dict[str, Any]], cost: str) -> str:
    return f"words^{exponent(runs, cost):.2f}" if len(runs) > 1 else ""


def _lines(rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"|{'|'.join(row)}|" for row in rows]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--lengths", type=int, nargs="+", default=[20, 50, 100, 200, 400])
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--peers", type=int, default=2, help="samples for each peer; 0: none")
    parser.add_argument("--runtime", default="auto", help="weaklink's, the same at all lengths")
    parser.add_argument(
        "--live", type=int, default=64, help="samples for the live attempts; 0: none"
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--work", type=Path, default=HERE / "work")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    return parser.parse_args()


if __name__ == "__main__":
    main()
