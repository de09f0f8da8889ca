"""Cost per sample against words per sample, and throughput against the number of live attempts.

    python benchmarks/peers/growth.py MODEL [--lengths 20 50 100 200 400]

Texts are the beginnings of IMDB reviews; warm-ups get the shortest. Exponents are those of the
least-squares line through the logarithms of seconds, and of queries, and of words.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from compact import write_record
from entrants import BEST, OTHERS, OURS, Entrant
from setting import HERE, WARM_UP, Setting

ATTACKS = ("pwws", "textfooler")
RULES = ("textattack-pwws", "openattack-textfooler")
WIDTHS = (1, 4, 16, 64)


def main() -> None:
    options = arguments()
    ours = replace(OURS, settings={**OURS.settings, "runtime": options.runtime})
    setting = Setting(options.model, "imdb", options.work.absolute(), options.threads)
    drawn = {n: setting.draw(options.samples + WARM_UP, n) for n in options.lengths}
    pythons = setting.prepare([sample for samples in drawn.values() for sample in samples])
    record = {"benchmark": "growth", **setting.describe(pythons), "lengths": [], "widths": []}
    warm_up = drawn[min(options.lengths)][:WARM_UP]
    for words in options.lengths:
        samples = [*warm_up, *drawn[words][WARM_UP:]]
        for entrant, attack in turns(ours, alone=options.alone):
            job = setting.job(attack, samples, options.samples) | {"raw_limit": False}
            record["lengths"].append({"words": words} | setting.run(entrant, job, pythons))
        write(options, record)
    short = Setting(options.model, "rotten_tomatoes", setting.work, options.threads)
    samples = short.draw(options.live + WARM_UP)
    for attack in ATTACKS if options.live else ():
        job = short.job(attack, samples, options.live) | {"raw_limit": False}
        runs = [{"width": w} | short.run(narrowed(ours, w), job, pythons) for w in WIDTHS]
        record["widths"] += runs
    write(options, record)


def write(options: argparse.Namespace, record: dict[str, Any]) -> None:
    """Write what is measured so far."""
    record["ratios"] = ratios(_ended(record))
    write_record(record, options.work / "raw" / "growth.json", options.out)
    (options.out / "growth.md").write_text(markdown(record))
    print(markdown(record))


def turns(ours: Entrant, *, alone: bool) -> list[tuple[Entrant, str]]:
    """What runs at each length: weaklink with algorithms and rules, and whose rules they are."""
    own = [(ours, attack) for attack in (*ATTACKS, *RULES)]
    peers = {entrant.name: entrant for entrant in OTHERS}
    split = [rule.split("-") for rule in RULES]
    return own if alone else own + [(peers[BEST[peer]], attack) for peer, attack in split]


def narrowed(entrant: Entrant, width: int) -> Entrant:
    return replace(entrant, settings={**entrant.settings, "width": width})


def exponent(runs: Sequence[dict[str, Any]], cost: str) -> float:
    """Return the slope of log(cost per sample) over log(words)."""
    words = np.log([run["words"] for run in runs])
    costs = np.log([run[cost] / run["count"] for run in runs])
    return float(np.polyfit(words, costs, 1)[0])


def ratios(runs: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return how many times as long as weaklink a peer takes for the same work, for each length."""
    took = {(run["words"], run["entrant"], run["attack"]): run["seconds"] for run in runs}
    found = {}
    for rule in RULES:
        peer, attack = rule.split("-")
        for words in sorted({run["words"] for run in runs}):
            theirs = took.get((words, BEST[peer], attack))
            ours = took.get((words, OURS.name, rule))
            if theirs and ours:
                found[f"{rule}, {words} words"] = theirs / ours
    return found


def markdown(record: dict[str, Any]) -> str:
    """Return the tables."""
    times = [[name, f"{ratio:.2f}"] for name, ratio in record["ratios"].items()]
    live = [
        [run["attack"], str(run["width"]), f"{run['queries'] / run['seconds']:.0f}"]
        for run in record["widths"]
    ]
    return "\n".join(
        [
            "Seconds a sample.\n",
            *_costs(_ended(record)),
            "\nA peer beside weaklink, for the same work on the same samples.\n",
            *_table(["rule and length", "times as long"], times),
            "\nWith few and many live attempts.\n",
            *_table(["attack", "live attempts", "queries/s"], live),
            "",
        ]
    )


def _ended(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [run for run in record["lengths"] if "error" not in run]


def _costs(runs: Sequence[dict[str, Any]]) -> list[str]:
    samples = {run["words"]: run["count"] for run in runs}
    rows = []
    for key in dict.fromkeys((run["attack"], run["entrant"]) for run in runs):
        of = {run["words"]: run for run in runs if (run["attack"], run["entrant"]) == key}
        seconds = [
            f"{of[words]['seconds'] / n:.2f}" if words in of else "" for words, n in samples.items()
        ]
        grow = [_power(list(of.values()), cost) for cost in ("seconds", "queries")]
        rows.append([*key, *seconds, *grow])
    lengths = [f"{words} words (n = {n})" for words, n in samples.items()]
    return _table(["attack", "tool", *lengths, "seconds grow as", "queries as"], rows)


def _power(runs: Sequence[dict[str, Any]], cost: str) -> str:
    return f"words^{exponent(runs, cost):.2f}" if len(runs) > 1 else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"|{'|'.join(row)}|" for row in (head, ["---"] * len(head), *rows)]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--lengths", type=int, nargs="+", default=[20, 50, 100, 200, 400])
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--alone", action="store_true", help="weaklink without the peers")
    parser.add_argument("--runtime", default="openvino", help="weaklink's at every length")
    parser.add_argument(
        "--live", type=int, default=64, help="samples for the live attempts; 0: none"
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--work", type=Path, default=HERE / "work")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    return parser.parse_args()


if __name__ == "__main__":
    main()
