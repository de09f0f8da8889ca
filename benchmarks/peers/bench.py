"""weaklink, TextAttack and OpenAttack on one victim, the same samples and the same resources.

    python benchmarks/peers/bench.py MODEL [--samples 100] [--rounds 3] [--data rotten_tomatoes]

Each tool runs in an environment and a process of its own, in turns, and every ratio is taken
within a round, on the same samples. Results are written after every round: the whole record to the
folder of work, which git ignores, and tables of it to ``--out``. ``--add`` goes on from the record.
The README says what is shared, what is patched in a peer, and why.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from compact import write_record
from entrants import OTHERS, OURS, SANITY, Entrant, counts
from quality import measure
from setting import HERE, WARM_UP, Setting
from table import Run, markdown, ratios


def main() -> None:
    options = arguments()
    unseen_by = options.model if options.unseen else None
    work = options.work.absolute()
    setting = Setting(options.model, options.data, work, options.threads, unseen_by)
    drawn = setting.draw(options.after + WARM_UP + options.samples, options.words)[options.after :]
    pythons = setting.prepare(drawn)
    about = {**setting.describe(pythons), "texts": drawn[WARM_UP:]}
    runs = earlier(options, about) if options.add else []
    first = 1 + max((run["round"] for run in runs), default=-1)
    for number in range(first, first + options.rounds):
        for entrant, attack, count in turns(options):
            job = setting.job(attack, drawn, count)
            runs.append({"round": number} | setting.run(entrant, job, pythons))
        write(options, about, runs)


def earlier(options: argparse.Namespace, about: Mapping[str, Any]) -> list[Run]:
    """Return the runs that the record holds.

    Raises:
        SystemExit: They are of other turns, or were not made in the same setting.
    """
    path = raw_record(options)
    if not path.exists():
        return []
    record = json.loads(path.read_text())
    runs: list[Run] = record["runs"]
    other = [name for name, value in about.items() if record[name] != value]
    wanted = {(entrant.name, attack, count) for entrant, attack, count in turns(options)}
    if wanted != {(run["entrant"], run["attack"], run["count"]) for run in runs}:
        other.append("turns")
    if other:
        sys.exit(f"{path} differs in {', '.join(other)}. Give another --name, or leave out --add.")
    return runs


def write(options: argparse.Namespace, about: dict[str, Any], runs: Sequence[Run]) -> None:
    """Write the rounds that are done: the whole record, its summary, its runs and its tables."""
    measure(runs, about["texts"])
    path = raw_record(options)
    record = {
        "benchmark": f"peers {path.stem}",
        "data": options.data + (f", first {options.words} words" if options.words else ""),
        "samples": options.samples,
        "rounds": 1 + max(run["round"] for run in runs),
        "ratios": ratios(runs),
        **about,
        "runs": runs,
    }
    write_record(record, path, options.out)
    (options.out / path.with_suffix(".md").name).write_text(markdown(record))
    print(markdown(record))


def raw_record(options: argparse.Namespace) -> Path:
    """Return where the whole record is."""
    return Path(options.work, "raw", f"{options.name or options.data}.json")


def turns(options: argparse.Namespace) -> Iterator[tuple[Entrant, str, int]]:
    """What runs in a round: entrant, attack, and how many samples."""
    chosen = [entrant for entrant in OTHERS if not options.only or entrant.name in options.only]
    for attack in (*OURS.attacks, SANITY):
        if options.attacks and attack not in options.attacks:
            continue
        for count in counts(chosen, options.samples) if attack in OURS.attacks else ():
            yield OURS, attack, count
        for entrant in chosen:
            if attack in entrant.attacks:
                yield entrant, attack, min(entrant.at_most or options.samples, options.samples)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", default="rotten_tomatoes")
    parser.add_argument("--words", type=int, help="cut texts to as many; shorter ones are left out")
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--unseen", action="store_true", help="no text the model was trained on")
    parser.add_argument("--after", type=int, default=0, help="leave out so many samples")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--attacks", nargs="+", help="names of attacks, all by default")
    parser.add_argument("--only", nargs="+", help="names of entrants besides weaklink")
    parser.add_argument("--add", action="store_true", help="add the rounds to those of the results")
    parser.add_argument("--name", help="of the results; the data set's by default")
    parser.add_argument("--work", type=Path, default=HERE / "work", help="environments, resources")
    parser.add_argument("--out", type=Path, default=HERE / "results", help="tables")
    return parser.parse_args()


if __name__ == "__main__":
    main()
